import { describeVerification } from '../advisor/rewrites/describeVerification';
import type { Equality, Rewrite } from '../advisor/rewrites/rewrite';
import type { Verification } from '../advisor/rewrites/verification';
import { LineMap } from '../base/lineMap';

/** A rewrite of a statement, with the whole statement after it. */
export interface ReportedRewrite {
  readonly rewrite: Rewrite;
  /** Of a rewrite that joins several statements, all of them as one. */
  readonly sql: string;
  /** What comparing both forms on a server showed; null if that was not asked for. */
  readonly verification: Verification | null;
}

/** A statement that has rewrites. Offsets are those of the file. */
export interface RewrittenStatement {
  readonly start: number;
  readonly end: number;
  readonly sql: string;
  readonly rewrites: readonly ReportedRewrite[];
}

export interface RewrittenFile {
  readonly file: string;
  readonly text: string;
  readonly statements: readonly RewrittenStatement[];
}

/** Version 1: offsets are UTF-16 from 0. */
export function rewriteReport(files: readonly RewrittenFile[]) {
  return {
    version: 1,
    files: files.map(({ file, statements }) => ({
      file,
      statements: statements.map(({ start, end, rewrites }) => ({
        start,
        end,
        rewrites: rewrites.map(({ rewrite, sql, verification }) => ({
          id: rewrite.id,
          title: rewrite.title,
          why: rewrite.why,
          equality: rewrite.equality,
          edits: rewrite.edits.map(({ range, newText }) => ({ start: range.start, end: range.end, text: newText })),
          sql,
          verification,
        })),
      })),
    })),
  };
}

/** For people: each statement's place, then its rewrites with what is known about their rows. */
export function rewriteText(files: readonly RewrittenFile[]): string {
  const blocks = files.flatMap(({ file, text, statements }) => {
    const lines = new LineMap(text);
    return statements.flatMap(({ start, rewrites }) => {
      const { line, column } = lines.positionAt(start);
      return rewrites.map(({ rewrite, sql, verification }) =>
        [
          `${file}:${line}:${column}: ${rewrite.title} [${rewrite.id}]`,
          ...describeEquality(rewrite.equality).map(sentence => `  ${sentence}`),
          `  ${rewrite.why}`,
          ...(verification ? describeVerification(verification).map(sentence => `  ${sentence}`) : []),
          '',
          indented(sql),
          '',
        ].join('\n'),
      );
    });
  });
  const count = blocks.length;
  const summary = count === 0 ? 'No rewrites.' : `${count} ${count === 1 ? 'rewrite' : 'rewrites'}.`;
  return [...blocks, summary].join('\n');
}

/** A script of the rewritten statements, each below a comment that says what was done and what may differ. */
export function rewriteSql(files: readonly RewrittenFile[]): string {
  return files
    .flatMap(({ file, text, statements }) => {
      const lines = new LineMap(text);
      return statements.flatMap(({ start, rewrites }) =>
        rewrites.map(({ rewrite, sql, verification }) => {
          const said = [
            `${file}:${lines.positionAt(start).line}: ${rewrite.title}`,
            ...describeEquality(rewrite.equality),
            ...(verification ? describeVerification(verification) : []),
          ];
          return `${said.map(sentence => `-- ${sentence.replace(/\s*\n\s*/g, ' ')}`).join('\n')}\n${sql};`;
        }),
      );
    })
    .join('\n\n');
}

function describeEquality(equality: Equality): string[] {
  if (equality.kind === 'provably equal') {
    return [equality.facts.length > 0 ? `Same rows: ${equality.facts.join('; ')}.` : 'Same rows.'];
  }
  return equality.differences.map(difference => `Check: ${difference}.`);
}

function indented(sql: string): string {
  return sql.replace(/^(?=.)/gm, '    ');
}

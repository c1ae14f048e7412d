import {
  rewritesOf,
  rewrittenRange,
  rewrittenText,
  type RewriteSurroundings,
} from '../../core/advisor/rewrites/registry';
import type { Rewrite } from '../../core/advisor/rewrites/rewrite';
import type { Verification } from '../../core/advisor/rewrites/verification';
import { emptyCatalog } from '../../core/catalog/catalog';
import {
  rewriteReport,
  rewriteSql,
  rewriteText,
  type ReportedRewrite,
  type RewrittenFile,
  type RewrittenStatement,
} from '../../core/report/rewriteReport';
import { DEFAULT_THRESHOLDS } from '../../core/rules/thresholds';
import { loadGrammar, type Grammar } from '../../core/sql/grammar';
import { editsKeepHost, languageOfFile, readHost } from '../../core/sql/hosts/hosts';
import { Script } from '../../core/sql/script';
import type { LocatedStatement } from '../../core/sql/statement';
import type { PostgresDatabase } from '../../database/connect';
import { proposeParameterSets } from '../../database/rewrites/parameterSets';
import { verifyRewrite } from '../../database/rewrites/verifyRewrite';
import { choose, type CommandLine } from '../arguments';
import { checkedFiles, type CheckedFile } from '../checkedFiles';
import { print, printJson, progress, readInput } from '../io';
import { namesServer, withServer } from '../target';
import { UsageError } from '../usage';

/** Compares both forms of a statement on a server. */
type Verify = (original: string, rewritten: string) => Promise<Verification>;

/** `query-tuner rewrite`: other ways to write the statements of files, which PostgreSQL runs faster. Changes nothing. */
export async function rewrite({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'sql'], 'text');
  if (operands.length === 0)
    throw new UsageError('rewrite needs at least one file, folder or glob, or - for standard input.');
  const usesServer = namesServer(options);
  if (options.verify && !usesServer)
    throw new UsageError('rewrite --verify needs a server to compare on: --connection URL or --embedded.');
  const grammar = await loadGrammar();
  const collect = async (database?: PostgresDatabase): Promise<RewrittenFile[]> => {
    const readServer = async () => {
      if (!database) return undefined;
      progress('reading the catalog');
      return database.readCatalog();
    };
    const results: RewrittenFile[] = [];
    for (const checked of await checkedFiles(options, operands, grammar, readServer)) {
      const verify = options.verify && database ? verifierOn(database, checked) : undefined;
      results.push(await rewriteFile(checked, grammar, verify));
    }
    return results;
  };
  const files = usesServer ? await withServer(options, collect) : await collect();
  if (format === 'json') printJson(rewriteReport(files));
  else print(format === 'sql' ? rewriteSql(files) : rewriteText(files));
  return files.some(({ statements }) => statements.some(isRefuted)) ? 1 : 0;
}

/** What was said to be equal, and is not. */
function isRefuted({ rewrites }: RewrittenStatement): boolean {
  return rewrites.some(
    ({ rewrite: { equality }, verification }) =>
      equality.kind === 'provably equal' && verification?.verdict === 'different',
  );
}

async function rewriteFile(checked: CheckedFile, grammar: Grammar, verify: Verify | undefined): Promise<RewrittenFile> {
  const { file, asIf, configuration, catalog } = checked;
  const text = readInput(file);
  const host = readHost(languageOfFile(asIf), text);
  const script = new Script(grammar, host?.masked ?? text);
  const { statements } = script;
  const found: RewrittenStatement[] = [];
  for (const [index, located] of statements.entries()) {
    const around: RewriteSurroundings = {
      thresholds: { ...DEFAULT_THRESHOLDS, ...configuration.thresholds },
      ...(configuration.serverVersion !== undefined && { serverVersion: configuration.serverVersion }),
      ...(catalog && { catalog }),
      // The strings of a program do not run one after the other.
      ...(!host && { script: { text, statements, index } }),
      rewriteFailed: (id, error) => progress(`${file}: the rewrite ${id} failed: ${String(error)}`),
    };
    const rewrites = rewritesOf(located, around).filter(({ edits }) => !host || editsKeepHost(host, text, edits));
    if (rewrites.length === 0) continue;
    const sql = text.slice(located.range.start, located.range.end);
    found.push({ ...located.range, sql, rewrites: await reported(located, text, rewrites, verify) });
  }
  return { file, text, statements: found };
}

async function reported(
  located: LocatedStatement,
  text: string,
  rewrites: readonly Rewrite[],
  verify: Verify | undefined,
): Promise<ReportedRewrite[]> {
  const results: ReportedRewrite[] = [];
  for (const each of rewrites) {
    const sql = rewrittenText(text, located, each);
    const { start, end } = rewrittenRange(located, each);
    if (verify) progress(`comparing ${each.id}`);
    results.push({ rewrite: each, sql, verification: verify ? await verify(text.slice(start, end), sql) : null });
  }
  return results;
}

function verifierOn(database: PostgresDatabase, { catalog }: CheckedFile): Verify {
  const { signal } = new AbortController();
  return async (original, rewritten) => {
    const parameters = await proposeParameterSets(database, original, catalog ?? emptyCatalog('server'), signal);
    const verified = await verifyRewrite(database, { original, rewritten, parameters }, {}, signal);
    // The plans are for pages that show them side by side.
    const { verdict, comparedAt, comparisons, refusal, remarks, timings } = verified;
    return { verdict, comparedAt, comparisons, ...(refusal !== undefined && { refusal }), remarks, timings };
  };
}

import type { ParsedStatement } from '../core/sql/statement';
import { bindParameters } from '../core/sql/parameters';
import type { StatementInfo } from '../protocol/server';
import type { LocatedStatement } from '../core/sql/statement';
import type { ScriptDocument } from './scriptDocument';

/** Kinds of statement that EXPLAIN accepts (manual, "EXPLAIN"). */
const EXPLAINABLE = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'ExecuteStmt',
  'DeclareCursorStmt',
  'CreateTableAsStmt',
]);

/**
 * Functions whose effect outlives a rollback: sequences keep their new value (manual, "Sequence Manipulation
 * Functions"), and the others act outside the transaction.
 */
const LASTING_EFFECTS: readonly { readonly pattern: RegExp; readonly effect: string }[] = [
  { pattern: /\b(nextval|setval)\s*\(/i, effect: 'advances a sequence' },
  { pattern: /\bdblink(_exec)?\s*\(/i, effect: 'runs a statement on another server (dblink)' },
  { pattern: /\bpg_(terminate|cancel)_backend\s*\(/i, effect: 'ends work of another session' },
  { pattern: /\blo_(import|export|unlink)\s*\(/i, effect: 'works on large objects or server files' },
  { pattern: /\bpg_advisory_lock\s*\(/i, effect: 'takes an advisory lock for the whole session' },
];

export function isExplainable(statement: ParsedStatement): boolean {
  return statement.kind !== undefined && EXPLAINABLE.has(statement.kind);
}

/** What a client needs to know before it runs a statement. */
export function describeStatement(document: ScriptDocument, located: LocatedStatement): StatementInfo {
  const { statement } = located;
  return {
    span: document.rangeOf({ start: located.range.start, end: located.range.start + statement.text.length }),
    sql: statement.text,
    title: titleOf(statement.text),
    kind: statement.kind ?? 'unknown',
    writes: statement.writes,
    effects: LASTING_EFFECTS.filter(({ pattern }) => pattern.test(statement.text)).map(({ effect }) => effect),
    parameters: statement.syntaxError ? [] : bindParameters(statement).parameters,
    explainable: isExplainable(statement),
    ...(statement.syntaxError && { syntaxError: statement.syntaxError.message }),
  };
}

/** The statement on one line, cut to the length of a tab title. */
export function titleOf(sql: string): string {
  const line = sql
    .replace(/--[^\n]*\n?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}

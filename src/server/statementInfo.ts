import type { ParsedStatement } from '../core/sql/statement';
import { bindParameters } from '../core/sql/parameters';
import type { Catalog } from '../core/catalog/catalog';
import { irreversibleEffects } from '../database/irreversibleEffects';
import type { StatementInfo } from '../protocol/server';
import type { LocatedStatement } from '../core/sql/statement';
import type { ScriptDocument } from './scriptDocument';
import { titleOf } from '../core/sql/titleOf';

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

export function isExplainable(statement: ParsedStatement): boolean {
  return statement.kind !== undefined && EXPLAINABLE.has(statement.kind);
}

/** What a client needs to know before it runs a statement. */
export function describeStatement(
  document: ScriptDocument,
  located: LocatedStatement,
  catalog?: Catalog,
): StatementInfo {
  const { statement } = located;
  return {
    span: document.rangeOf({ start: located.range.start, end: located.range.start + statement.text.length }),
    sql: statement.text,
    title: titleOf(statement.text),
    kind: statement.kind ?? 'unknown',
    writes: statement.writes,
    effects: irreversibleEffects(statement, catalog).map(({ text }) => text),
    parameters: statement.syntaxError ? [] : bindParameters(statement).parameters,
    explainable: isExplainable(statement),
    ...(statement.syntaxError && { syntaxError: statement.syntaxError.message }),
  };
}

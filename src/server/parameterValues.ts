import type { SourceRange } from '../core/base/sourceRange';
import type { Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import type { ParsedStatement } from '../core/sql/statement';
import { quoteLiteral } from '../core/sql/identifiers';
import { bindParameters } from '../core/sql/parameters';
import type { Catalog } from '../core/catalog/catalog';
import { comparedColumn } from '../database/comparedColumn';
import { proposeValues } from '../database/parameterProposals';
import type { ParameterInfo, ParameterValues } from '../protocol/server';

/** A statement's SQL with `$n`, and the values in that order. Values absent: a generic plan. */
export function bindValues(
  statement: ParsedStatement,
  values: ParameterValues | undefined,
): { readonly sql: string; readonly parameters: readonly (string | null)[] } {
  const { sql, parameters } = bindParameters(statement);
  if (!values) return { sql, parameters: [] };
  return { sql, parameters: parameters.map(({ name }) => values[name] ?? null) };
}

/**
 * The statement's SQL with each value written in its place as a literal. PostgreSQL gives an untyped literal the type
 * its context asks for, like a parameter, so the planner sees what it sees for a custom plan.
 */
export function inlineValues(
  grammar: Grammar,
  statement: ParsedStatement,
  values: ParameterValues | undefined,
): string {
  const { sql, parameters } = bindParameters(statement);
  if (!values) return sql;
  let text = sql;
  const bound = parseStatement(grammar, sql).placeholders.filter(({ style }) => style === 'dollar');
  for (const { name, range } of [...bound].sort((a, b) => b.range.start - a.range.start)) {
    const value = values[parameters[Number(name) - 1]?.name ?? ''];
    text =
      text.slice(0, range.start) +
      (value === null || value === undefined ? 'NULL' : quoteLiteral(value)) +
      text.slice(range.end);
  }
  return text;
}

/** A range of the SQL that {@link bindValues} made, as a range of the statement it was made from. */
export function rangeInSource(statement: ParsedStatement, sql: string, range: SourceRange): SourceRange {
  // The text between placeholders is the same in both; find each stretch again behind the one before it.
  const stretches: { bound: number; source: number }[] = [{ bound: 0, source: 0 }];
  let bound = 0;
  const ends = statement.placeholders.map(placeholder => placeholder.range.end);
  statement.placeholders.forEach((placeholder, index) => {
    const stretch = statement.text.slice(placeholder.range.end, statement.placeholders[index + 1]?.range.start);
    const before = placeholder.range.start - (ends[index - 1] ?? 0);
    const found = stretch === '' ? -1 : sql.indexOf(stretch, bound + Math.max(0, before));
    if (found < 0) return;
    bound = found;
    stretches.push({ bound: found, source: placeholder.range.end });
  });
  const map = (offset: number): number => {
    const stretch = stretches.findLast(candidate => candidate.bound <= offset) ?? { bound: 0, source: 0 };
    return Math.min(statement.text.length, stretch.source + offset - stretch.bound);
  };
  return { start: map(range.start), end: Math.max(map(range.start) + 1, map(range.end)) };
}

/** Each parameter with the column it is compared with and, from the planner's statistics, a common and a rare value. */
export function describeParameters(statement: ParsedStatement, catalog: Catalog): ParameterInfo[] {
  return bindParameters(statement).parameters.map(({ name }) => {
    const found = comparedColumn(statement, name, catalog);
    if (!found) return { name, proposals: [] };
    const { relation, column } = found;
    return {
      name,
      type: column.type,
      column: `${relation.name}.${column.name}`,
      proposals: proposeValues(relation, column.name).map(({ value, label }) => ({ value, note: label })),
    };
  });
}

import type { SourceRange } from '../core/base/sourceRange';
import type { Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import type { ParsedStatement } from '../core/sql/statement';
import { quoteLiteral } from '../core/sql/identifiers';
import { bindParameters } from '../core/sql/parameters';
import type { Catalog } from '../core/catalog/catalog';
import { findRelation } from '../core/catalog/catalog';
import type { Column } from '../core/catalog/catalog';
import type { Database } from '../core/ports';
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
    text = text.slice(0, range.start) + (value == null ? 'NULL' : quoteLiteral(value)) + text.slice(range.end);
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

/** Each parameter with the column it is compared with and, from `pg_stats`, a common and a rare value to try. */
export async function describeParameters(
  statement: ParsedStatement,
  catalog: Catalog,
  database: Database,
): Promise<ParameterInfo[]> {
  const { parameters } = bindParameters(statement);
  const described: ParameterInfo[] = [];
  for (const { name } of parameters) {
    const found = comparedColumn(statement, name, catalog);
    described.push({
      name,
      ...(found && { type: found.column.type, column: `${found.relation}.${found.column.name}` }),
      proposals: found ? proposals(found.column, await sample(database, found)) : [],
    });
  }
  return described;
}

interface FoundColumn {
  readonly schema: string;
  readonly relation: string;
  readonly column: Column;
}

/** `column = $1`, `$1 < column`, `column IN (...`, `BETWEEN`: the nearest column name before the placeholder, else after. */
function comparedColumn(statement: ParsedStatement, name: string, catalog: Catalog): FoundColumn | undefined {
  const placeholder = statement.placeholders.find(candidate => candidate.name === name);
  if (!placeholder) return undefined;
  const before = statement.text.slice(Math.max(0, placeholder.range.start - 200), placeholder.range.start);
  const after = statement.text.slice(placeholder.range.end, placeholder.range.end + 200);
  const left =
    /((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)\s*(?:=|<>|!=|<=?|>=?|(?:not\s+)?i?like|(?:not\s+)?in\s*\([^()]*|(?:not\s+)?between(?:\s+\S+\s+and)?|=\s*(?:any|all)\s*\()\s*$/i.exec(
      before,
    )?.[1];
  const right = /^(?:::\w+)?\s*(?:=|<>|!=|<=?|>=?)\s*((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/.exec(after)?.[1];
  const words = (left ?? right)?.split('.').map(unquote);
  const columnName = words?.at(-1);
  if (!words || columnName === undefined) return undefined;
  const qualifier = words.length > 1 ? words[0] : undefined;
  for (const table of statement.tables) {
    if (qualifier !== undefined && qualifier !== (table.alias ?? table.name)) continue;
    const relation = findRelation(catalog, table.name, table.schema);
    const column = relation?.columns.find(candidate => candidate.name === columnName);
    if (relation && column) return { schema: relation.schema, relation: relation.name, column };
  }
  return undefined;
}

function unquote(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1) : word.toLowerCase();
}

/** Values and how often they occur, from the planner's own statistics. */
async function sample(
  database: Database,
  found: FoundColumn,
): Promise<{ common: string[]; shares: number[]; bounds: string[] }> {
  const { statistics } = found.column;
  if (statistics?.mostCommonValues || statistics?.histogramBounds) {
    return {
      common: [...(statistics.mostCommonValues ?? [])],
      shares: [...(statistics.mostCommonFrequencies ?? [])],
      bounds: [...(statistics.histogramBounds ?? [])],
    };
  }
  const [row] = await database.query<{ common: string[] | null; shares: number[] | null; bounds: string[] | null }>(
    `select most_common_vals::text::text[] as common, most_common_freqs::float8[] as shares,
            histogram_bounds::text::text[] as bounds
     from pg_catalog.pg_stats where schemaname = $1 and tablename = $2 and attname = $3
     order by inherited desc limit 1`,
    [found.schema, found.relation, found.column.name],
  );
  return { common: row?.common ?? [], shares: row?.shares ?? [], bounds: row?.bounds ?? [] };
}

function proposals(column: Column, sampled: Awaited<ReturnType<typeof sample>>): ParameterInfo['proposals'] {
  const { common, shares, bounds } = sampled;
  const list: { value: string; note: string }[] = [];
  const add = (value: string | undefined, note: string): void => {
    if (value !== undefined && !list.some(known => known.value === value)) list.push({ value, note });
  };
  add(common[0], `most common, ${percent(shares[0])} of rows`);
  if (common.length > 1) add(common.at(-1), `less common, ${percent(shares.at(-1))} of rows`);
  if (bounds.length > 0) add(bounds[Math.floor(bounds.length / 2)], 'rare (from the histogram)');
  if (bounds.length > 1) add(bounds.at(-2), 'rare, near the largest');
  if (list.length === 0 && column.type === 'boolean') for (const value of ['true', 'false']) add(value, '');
  return list;
}

function percent(share: number | undefined): string {
  return share === undefined ? '? %' : `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}

import type { ColumnUse, Query, Scope, Source } from '../../sql/names/scope';
import { unwrap, walk } from '../../sql/walk';
import { leafSources } from './statementBlocks';

/** A column of an item of FROM. */
export interface ColumnOfSource {
  readonly source: Source;
  readonly name: string;
}

/** How far a column is followed through subqueries: deeper ones are rare, and each step may branch. */
const MOST_STEPS = 40;
/** How many places one column may stand for. */
const MOST_ORIGINS = 60;

type Columns = ReadonlyMap<object, ColumnUse>;

/**
 * What a column of the SQL may be called in a plan: the column of the subquery it is read from, and those of the tables
 * that this one is made of. Without a catalog a bare name may be a column of any table in sight.
 */
export function originsOf(use: ColumnUse, columns: Columns): ColumnOfSource[] {
  return follow({ use }, columns);
}

/** The same for a column of an item of FROM. */
export function originsOfColumn(source: Source, name: string, columns: Columns): ColumnOfSource[] {
  return follow({ of: { source, name } }, columns);
}

function follow(from: { readonly use?: ColumnUse; readonly of?: ColumnOfSource }, columns: Columns): ColumnOfSource[] {
  const found: ColumnOfSource[] = [];
  const pending: { use: ColumnUse; step: number }[] = from.use ? [{ use: from.use, step: 0 }] : [];
  const seen = new Set<ColumnUse>();
  const readSource = (source: Source, name: string, step: number): void => {
    if (found.some(each => each.source === source && each.name === name)) return;
    found.push({ source, name });
    if (step >= MOST_STEPS || (source.kind !== 'subquery' && source.kind !== 'cte')) return;
    const query = source.kind === 'cte' ? source.cte.query : source.query;
    if (query.kind === 'values') found.push({ source, name: `column${source.columnAliases.indexOf(name) + 1}` });
    const given = source.columnAliases.indexOf(name);
    const declared = given < 0 && source.kind === 'cte' ? source.cte.columnNames.indexOf(name) : given;
    readOutput(query, name, declared, step + 1);
  };
  /** The columns that an output is made of; the arms of a UNION give theirs by position, named by the first. */
  const readOutput = (query: Query, name: string, given: number, step: number): void => {
    const [first = query] = query.arms;
    const position = given >= 0 ? given : first.outputs.findIndex(one => one.kind !== 'star' && one.name === name);
    for (const each of query.arms.length > 0 ? query.arms : [query]) {
      const output = each.outputs[position];
      if (output?.kind === 'expression') {
        for (const inner of usesIn(output.value, columns)) pending.push({ use: inner, step });
      } else if (position < 0 && each.outputs.some(({ kind }) => kind === 'star')) {
        for (const source of leafSources(each.scope.items)) readSource(source, name, step);
      }
    }
  };
  if (from.of) readSource(from.of.source, from.of.name, 0);
  for (let next = pending.pop(); next && found.length < MOST_ORIGINS; next = pending.pop()) {
    if (seen.has(next.use) || next.step > MOST_STEPS) continue;
    seen.add(next.use);
    const { parts, output, scope } = next.use;
    const name = parts.at(-1);
    if (name === undefined || next.use.star) continue;
    if (output && output.when !== 'last' && parts.length === 1) {
      const made = output.of.outputs.find(one => one.kind === 'expression' && one.name === name);
      if (made?.kind === 'expression') {
        for (const inner of usesIn(made.value, columns)) pending.push({ use: inner, step: next.step + 1 });
        continue;
      }
    }
    for (const source of sourcesNamed(parts.at(-2), name, scope)) readSource(source, name, next.step);
  }
  return found;
}

/** The columns an expression mentions, without those of queries within. */
export function usesIn(value: unknown, columns: Columns): ColumnUse[] {
  const uses: ColumnUse[] = [];
  walk(value, (type, fields) => {
    if (type === 'SelectStmt') return false;
    const use = type === 'ColumnRef' ? columns.get(fields) : undefined;
    if (use) uses.push(use);
    return undefined;
  });
  return uses;
}

/** The items of FROM that a qualifier names; for a bare column those that may have it. */
function sourcesNamed(qualifier: string | undefined, column: string, scope: Scope): Source[] {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const leaves = leafSources(at.items).filter(({ kind }) => kind !== 'merged' && kind !== 'parameters');
    if (qualifier !== undefined) {
      const named = leaves.filter(({ name }) => name === qualifier);
      if (named.length > 0)
        return named.flatMap((source): Source[] => ('of' in source ? [source, source.of] : [source]));
      continue;
    }
    const certain = leaves.filter(source => surelyHas(source, column));
    if (certain.length > 0) return certain;
    const possible = leaves.filter(source => !source.qualifiedOnly && mayHave(source, column));
    if (possible.length > 0) return possible;
  }
  return [];
}

function surelyHas(source: Source, column: string): boolean {
  if (source.columnAliases.includes(column)) return true;
  if (source.kind !== 'subquery' && source.kind !== 'cte') return false;
  const query = source.kind === 'cte' ? source.cte.query : source.query;
  if (source.kind === 'cte' && source.cte.columnNames.includes(column)) return true;
  return query.outputs.some(output => output.kind !== 'star' && output.name === column);
}

function mayHave(source: Source, column: string): boolean {
  if (source.kind === 'table' || source.kind === 'function' || source.kind === 'new table') return true;
  if (source.kind !== 'subquery' && source.kind !== 'cte') return false;
  const query = source.kind === 'cte' ? source.cte.query : source.query;
  return surelyHas(source, column) || query.outputs.some(({ kind }) => kind === 'star');
}

/**
 * The expressions an item of ORDER BY or GROUP BY may stand for: the output it numbers or names, or itself. A name in
 * GROUP BY means a column of FROM first, where there is one.
 */
export function keyExpressions(value: unknown, query: Query, columns: Columns): unknown[] {
  const node = unwrap(value);
  if (node?.type === 'A_Const') {
    const number = (node.fields.ival as { readonly ival?: number } | undefined)?.ival;
    const output = number === undefined ? undefined : query.outputs[number - 1];
    return output?.kind === 'expression' ? [output.value] : [value];
  }
  const use = node?.type === 'ColumnRef' ? columns.get(node.fields) : undefined;
  if (!use?.output || use.parts.length !== 1) return [value];
  const output = use.output.of.outputs.find(one => one.kind === 'expression' && one.name === use.parts[0]);
  if (output?.kind !== 'expression') return [value];
  return use.output.when === 'last' ? [value, output.value] : [output.value];
}

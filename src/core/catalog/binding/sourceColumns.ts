import type { FunctionSource, JoinSource, Source, Cte, Query, TableSource } from '../../sql/names/scope';
import type { Catalog, Relation } from '../catalog';
import { functionResult, toColumn } from './functionColumns';
import type { Columns, KnownColumn } from './knownColumn';
import { UNKNOWN_COLUMNS, rename } from './knownColumn';
import { listsAllColumns } from './relationIndex';

/** What the columns of an item of FROM are found with. */
export interface SourceColumnsContext {
  readonly catalog: Catalog | undefined;
  relationOf(source: Source): Relation | undefined;
  columnsOf(source: Source): Columns;
  columnsOfCte(cte: Cte): Columns;
  outputsOf(query: Query): Columns;
}

/** The columns of an item of FROM, with their names in the query. */
export function sourceColumns(source: Source, context: SourceColumnsContext): Columns {
  const own = columnsOfKind(source, context);
  const { columns, complete } = rename(own, source.columnAliases, source);
  if (source.kind === 'join' && !source.aliased) return { columns, complete };
  const { nullExtended } = source;
  return {
    columns: columns.map(column => ({ ...column, source, nullExtended: column.nullExtended || nullExtended })),
    complete,
  };
}

function columnsOfKind(source: Source, context: SourceColumnsContext): Columns {
  switch (source.kind) {
    case 'table':
      return columnsOfTable(source, context);
    case 'cte':
      return context.columnsOfCte(source.cte);
    case 'subquery':
      return context.outputsOf(source.query);
    case 'function':
      return columnsOfFunction(source, context.catalog);
    case 'join':
      return columnsOfJoin(source, context);
    case 'merged': {
      const { columns, complete } = context.columnsOf({ ...source.join, aliased: false, columnAliases: [] });
      const { using } = source.join;
      return { columns: columns.slice(0, using.length), complete: complete || columns.length >= using.length };
    }
    case 'excluded':
    case 'old':
    case 'new':
      return columnsOfTable(source.of, context);
    case 'parameters':
      return { columns: source.columns.map(column => ({ ...toColumn(column), nullExtended: true })), complete: true };
    case 'new table': {
      const relation = context.relationOf(source);
      const columns = source.columns.map((written): KnownColumn => {
        const column = relation?.columns.find(({ name }) => name === written.name);
        return { ...toColumn(written), nullExtended: false, ...(relation && column && { base: { relation, column } }) };
      });
      return { columns, complete: !source.open };
    }
  }
}

function columnsOfTable(source: TableSource, context: SourceColumnsContext): Columns {
  const relation = context.relationOf(source);
  if (!relation) return UNKNOWN_COLUMNS;
  return {
    columns: relation.columns.map(column => ({
      name: column.name,
      base: { relation, column },
      type: column.type,
      nullExtended: false,
    })),
    complete: listsAllColumns(relation),
  };
}

function columnsOfFunction(source: FunctionSource, catalog: Catalog | undefined): Columns {
  const { calls, aliased, ordinality, declared } = source;
  const columns: KnownColumn[] = [];
  let complete = true;
  for (const call of calls) {
    const result = declared
      ? ({ kind: 'row', columns: call.columns.map(toColumn) } as const)
      : functionResult(call.name, call.columns, catalog, call.args);
    if (!result) return UNKNOWN_COLUMNS;
    if (result.kind === 'row') {
      for (const { name, type } of result.columns) columns.push({ name, type, nullExtended: true });
      continue;
    }
    const { type, uncertain } = result;
    if (uncertain) complete = false;
    // A single value takes the alias as its name, or the function's.
    if (aliased && calls.length === 1 && source.name !== undefined)
      columns.push({ name: source.name, type, definition: { kind: 'alias', of: source }, nullExtended: true });
    else if (call.name) columns.push({ name: call.name.name, type, nullExtended: true });
    else return UNKNOWN_COLUMNS;
  }
  if (ordinality) columns.push({ name: 'ordinality', type: 'bigint', nullExtended: false });
  return { columns, complete };
}

/** The merged columns first, then the rest of the left side, then that of the right. */
function columnsOfJoin(source: JoinSource, context: SourceColumnsContext): Columns {
  const left = context.columnsOf(source.left);
  const right = context.columnsOf(source.right);
  const complete = left.complete && right.complete;
  const names = source.natural ? commonNames(left, right) : source.using;
  const merged = new Set(names);
  const rest = ({ columns }: Columns): readonly KnownColumn[] =>
    merged.size === 0 ? columns : columns.filter(({ name }) => !merged.has(name));
  return {
    columns: [...names.map(name => mergedColumn(name, source, left, right)), ...rest(left), ...rest(right)],
    complete,
  };
}

function commonNames(left: Columns, right: Columns): readonly string[] {
  const others = new Set(right.columns.map(({ name }) => name));
  return left.columns.filter(({ name }) => others.has(name)).map(({ name }) => name);
}

/**
 * A full join's merged column is neither side's; that of the others is the side that is always there, as long as it has
 * the type both have in common.
 */
function mergedColumn(name: string, { joinType }: JoinSource, left: Columns, right: Columns): KnownColumn {
  const [a, b] = [left, right].map(side => side.columns.find(column => column.name === name));
  const type = commonType(a?.type, b?.type);
  if (joinType !== 'full') {
    const side = joinType === 'right' ? b : joinType === 'inner' && a?.type !== type ? b : a;
    if (side && (side.type === type || a === undefined || b === undefined)) return side;
  }
  return { name, nullExtended: true, ...(type !== undefined && { type }) };
}

const NUMBER_TYPES = ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'];

/** The type of a merged column; undefined if it is not plain to see. */
function commonType(a: string | undefined, b: string | undefined): string | undefined {
  if (a === b) return a;
  const wider = Math.max(NUMBER_TYPES.indexOf(a ?? ''), NUMBER_TYPES.indexOf(b ?? ''));
  return NUMBER_TYPES.includes(a ?? '') && NUMBER_TYPES.includes(b ?? '') ? NUMBER_TYPES[wider] : undefined;
}

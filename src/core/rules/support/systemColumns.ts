import { findSystemColumn, systemRelations } from '../../catalog/systemCatalog/systemCatalog';
import type { SystemRelation } from '../../catalog/systemCatalog/systemCatalog';
import type { Lifespan } from '../../catalog/systemCatalog/lifespan';
import { unwrap } from '../../sql/walk';
import { asColumn, asTable, castType, enclosingQueries, functionName, list } from './expressions';
import type { ColumnName } from './expressions';
import type { NodeFields, NodeMatch } from '../nodeIndex';

/** All of PostgreSQL's own relations and those of pg_stat_statements have it in their name; `U&"..."` can hide it. */
export const SYSTEM_NAMES = /pg_|u&/i;

/** What a column name of the statement means among PostgreSQL's own catalogs and views. */
export interface SystemColumnUse {
  readonly node: NodeMatch;
  readonly name: ColumnName;
  /** The relation that has it; if none has it, those that it was looked for in. */
  readonly relations: readonly SystemRelation[];
  /** Undefined if none of the relations has it in any version. */
  readonly lifespan: Lifespan | undefined;
}

/**
 * The statement's columns that surely belong to a system relation, existing or not. A name that may belong to
 * something else, a user's table, a function, a subquery or a variable, is left out.
 */
export function systemColumnUses(
  find: (type: string) => readonly NodeMatch[],
  variables: ReadonlySet<string> | undefined,
): SystemColumnUse[] {
  // Most statements read no system relation at all.
  if (!find('RangeVar').some(range => systemRelationOf(range.fields) !== undefined)) return [];
  // The body of BEGIN ATOMIC is part of the statement that has the parameters.
  const parameters = find('FunctionParameter').map(({ fields }) => fields.name);
  return find('ColumnRef').flatMap(node => {
    const name = asColumn({ ColumnRef: node.fields });
    if (!name || (name.qualifier === undefined && parameters.includes(name.name))) return [];
    const use = name.qualifier === undefined ? unqualified(node, name, variables) : qualified(node, name);
    return use ?? [];
  });
}

/** The system relation a `RangeVar` reads, unless a schema of its own or a new list of column names says otherwise. */
export function systemRelationOf(fields: NodeFields): SystemRelation | undefined {
  const { name, schema } = asTable(fields);
  const isExtension = name.startsWith('pg_stat_statements');
  // In a schema of one's own it may be a view of one's own over it.
  if (schema !== undefined && !(isExtension ? EXTENSION_SCHEMAS : CATALOG_SCHEMAS).has(schema)) return undefined;
  const alias = fields.alias as NodeFields | undefined;
  return list(alias?.colnames).length > 0 ? undefined : systemRelations().get(name);
}

const CATALOG_SCHEMAS: ReadonlySet<string> = new Set(['pg_catalog']);
const EXTENSION_SCHEMAS: ReadonlySet<string> = new Set(['public', 'extensions']);

function qualified(node: NodeMatch, name: ColumnName): SystemColumnUse | undefined {
  for (const query of enclosingQueries(node)) {
    if (isClosedTo(query, node)) continue;
    const entry = fromEntries(query).find(({ alias }) => alias === name.qualifier);
    if (entry === undefined) continue;
    const { relation } = entry;
    return relation && { node, name, relations: [relation], lifespan: findSystemColumn(relation, name.name) };
  }
  return undefined;
}

function unqualified(
  node: NodeMatch,
  name: ColumnName,
  variables: ReadonlySet<string> | undefined,
): SystemColumnUse | undefined {
  if (variables?.has(name.name)) return undefined;
  const searched: SystemRelation[] = [];
  for (const query of enclosingQueries(node)) {
    if (isClosedTo(query, node)) continue;
    const entries = fromEntries(query);
    // A whole row, `SELECT s FROM pg_settings s`.
    if (entries.some(({ alias }) => alias === name.name)) return undefined;
    if (namesOutput(node, query, name.name)) return undefined;
    for (const { relation } of entries) {
      if (relation === undefined) return undefined;
      const lifespan = findSystemColumn(relation, name.name);
      if (lifespan) return { node, name, relations: [relation], lifespan };
      searched.push(relation);
    }
  }
  return searched.length === 0 ? undefined : { node, name, relations: searched, lifespan: undefined };
}

/** True if the node stands in a subquery of FROM, or in a CTE, which do not see the other tables of FROM. */
function isClosedTo(query: NodeMatch, node: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = node; at && at !== query; at = at.parent) {
    if (at.parent !== query && at.parent?.type !== 'JoinExpr' && at.parent?.type !== 'WithClause') continue;
    if (at.type === 'CommonTableExpr' || (at.type === 'RangeSubselect' && at.fields.lateral !== true)) return true;
  }
  return false;
}

interface FromEntry {
  readonly alias: string | undefined;
  /** Undefined for anything but a system relation. */
  readonly relation: SystemRelation | undefined;
}

function fromEntries(query: NodeMatch): FromEntry[] {
  const entries: FromEntry[] = [];
  const visit = (value: unknown): void => {
    const item = unwrap(value);
    if (item === undefined) return;
    const alias = (item.fields.alias as NodeFields | undefined)?.aliasname;
    if (item.type === 'JoinExpr') {
      visit(item.fields.larg);
      visit(item.fields.rarg);
      if (typeof alias === 'string') entries.push({ alias, relation: undefined });
    } else if (item.type === 'RangeVar') entries.push(rangeEntry(item.fields, query));
    else entries.push({ alias: typeof alias === 'string' ? alias : undefined, relation: undefined });
  };
  list(query.fields.fromClause).forEach(visit);
  list(query.fields.usingClause).forEach(visit);
  if (query.type !== 'SelectStmt' && query.fields.relation) {
    entries.push(rangeEntry(query.fields.relation as NodeFields, query));
  }
  return entries;
}

function rangeEntry(fields: NodeFields, query: NodeMatch): FromEntry {
  const table = asTable(fields);
  const relation = table.schema === undefined && isCte(table.name, query) ? undefined : systemRelationOf(fields);
  return { alias: table.alias ?? table.name, relation };
}

function isCte(name: string, query: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = query; at; at = at.parent) {
    const ctes = list((at.fields.withClause as NodeFields | undefined)?.ctes);
    if (ctes.some(cte => unwrap(cte)?.fields.ctename === name)) return true;
  }
  return false;
}

/** ORDER BY and GROUP BY may name an output column, also one whose name nobody wrote: `count`. */
function namesOutput(node: NodeMatch, query: NodeMatch, name: string): boolean {
  const clause = node.parent?.type === 'SortBy' ? node.parent.key : node.key;
  if (!['sortClause', 'groupClause', 'distinctClause'].includes(clause)) return false;
  return list(query.fields.targetList).some(target => {
    const fields = unwrap(target)?.fields;
    return fields !== undefined && (fields.name ?? impliedName(fields.val)) === name;
  });
}

function impliedName(value: unknown): string | undefined {
  const node = unwrap(value);
  if (node?.type === 'FuncCall') return functionName(node.fields);
  if (node?.type === 'TypeCast') return impliedName(node.fields.arg) ?? castType(node.fields);
  return node && IMPLIED_NAMES[node.type];
}

const IMPLIED_NAMES: Readonly<Record<string, string>> = { CaseExpr: 'case', CoalesceExpr: 'coalesce' };

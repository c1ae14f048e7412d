import type { Catalog, Relation } from '../../../catalog/catalog';
import { quoteIdentifier } from '../../../sql/identifiers';
import { shareWeight, usesOf, type AdvisedStatement, type TableUse } from '../keyUse';
import type { TableFacts } from '../partitionFacts';

/** A table and the column that decides on which node its rows lie. */
export interface DistributedTable {
  readonly table: TableFacts;
  readonly column: string;
}

/** How tables are to lie on several nodes, and how well the workload keeps to one of them. */
export interface Distribution {
  /** Rows that belong together lie on one node: the first is the entity, the others refer to it. */
  readonly together: readonly DistributedTable[];
  /** Copied to every node. */
  readonly reference: readonly TableFacts[];
  /** Left where they are, and why. */
  readonly local: readonly { readonly table: TableFacts; readonly because: string }[];
  /** How much of the workload finds all its rows on one node, from 0 to 1: each distributed table it reads is fixed or joined by the column. */
  readonly singleNodeShare: number;
}

/** A table of fewer rows that is hardly written is copied to all nodes. Our own choice. */
const MOST_REFERENCE_ROWS = 1_000_000;
/** Rows written since the counters were reset, as a share of all: each such write goes to every node. Our own choice. */
const MOST_REFERENCE_WRITES = 0.1;

/**
 * The column by which most of the workload's weight stays on one node: a key that other tables refer to (a tenant, a
 * customer, a device), chosen by joins and filters. Undefined if no column keeps anything together.
 */
export function chooseDistribution(
  tables: readonly TableFacts[],
  statements: readonly AdvisedStatement[],
  catalog: Catalog,
): Distribution | undefined {
  const reference = tables.filter(isReference);
  const large = tables.filter(table => !reference.includes(table));
  const uses = new Map(large.map(table => [table, usesOf(table.relation, statements, catalog)]));
  const all = statements.reduce((sum, statement) => sum + shareWeight(statement), 0);
  const choices = groupsOf(tables, large).map(members => {
    const share = all === 0 ? 0 : weightOnOneNode(members, uses, statements) / all;
    return { members, share };
  });
  const best = choices.sort(
    (a, b) => b.share - a.share || b.members.length - a.members.length || bytesOf(b.members) - bytesOf(a.members),
  )[0];
  if (!best || best.members.length === 0) return undefined;
  const together = best.members;
  const local = large
    .filter(table => !together.some(member => member.table === table))
    .map(table => ({ table, because: `it has no column that refers to what the others are distributed by` }));
  return {
    together,
    reference: reference.filter(table => !together.some(member => member.table === table)),
    local,
    singleNodeShare: best.share,
  };
}

function isReference({ rows, inserts, updates, deletes }: TableFacts): boolean {
  return rows < MOST_REFERENCE_ROWS && inserts + updates + deletes < MOST_REFERENCE_WRITES * Math.max(1, rows);
}

/** Sets of columns that mean the same: a key and those that refer to it, or columns of one name and type. */
function groupsOf(tables: readonly TableFacts[], large: readonly TableFacts[]): DistributedTable[][] {
  const groups = new Map<string, DistributedTable[]>();
  const add = (key: string, table: TableFacts, column: string): void => {
    const group = groups.get(key) ?? [];
    if (!group.some(member => member.table === table)) group.push({ table, column });
    groups.set(key, group);
  };
  for (const entity of tables) {
    const [key] = entity.relation.indexes.find(({ primary, keys }) => primary && keys.length === 1)?.keys ?? [];
    const column = entity.relation.columns.find(({ name }) => quoteIdentifier(name) === key);
    if (!column) continue;
    const id = `${entity.relation.schema}.${entity.relation.name}`;
    const referring = large.flatMap(table =>
      table.relation.constraints
        .filter(constraint => refersTo(constraint.references, entity.relation) && constraint.columns.length === 1)
        .map(constraint => ({ table, column: constraint.columns[0]! })),
    );
    if (referring.length === 0) continue;
    if (large.includes(entity)) add(id, entity, column.name);
    for (const each of referring) add(id, each.table, each.column);
  }
  for (const table of large)
    for (const { name, type } of table.relation.columns) if (name !== 'id') add(`${name} ${type}`, table, name);
  return [...groups.values()];
}

function refersTo(
  references: { readonly schema: string; readonly relation: string } | undefined,
  { schema, name }: Relation,
): boolean {
  return references?.schema === schema && references.relation === name;
}

function weightOnOneNode(
  members: readonly DistributedTable[],
  uses: ReadonlyMap<TableFacts, readonly TableUse[]>,
  statements: readonly AdvisedStatement[],
): number {
  return statements.reduce((sum, statement) => {
    const mentioned = [...uses].flatMap(([table, each]) =>
      each.filter(use => use.statement === statement).flatMap(use => use.accesses.map(access => ({ table, access }))),
    );
    if (mentioned.length === 0) return sum;
    const isKept = mentioned.every(({ table, access }) => {
      const column = members.find(member => member.table === table)?.column;
      return column !== undefined && (access.equality.get(column) === 'value' || access.join.has(column));
    });
    const isFixed = mentioned.some(({ table, access }) => {
      const column = members.find(member => member.table === table)?.column;
      return column !== undefined && access.equality.get(column) === 'value';
    });
    return isKept && isFixed ? sum + shareWeight(statement) : sum;
  }, 0);
}

function bytesOf(members: readonly DistributedTable[]): number {
  return members.reduce((sum, { table }) => sum + table.tableBytes, 0);
}

import type { Random } from '../random';
import { columnsOf, literalFor, type TestColumn } from '../schema';

/** A table under an alias, and a condition on its columns to be put into a statement. */
export interface Conditioned {
  readonly table: string;
  readonly alias: string;
  readonly condition: string;
}

/**
 * A query around a condition: with other conditions beside it, joins, grouping, order and limit as they come. The
 * condition stands where its being true decides, unless `anywhere`: then also under NOT, in CASE and in the select list.
 */
export function queryAround(random: Random, given: Conditioned, options: { readonly anywhere?: boolean } = {}): string {
  const { table, alias } = given;
  const condition = options.anywhere ? wrap(random, given) : given.condition;
  const where = [condition, ...otherConditions(random, table, alias)];
  const joined = random.chance(25) ? joinOf(random, table, alias) : '';
  const filter = whereOf(random, where);
  const own = columnsOf(table).filter(({ type }) => type !== 'jsonb');
  switch (random.below(6)) {
    case 0:
      return `SELECT count(*) FROM ${table} ${alias}${joined} WHERE ${filter}`;
    case 1: {
      const key = random.pick(own);
      const order = random.maybe(` ORDER BY 2 DESC, 1`, 50);
      return `SELECT ${alias}.${key.name}, count(*) AS n FROM ${table} ${alias}${joined} WHERE ${filter} GROUP BY ${alias}.${key.name}${order}`;
    }
    case 2:
      return `WITH chosen AS (SELECT ${alias}.* FROM ${table} ${alias} WHERE ${filter}) SELECT * FROM chosen`;
    case 3: {
      const c = random.pick(columnsOf('customers', { type: 'int' })).name;
      const o = random.pick(columnsOf(table, { type: 'int' })).name;
      return `SELECT c.id FROM customers c WHERE EXISTS (SELECT FROM ${table} ${alias} WHERE ${alias}.${o} = c.${c} AND (${filter}))`;
    }
    default: {
      const columns = random.some(own, 1, 4).map(({ name }) => `${alias}.${name}`);
      return `SELECT ${columns.join(', ')} FROM ${table} ${alias}${joined} WHERE ${filter}${tail(random, table, alias)}`;
    }
  }
}

/** ORDER BY and LIMIT as they come. */
export function tail(random: Random, table: string, alias: string): string {
  if (random.chance(50)) return '';
  const keys = random.some(
    columnsOf(table).filter(({ type }) => type !== 'jsonb'),
    1,
    2,
  );
  const order = keys.map(
    ({ name }) => `${alias}.${name}${random.maybe(' DESC', 40)}${random.maybe(' NULLS LAST', 20)}`,
  );
  const limit = random.chance(40)
    ? ` LIMIT ${1 + random.below(8)}${random.maybe(` OFFSET ${random.below(4)}`, 40)}`
    : '';
  return ` ORDER BY ${order.join(', ')}${limit}`;
}

/** Where unknown and false are not the same. */
function wrap(random: Random, { condition }: Conditioned): string {
  switch (random.below(5)) {
    case 0:
      return `NOT (${condition})`;
    case 1:
      return `(${condition}) IS NOT TRUE`;
    case 2:
      return `CASE WHEN ${condition} THEN 1 ELSE 2 END = 2`;
    case 3:
      return `(${condition}) IS NULL`;
    default:
      return condition;
  }
}

function whereOf(random: Random, conditions: readonly string[]): string {
  const shuffled = random.chance(50) ? [...conditions].reverse() : conditions;
  return shuffled.join(random.chance(75) ? ' AND ' : ' OR ');
}

function otherConditions(random: Random, table: string, alias: string): string[] {
  return random.chance(40) ? [simpleCondition(random, table, alias)] : [];
}

/** A comparison with a constant, or IS NULL, that no rewrite is about. */
export function simpleCondition(random: Random, table: string, alias: string): string {
  const column = random.pick(columnsOf(table).filter(({ type }) => type !== 'jsonb' && type !== 'text[]'));
  if (random.chance(20)) return `${alias}.${column.name} IS ${random.maybe('NOT ')}NULL`;
  if (column.type === 'bool') return `${random.maybe('NOT ')}${alias}.${column.name}`;
  return `${alias}.${column.name} ${random.pick(['=', '<', '>=', '<>'])} ${literalFor(random, column.type)}`;
}

function joinOf(random: Random, table: string, alias: string): string {
  const own = random.pick(columnsOf(table, { type: 'int' }));
  const how = random.pick(['JOIN', 'LEFT JOIN']);
  return ` ${how} marks m ON m.${random.pick(['a', 'b'])} = ${alias}.${own.name}`;
}

/** A column of some table, under the alias `t`. */
export function anyColumn(random: Random, wanted: Partial<TestColumn>): TestColumn {
  const tables = ['customers', 'orders', 'items', 'readings', 'marks'];
  return random.pick(tables.flatMap(table => columnsOf(table, wanted)));
}

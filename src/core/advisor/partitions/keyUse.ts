import type { Catalog, Relation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import { readAccessPaths } from '../indexes/accessPaths';
import type { TableAccess } from '../indexes/tableAccess';

/** A statement of the workload that partitioning is judged by. */
export interface AdvisedStatement {
  readonly id: number;
  readonly sql: string;
  readonly statement: ParsedStatement;
  /** How often it runs, relative to the others. */
  readonly weight: number;
  /** What one run costs: planner cost, or measured ms; all statements in one unit, or none. */
  readonly cost?: number;
}

/**
 * What partitions on a key do to a statement: `prunes` reads some of them; `prunes while it runs` may, where the value
 * comes from another table and the plan looks rows up one by one; `reads all` has to look into each.
 */
export type Effect = 'prunes' | 'prunes while it runs' | 'reads all';

export interface StatementUse {
  readonly statement: AdvisedStatement;
  readonly effect: Effect;
  /** Why not more, in words: `compares date(at)`. */
  readonly because?: string;
  /** By equality: what a list or a hash needs. */
  readonly byEquality: boolean;
}

/** A statement and what it asks of one table; inserts ask nothing. */
export interface TableUse {
  readonly statement: AdvisedStatement;
  readonly accesses: readonly TableAccess[];
}

/** The statements that read, change or delete rows of a table. */
export function usesOf(relation: Relation, statements: readonly AdvisedStatement[], catalog: Catalog): TableUse[] {
  return statements.flatMap(statement => {
    const accesses = readAccessPaths(statement.statement, catalog).filter(access => access.relation === relation);
    return accesses.length === 0 ? [] : [{ statement, accesses }];
  });
}

/** What each statement would do with partitions on a column. */
export function effectsOn(
  column: string,
  uses: readonly TableUse[],
  method: 'range' | 'list' | 'hash',
): StatementUse[] {
  return uses.map(({ statement, accesses }) => {
    const effects = accesses.map(access => effectOf(column, access, method));
    // a statement that mentions the table twice is as good as its worse half
    const worst = [...effects].sort((a, b) => RANK[b.effect] - RANK[a.effect])[0]!;
    return { statement, ...worst, byEquality: accesses.every(access => access.equality.has(column)) };
  });
}

const RANK: Readonly<Record<Effect, number>> = { prunes: 0, 'prunes while it runs': 1, 'reads all': 2 };

function effectOf(
  column: string,
  access: TableAccess,
  method: 'range' | 'list' | 'hash',
): { readonly effect: Effect; readonly because?: string } {
  if (access.equality.has(column)) return { effect: 'prunes' };
  // an ORDER BY ... LIMIT on the key of a range reads partitions in order and stops
  if (method === 'range' && access.limited && access.order[0]?.column === column) return { effect: 'prunes' };
  if (access.range.has(column)) {
    if (method === 'range' || method === 'list') return { effect: 'prunes' };
    return { effect: 'reads all', because: `a range of ${column} may lie in any partition of a hash` };
  }
  if (access.join.has(column))
    return { effect: 'prunes while it runs', because: `${column} is compared with another table` };
  const wrapped = access.expressions.find(expression => expression.column === column);
  if (wrapped) return { effect: 'reads all', because: `compares ${wrapped.text}, which PostgreSQL does not prune by` };
  if (access.either.has(column))
    return { effect: 'reads all', because: `${column} is compared in one arm of an OR only` };
  return { effect: 'reads all', because: `no condition on ${column}` };
}

/** The weight of a statement in the workload. */
export function shareWeight({ weight, cost }: AdvisedStatement): number {
  return weight * (cost ?? 1);
}

/** The part of the workload with an effect, from 0 to 1; of an empty workload 0. */
export function shareOf(uses: readonly StatementUse[], has: (use: StatementUse) => boolean): number {
  const all = uses.reduce((sum, { statement }) => sum + shareWeight(statement), 0);
  const some = uses.filter(has).reduce((sum, { statement }) => sum + shareWeight(statement), 0);
  return all === 0 ? 0 : some / all;
}

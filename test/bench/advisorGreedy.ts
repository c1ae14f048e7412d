import { readAccessPaths } from '../../src/core/advisor/indexes/accessPaths';
import { candidateIndexes, indexIdentity, type Candidate } from '../../src/core/advisor/indexes/candidates';
import { createIndexSql } from '../../src/core/advisor/indexes/createIndexSql';
import type { WorkloadStatement } from '../../src/core/advisor/indexes/adviseWorkload';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { CostEstimator } from '../../src/core/ports';

/**
 * What ours is compared with where no peer's figures are recorded: B-trees on single columns, the one that saves most
 * added until none fits or saves a thousandth; every benefit planned anew.
 */
export async function plainGreedy(
  statements: readonly WorkloadStatement[],
  catalog: Catalog,
  estimator: CostEstimator,
  budgetBytes: number,
): Promise<{ indexes: { sql: string; relation: string; estimatedBytes: number }[]; optimizerCalls: number }> {
  const found = new Map<string, Candidate>();
  for (const { statement } of statements) {
    for (const access of readAccessPaths(statement, catalog)) {
      for (const candidate of candidateIndexes(access, catalog, { maxWidth: 1 })) {
        const { method, include, where } = candidate.index;
        if (method === 'btree' && include.length === 0 && where === undefined)
          found.set(indexIdentity(candidate.index), candidate);
      }
    }
  }
  let optimizerCalls = 0;
  const tables = new Map(
    statements.map(({ statement, id }) => [id, new Set(statement.tables.map(({ name }) => name))]),
  );
  const planned = new Map<string, number>();
  const cost = async ({ id, sql }: WorkloadStatement, set: readonly Candidate[]): Promise<number> => {
    const relevant = set.filter(({ relation }) => tables.get(id)!.has(relation.name)).map(({ index }) => index);
    const key = `${id}|${relevant.map(indexIdentity).sort().join('\n')}`;
    const known = planned.get(key);
    if (known !== undefined) return known;
    optimizerCalls++;
    const { totalCost } = await estimator.cost(sql, relevant);
    planned.set(key, totalCost);
    return totalCost;
  };
  const total = async (set: readonly Candidate[]): Promise<number> => {
    let sum = 0;
    for (const statement of statements) sum += await cost(statement, set);
    return sum;
  };
  const sized = [];
  for (const candidate of found.values())
    sized.push({ candidate, bytes: await estimator.estimateBytes(candidate.index) });
  const chosen: typeof sized = [];
  let now = await total([]);
  for (let left = budgetBytes; ;) {
    let best: { one: (typeof sized)[number]; cost: number } | undefined;
    for (const one of sized) {
      if (chosen.includes(one) || one.bytes > left) continue;
      const then = await total([...chosen, one].map(({ candidate }) => candidate));
      if (!best || then < best.cost) best = { one, cost: then };
    }
    if (!best || best.cost > now * 0.999) break;
    chosen.push(best.one);
    now = best.cost;
    left -= best.one.bytes;
  }
  return {
    indexes: chosen.map(({ candidate: { index }, bytes }) => ({
      sql: createIndexSql(index, { concurrently: true }).sql,
      relation: `${index.schema}.${index.relation}`,
      estimatedBytes: bytes,
    })),
    optimizerCalls,
  };
}

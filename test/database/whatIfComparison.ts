import { createIndexSql, hasExpressionKey } from '../../src/core/advisor/indexes/createIndexSql';
import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import { planShape } from '../../src/database/whatIf/planShape';
import type { ShadowEstimator } from '../../src/database/whatIf/shadow';
import type { TestServer } from './servers';
import type { IndexCase } from './whatIfQueries';

/** What the shadow said and what the server says, for one statement. */
export interface Comparison {
  readonly sql: string;
  readonly shadow: Plan;
  readonly server: Plan;
}
export type Plan = Readonly<Record<string, unknown>>;

const costOf = (plan: Plan): number => Number(plan['Total Cost']);
export const errorOf = ({ shadow, server }: Comparison): number => Math.abs(costOf(shadow) / costOf(server) - 1);
/** A hypothetical index has another name than the one really built. */
const shapeOf = (plan: Plan): string => planShape(plan).replace(/\b\w*(?:hypothetical_\d+|real_index)\w*/g, 'index');
export const sameShape = ({ shadow, server }: Comparison): boolean => shapeOf(shadow) === shapeOf(server);
const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;

/** Prints how far the shadow is off. @returns the median error, and the share of plans of the same shape. */
export function report(
  title: string,
  comparisons: readonly Comparison[],
): { readonly median: number; readonly sameShapes: number } {
  const errors = comparisons.map(errorOf).sort((a, b) => a - b);
  const at = (quantile: number): number => errors[Math.min(errors.length - 1, Math.floor(errors.length * quantile))]!;
  const same = comparisons.filter(sameShape).length;
  console.log(
    `      ${title}: ${comparisons.length} plans, ${same} of the same shape (${percent(same / comparisons.length)}), ` +
      `cost error median ${percent(at(0.5))}, p95 ${percent(at(0.95))}, worst ${percent(at(1))}`,
  );
  for (const each of comparisons.filter(each => errorOf(each) > 0.05 || !sameShape(each))) {
    console.log(`        ${percent(errorOf(each))} ${costOf(each.shadow)} for ${costOf(each.server)}: ${each.sql}`);
    if (!sameShape(each)) console.log(`          ${shapeOf(each.shadow)}\n          ${shapeOf(each.server)}`);
  }
  return { median: at(0.5), sameShapes: same / comparisons.length };
}

/** The plan that the server has for a statement now. */
export async function planOnServer(server: TestServer, sql: string): Promise<Plan> {
  const { plan } = await server.db.explain({ sql, analyze: false, parameters: [], writes: false });
  return plan[0]!['Plan'] as Plan;
}

/** An index as it was predicted and as it turned out once it was built. */
export interface BuiltCase {
  readonly comparisons: readonly Comparison[];
  readonly estimatedBytes: number;
  readonly bytes: number;
}

/** Asks the shadow, then builds the index, asks the server, and drops the index. */
export async function compareCase(server: TestServer, shadow: ShadowEstimator, each: IndexCase): Promise<BuiltCase> {
  const index = definitionOf(each);
  const planned: Plan[] = [];
  for (const sql of each.statements) planned.push((await shadow.cost(sql, [index])).plan);
  const estimatedBytes = await shadow.estimateBytes(index);
  await server.run(createIndexSql(index, { concurrently: false, name: 'real_index' }).sql);
  try {
    if (hasExpressionKey(index)) await server.run(`analyze ${each.table}`);
    const comparisons: Comparison[] = [];
    for (const [i, sql] of each.statements.entries())
      comparisons.push({ sql, shadow: planned[i]!, server: await planOnServer(server, sql) });
    const [size] = await server.db.query<{ bytes: number }>(
      `select pg_relation_size('${index.schema}.real_index')::float8 as bytes`,
    );
    return { comparisons, estimatedBytes, bytes: size!.bytes };
  } finally {
    await server.run(`drop index ${index.schema}.real_index`);
  }
}

export function definitionOf({ table, method = 'btree', keys, include = [], where }: IndexCase): IndexDefinition {
  const [schema, relation] = table.split('.') as [string, string];
  return { schema, relation, method, keys, include, ...(where ? { where } : {}) };
}

import { join } from 'node:path';
import pg from 'pg';
import { adviseWorkload, type WorkloadStatement } from '../../src/core/advisor/indexes/adviseWorkload';
import type { Catalog } from '../../src/core/catalog/catalog';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { openCostEstimator } from '../../src/database/whatIf';
import { buildData, findBenchmark, readQueries, readScript, type BenchQuery } from './advisorData';
import { plainGreedy } from './advisorGreedy';
import { dataBytes, measure, measureWithIndexes, measureWrites, type Measured } from './advisorMeasure';
import { PEERS } from './advisorPeers';
import { printHeader, printPeer, printResult, type Result } from './advisorReport';

/** Sizes of the data that the indexes may take. */
const BUDGETS = [0.25, 0.5, 1];
/** Set to measure these alone: workloads that were written apart from the advisor, to see what others would get. */
const HELD_OUT = process.env['QUERY_TUNER_ADVISOR_HELD_OUT'] !== undefined;

interface Bench {
  readonly client: pg.Client;
  readonly db: PostgresDatabase;
  readonly catalog: Catalog;
  readonly grammar: Grammar;
  /** Bytes of all tables. */
  readonly data: number;
}

/**
 * Advice for the shared benchmark's workloads and one of our own, with the indexes really built, beside what was
 * recorded for the algorithms of others. Costs are exact; times depend on what else the machine does, so that a query
 * counts as slower only beyond the noise measured with it.
 */
export async function benchAdvisor(): Promise<void> {
  const folder = findBenchmark();
  if (folder === undefined) {
    console.log('advisor: no benchmark data; QUERY_TUNER_ADVISOR_BENCHMARK names its folder');
    return;
  }
  const server = await startEmbedded({ settings: { autovacuum: 'off' } });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    await client.query('set jit = off');
    const startedAt = performance.now();
    await buildData(client, folder);
    const data = await dataBytes(client);
    console.log(
      `advisor: PostgreSQL ${server.major}, ${(data / 1e6).toFixed(0)} MB of data built in ${seconds(startedAt)} s`,
    );
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    try {
      const bench = { client, db, catalog: await db.readCatalog(), grammar: await loadGrammar(), data };
      const writes = readQueries(join(folder, 'dml'));
      const ownQueries = (name: string): BenchQuery[] => readScript(join(__dirname, 'advisorQueries', `${name}.sql`));
      if (HELD_OUT) {
        for (const name of ['heldOutApp', 'heldOutOlap']) await benchWorkload(bench, name, ownQueries(name), writes);
        return;
      }
      await benchWorkload(bench, 'app', readQueries(join(folder, 'app')), writes);
      await benchWorkload(bench, 'olap', readQueries(join(folder, 'olap')), writes);
      await benchWorkload(bench, 'own', ownQueries('own'), writes);
      await benchWrites(bench, readQueries(join(folder, 'app')), writes);
    } finally {
      await db.dispose();
    }
  } finally {
    await client.end();
    await server.stop();
  }
}

async function benchWorkload(
  bench: Bench,
  name: string,
  queries: readonly BenchQuery[],
  writes: readonly BenchQuery[],
): Promise<void> {
  const { client, data } = bench;
  const before = await measure(client, queries);
  const writesBefore = await measureWrites(client, writes);
  console.log(`\n${name}: ${queries.length} statements`);
  printHeader();
  for (const peer of PEERS[name] ?? []) printPeer(peer);
  const statements = asStatements(queries, bench.grammar);
  for (const budget of BUDGETS) {
    if (!PEERS[name]) {
      const plain = await advised(bench, budget, estimator =>
        plainGreedy(statements, bench.catalog, estimator, budget * data),
      );
      await built(bench, 'plain greedy', budget, queries, plain, before, undefined);
    }
    const ours = await advised(bench, budget, async estimator => {
      const advice = await adviseWorkload({ ...workload(bench, statements, estimator), budgetBytes: budget * data });
      return { ...advice, costBefore: advice.workload.costBefore, costAfter: advice.workload.costAfter };
    });
    const writesAfter = { before: writesBefore, statements: writes };
    await built(bench, 'Query Tuner', budget, queries, ours, before, writesAfter);
  }
}

/** The eight writing statements beside the application's queries, at three weights. */
async function benchWrites(bench: Bench, queries: readonly BenchQuery[], writes: readonly BenchQuery[]): Promise<void> {
  console.log('\nwith the writing statements in the workload, budget 0.5:');
  for (const weight of [0, 0.1, 1, 10]) {
    const statements = [
      ...asStatements(queries, bench.grammar),
      ...(weight > 0 ? asStatements(writes, bench.grammar, queries.length, weight) : []),
    ];
    const { advice } = await advised(bench, 0.5, async estimator => ({
      advice: await adviseWorkload({ ...workload(bench, statements, estimator), budgetBytes: 0.5 * bench.data }),
      indexes: [],
      optimizerCalls: 0,
    }));
    const upkeep = advice.workload.queries.flatMap(query => query.upkeep ?? []);
    const reads = advice.workload.queries.filter(query => query.upkeep === undefined);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const saved = 1 - sum(reads.map(query => query.costAfter)) / sum(reads.map(query => query.costBefore));
    console.log(
      `  weight ${weight}: ${advice.indexes.length} indexes, queries ${(100 * saved).toFixed(1)} % cheaper, ` +
        `upkeep a run of each write ${upkeep.map(cost => Math.round(cost)).join(', ') || 'none'}`,
    );
  }
}

type Estimator = Awaited<ReturnType<typeof openCostEstimator>>;

interface Advised {
  readonly indexes: readonly { readonly sql: string; readonly relation: string; readonly estimatedBytes: number }[];
  readonly optimizerCalls: number;
  readonly costBefore?: number;
  readonly costAfter?: number;
}

/** Runs an advisor on a planner of its own, with the seconds and the CPU it took. */
async function advised<T extends Advised>(
  { db, catalog }: Bench,
  budget: number,
  work: (estimator: Estimator) => Promise<T>,
): Promise<T & { readonly budget: number; readonly seconds: number; readonly cpuSeconds: number }> {
  const estimator = await openCostEstimator(db, catalog, { method: 'shadow' });
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  try {
    const result = await work(estimator);
    const { user, system } = process.cpuUsage(cpu);
    return { ...result, budget, seconds: Number(seconds(startedAt)), cpuSeconds: (user + system) / 1e6 };
  } finally {
    await estimator.dispose();
  }
}

async function built(
  { client, data }: Bench,
  name: string,
  budget: number,
  queries: readonly BenchQuery[],
  advice: Advised & { readonly seconds: number; readonly cpuSeconds: number },
  before: Measured,
  writes: { readonly before: number; readonly statements: readonly BenchQuery[] } | undefined,
): Promise<void> {
  const after = await measureWithIndexes(client, queries, before, advice.indexes, writes?.statements);
  const result: Result = { name, budget, data, advice, before, after, writesBefore: writes?.before };
  printResult(result);
}

function workload({ catalog }: Bench, statements: readonly WorkloadStatement[], estimator: Estimator) {
  return { statements, catalog, estimator };
}

function asStatements(queries: readonly BenchQuery[], grammar: Grammar, firstId = 0, weight = 1): WorkloadStatement[] {
  return queries.map(({ sql }, position) => ({
    id: firstId + position + 1,
    sql,
    statement: parseStatement(grammar, sql),
    weight,
  }));
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

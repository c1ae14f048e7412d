import type pg from 'pg';
import type { BenchQuery } from './advisorData';
import { measureInTurns, type TurnsMeasured } from './advisorTurns';

/** What the statements cost and take, each by its name. */
export interface Measured {
  readonly cost: ReadonlyMap<string, number>;
  /** Fastest of {@link REPETITIONS}: the machine may be busy with other things. */
  readonly ms: ReadonlyMap<string, number>;
}

export interface BuiltIndexes extends Measured {
  readonly bytes: ReadonlyMap<string, number>;
  /** Statements of the indexes that some plan uses. */
  readonly usedNames: ReadonlySet<string>;
  /** Names of the queries whose plan uses one of the indexes. */
  readonly served: ReadonlySet<string>;
  /** What became of the queries that seemed slower. */
  readonly turns: TurnsMeasured;
  /** Of the writing statements, if there were any. */
  readonly writesMs?: number;
}

const REPETITIONS = 3;
/** A query that took so much longer at first is measured again, by turns. */
const SUSPECT = 1.03;

export async function dataBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `select sum(pg_relation_size(oid))::float8 as bytes from pg_class
     where relkind in ('r', 'm') and relpersistence = 'p'
       and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
  );
  return rows[0]!.bytes;
}

export async function measure(client: pg.Client, queries: readonly BenchQuery[]): Promise<Measured> {
  const { cost } = await planAll(client, queries);
  const ms = new Map<string, number>();
  for (const { name, sql } of queries) {
    const times: number[] = [];
    for (let round = 0; round < REPETITIONS; round++) {
      const startedAt = performance.now();
      await client.query({ text: sql, rowMode: 'array' });
      times.push(performance.now() - startedAt);
    }
    ms.set(name, Math.min(...times));
  }
  return { cost, ms };
}

/** Builds the indexes, measures, and drops them again. `statements` are CREATE INDEX without CONCURRENTLY. */
export async function measureWithIndexes(
  client: pg.Client,
  queries: readonly BenchQuery[],
  before: Measured,
  indexes: readonly { readonly sql: string; readonly relation: string }[],
  writes?: readonly BenchQuery[],
): Promise<BuiltIndexes> {
  const names: string[] = [];
  try {
    for (const [position, { sql }] of indexes.entries()) {
      const name = `bench_${position}`;
      await client.query(sql.replace(/^CREATE INDEX (CONCURRENTLY )?\S+ /, `CREATE INDEX ${name} `));
      names.push(name);
    }
    // an index on an expression brings statistics of its own, once its table is analysed
    for (const relation of new Set(indexes.filter(({ sql }) => /\(\(|\w\(/.test(sql)).map(index => index.relation)))
      await client.query(`analyze ${relation}`);
    const { rows } = await client.query<{ name: string; bytes: number }>(
      'select relname::text as name, pg_relation_size(oid)::float8 as bytes from pg_class where relname = any($1)',
      [names],
    );
    const bytes = new Map(rows.map(row => [indexes[names.indexOf(row.name)]!.sql, row.bytes]));
    const { used, usedBy } = await planAll(client, queries);
    const served = new Set(
      queries.map(query => query.name).filter(name => usedBy.get(name)?.some(each => names.includes(each))),
    );
    const usedNames = new Set([...used].map(name => indexes[names.indexOf(name)]?.sql ?? name));
    const measured = await measure(client, queries);
    const suspects = queries.filter(({ name }) => measured.ms.get(name)! > before.ms.get(name)! * SUSPECT);
    const turns = await measureInTurns(client, suspects, names);
    return {
      ...measured,
      bytes,
      usedNames,
      served,
      turns,
      ...(writes && { writesMs: await measureWrites(client, writes) }),
    };
  } finally {
    for (const name of names) await client.query(`drop index ${name}`);
  }
}

/** Each statement in a transaction that is rolled back; dead rows are removed afterwards. */
export async function measureWrites(client: pg.Client, statements: readonly BenchQuery[]): Promise<number> {
  let total = 0;
  for (const { sql } of statements) {
    const times: number[] = [];
    for (let round = 0; round < REPETITIONS; round++) {
      await client.query('begin');
      const startedAt = performance.now();
      await client.query(sql);
      times.push(performance.now() - startedAt);
      await client.query('rollback');
    }
    total += Math.min(...times);
  }
  await client.query('vacuum');
  return total;
}

/** Names of the statements whose planner cost rose. */
export function dearer(before: Measured, after: Measured): string[] {
  return [...before.cost.keys()].filter(name => after.cost.get(name)! > before.cost.get(name)! * 1.001);
}

/** How much less the sum is, in percent. */
export function reductionPercent(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return 100 * (1 - total(after) / total(before));
}

export function total(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((sum, value) => sum + value, 0);
}

interface PlanNode {
  readonly 'Total Cost': number;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

export async function planAll(
  client: pg.Client,
  queries: readonly BenchQuery[],
): Promise<{ cost: Map<string, number>; used: Set<string>; usedBy: Map<string, string[]> }> {
  const cost = new Map<string, number>();
  const usedBy = new Map<string, string[]>();
  const indexesIn = (node: PlanNode): string[] => [
    ...(node['Index Name'] === undefined ? [] : [node['Index Name']]),
    ...(node.Plans ?? []).flatMap(indexesIn),
  ];
  for (const { name, sql } of queries) {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${sql}`);
    const plan = rows[0]!['QUERY PLAN'][0].Plan;
    cost.set(name, plan['Total Cost']);
    usedBy.set(name, indexesIn(plan));
  }
  return { cost, used: new Set([...usedBy.values()].flat()), usedBy };
}

import assert from 'node:assert/strict';
import type pg from 'pg';
import { adviseWorkload } from '../../../src/core/advisor/indexes/adviseWorkload';
import { rewritesOf } from '../../../src/core/advisor/rewrites/registry';
import type { Rewrite } from '../../../src/core/advisor/rewrites/rewrite';
import { applyEdits } from '../../../src/core/rules/applyFixes';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { Script } from '../../../src/core/sql/script';
import { openDatabase, type PostgresDatabase } from '../../../src/database/connect';
import { resolveConnection } from '../../../src/database/connectionSettings';
import { startEmbedded } from '../../../src/database/embedded';
import { verifyRewrite } from '../../../src/database/rewrites/verifyRewrite';
import { TrialEstimator } from '../../../src/database/whatIf/trial';
import { withClient } from '../ruleFixesRun';
import type { GuidePair } from './guidePairs';
import { guideTables } from './guideTables';

/** The guides' tables on a server of their own, a database each. */
export interface GuideServer {
  /** Tries one pair, asserts what it claims, and prints what it came to. */
  tryPair(pair: GuidePair): Promise<void>;
  stop(): Promise<void>;
}

export async function startGuides(major: number, rows: number): Promise<GuideServer> {
  const server = await startEmbedded({ major, settings: { autovacuum: 'off', jit: 'off' } });
  const guides = new Map<string, { readonly db: PostgresDatabase; readonly url: string }>();
  for (const [guide, tables] of Object.entries(guideTables(rows))) {
    await withClient(server.url, client => client.query(`CREATE DATABASE guide_${guide}`));
    const url = new URL(server.url);
    url.pathname = `/guide_${guide}`;
    await withClient(url.href, async client => {
      await client.query(tables);
      await client.query('VACUUM ANALYZE');
    });
    guides.set(guide, {
      url: url.href,
      db: await openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' })),
    });
  }
  return {
    tryPair: pair => {
      const { db, url } = guides.get(pair.place.slice(0, 3))!;
      return withClient(url, client => tryPair(pair, db, client));
    },
    stop: async () => {
      for (const { db } of guides.values()) await db.dispose();
      await server.stop();
    },
  };
}

async function tryPair(pair: GuidePair, db: PostgresDatabase, client: pg.Client): Promise<void> {
  const { ours, sql } = pair;
  const offers = await offersOf(sql, db);
  if (ours.by === 'nothing') {
    assert.deepEqual(
      offers.map(({ id }) => id),
      [],
    );
    return say(pair, 'nothing', '');
  }
  if (ours.by === 'indexes') return tryIndexes(pair, db, client);
  const offer = offers.find(({ id }) => id === ours.id);
  assert.ok(offer, `${ours.id} is not offered, only ${offers.map(({ id }) => id).join(', ') || 'nothing'}`);
  if (ours.by === 'write') return tryWrite(pair, ours.table, offer, client);
  await tryQuery(pair, offer, db, client);
}

interface Offer extends Rewrite {
  readonly text: string;
}

async function offersOf(sql: string, db: PostgresDatabase): Promise<Offer[]> {
  const { statements } = new Script(await loadGrammar(), sql);
  // What the rewrites decide by is how large tables are, and these stand for larger ones.
  const { relations, ...catalog } = await db.readCatalog();
  const large = relations.map(each => ({ ...each, rowEstimate: (each.rowEstimate ?? 0) * 50 }));
  const around = { catalog: { ...catalog, relations: large }, script: { text: sql, statements, index: 0 } };
  return rewritesOf(statements[0]!, around).map(rewrite => ({ ...rewrite, text: applyEdits(sql, rewrite.edits) }));
}

async function tryQuery(pair: GuidePair, offer: Offer, db: PostgresDatabase, client: pg.Client): Promise<void> {
  const { ours, sql, values } = pair;
  if (ours.by !== 'rewrite') return;
  const before = await measure(client, sql);
  assert.ok(before.rows > 0, 'finds nothing');
  const parameters =
    values === undefined ? [] : ((await client.query<string[]>({ text: values, rowMode: 'array' })).rows[0] ?? []);
  const rewritten = withValues(offer.text, parameters);
  const { verdict, comparisons, refusal } = await verifyRewrite(
    db,
    { original: sql, rewritten, parameters: [] },
    { runs: 0 },
    new AbortController().signal,
  );
  assert.equal(verdict, ours.rows === 'equal' ? 'equal' : 'different', refusal ?? JSON.stringify(comparisons));
  // A rewrite that says it is equal is; one that differs has said so.
  if (ours.rows === 'differs') assert.equal(offer.equality.kind, 'needs checking');
  const indexes =
    ours.andIndexes === 'proposed'
      ? await addIndexes(offer.text, db, client)
      : ours.andIndexes && (await makeIndexes(ours.andIndexes, client));
  const after = await measure(client, rewritten);
  const original = indexes && (await measure(client, sql));
  await indexes?.drop();
  const guide = await tryGuide(pair, client);
  const made = [offer.id, ...(indexes?.names ?? [])].join(' + ');
  const alone = original ? `; the indexes without the rewrite: ${factors(before, original)}` : '';
  say(
    pair,
    made,
    `rows ${ours.rows === 'equal' ? `equal (${after.rows})` : `differ as it says (${before.rows}, then ${after.rows})`}, ${factors(before, after)}${alone}${guide}`,
  );
  if (pair.fewerPages !== undefined) assertFewerPages(pair, before, after);
}

async function tryIndexes(pair: GuidePair, db: PostgresDatabase, client: pg.Client): Promise<void> {
  const before = await measure(client, pair.sql);
  const indexes = await addIndexes(pair.sql, db, client);
  const after = await measure(client, pair.sql);
  await indexes.drop();
  assert.equal(after.rows, before.rows);
  assert.ok(before.rows > 0, 'finds nothing');
  say(pair, indexes.names.join(' + '), `rows equal (${after.rows}), ${factors(before, after)}`);
  assertFewerPages(pair, before, after);
}

/** Both leave the same table behind; a script that commits is undone by what the table was. */
async function tryWrite(pair: GuidePair, table: string, offer: Offer, client: pg.Client): Promise<void> {
  const look = `SELECT md5(string_agg(t::text, ',' ORDER BY id)) AS state, count(*) AS rows FROM ${table} t`;
  const state = async (): Promise<string> => JSON.stringify((await client.query(look)).rows);
  await client.query(`CREATE TABLE kept AS TABLE ${table}`);
  const untouched = await state();
  const [was, wasMs] = [await inTransaction(client, pair.sql, state), elapsed];
  const started = performance.now();
  await client.query(offer.text);
  const ms = performance.now() - started;
  const now = await state();
  assert.equal(now, was);
  assert.notEqual(now, untouched, 'writes nothing');
  await client.query(`TRUNCATE ${table} CASCADE; INSERT INTO ${table} TABLE kept; DROP TABLE kept`);
  say(pair, offer.id, `table equal afterwards, ${wasMs.toFixed(0)} ms in one transaction, ${ms.toFixed(0)} ms so`);
}

let elapsed = 0;

async function inTransaction(client: pg.Client, sql: string, look: () => Promise<string>): Promise<string> {
  await client.query('BEGIN');
  try {
    const started = performance.now();
    await client.query(sql);
    elapsed = performance.now() - started;
    return await look();
  } finally {
    await client.query('ROLLBACK');
  }
}

interface Indexes {
  readonly names: readonly string[];
  drop(): Promise<void>;
}

/** The indexes our advisor proposes for a query, made. */
async function addIndexes(sql: string, db: PostgresDatabase, client: pg.Client): Promise<Indexes> {
  const catalog = await db.readCatalog();
  const statement = parseStatement(await loadGrammar(), sql);
  const { indexes } = await adviseWorkload({
    statements: [{ id: 1, sql, statement, weight: 1 }],
    catalog,
    estimator: new TrialEstimator(db, catalog),
    maxWidth: 2,
  });
  assert.ok(indexes.length > 0, 'no index is proposed');
  for (const { change } of indexes) for (const text of change.sql) await client.query(text);
  await client.query('VACUUM ANALYZE');
  return {
    names: indexes.map(({ relation, columns, method, where }) => {
      const kind = method === 'btree' ? '' : ` using ${method}`;
      return `index ${relation}${kind} (${columns.join(', ')})${where === null ? '' : ` where ${where}`}`;
    }),
    drop: async () => {
      for (const { change } of indexes) for (const text of change.inverse) await client.query(text);
    },
  };
}

/** Indexes by their statements; undone by the names they got. */
async function makeIndexes(statements: readonly string[], client: pg.Client): Promise<Indexes> {
  const known = 'SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = $1';
  const before = new Set((await client.query<{ name: string }>(known, ['i'])).rows.map(({ name }) => name));
  for (const sql of statements) await client.query(sql);
  await client.query('VACUUM ANALYZE');
  const made = (await client.query<{ name: string }>(known, ['i'])).rows.filter(({ name }) => !before.has(name));
  return {
    names: statements.map(sql => sql.replace('CREATE INDEX ON', 'index')),
    drop: async () => {
      for (const { name } of made) await client.query(`DROP INDEX ${name}`);
    },
  };
}

interface Measured {
  readonly ms: number;
  readonly pages: number;
  readonly rows: number;
}

interface ExplainedPlan {
  readonly 'QUERY PLAN': readonly [
    {
      readonly Plan: {
        readonly 'Shared Hit Blocks': number;
        readonly 'Shared Read Blocks': number;
        readonly 'Actual Rows': number;
      };
      readonly 'Execution Time': number;
    },
  ];
}

/** The second of two runs, so that all pages are in memory. */
async function measure(client: pg.Client, sql: string): Promise<Measured> {
  await client.query('SET max_parallel_workers_per_gather = 0');
  let measured: Measured | undefined;
  for (let run = 0; run < 2; run++) {
    const { rows } = await client.query<{ readonly 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
    );
    const [explained] = JSON.parse(rows[0]!['QUERY PLAN']) as ExplainedPlan['QUERY PLAN'];
    const { Plan: plan } = explained;
    const pages = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    measured = { ms: explained['Execution Time'], pages, rows: plan['Actual Rows'] };
  }
  return measured!;
}

/** What the guide itself makes of it. */
async function tryGuide({ guide }: GuidePair, client: pg.Client): Promise<string> {
  if (!guide) return '';
  await client.query(guide.setup);
  const { ms, pages, rows } = await measure(client, guide.sql);
  await client.query(guide.undo);
  return `; as the guide has it ${rows} rows, ${pages} pages, ${ms.toFixed(1)} ms`;
}

function withValues(text: string, values: readonly (string | null)[]): string {
  return values.reduceRight<string>((sql, value, i) => sql.replaceAll(`$${i + 1}`, `'${value ?? ''}'`), text);
}

function assertFewerPages({ fewerPages = 1 }: GuidePair, before: Measured, after: Measured): void {
  assert.ok(before.pages >= fewerPages * after.pages, `${before.pages} pages become ${after.pages}`);
}

function factors(before: Measured, after: Measured): string {
  const times = (factor: number): string => `x${factor < 10 ? factor.toFixed(1) : factor.toFixed(0)}`;
  return `pages ${before.pages} to ${after.pages} (${times(before.pages / Math.max(1, after.pages))}), ms ${before.ms.toFixed(1)} to ${after.ms.toFixed(1)} (${times(before.ms / Math.max(0.001, after.ms))})`;
}

function say({ place, title, because }: GuidePair, made: string, figures: string): void {
  console.log(`        ${place} ${title}: ${made}${figures === '' ? '' : `; ${figures}`}\n          ${because}`);
}

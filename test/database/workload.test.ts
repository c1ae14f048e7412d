import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { adviseWorkload } from '../../src/core/advisor/indexes';
import { DatabaseError } from '../../src/core/ports';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { plannedEntries } from '../../src/core/workload/planningTexts';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { TrialEstimator } from '../../src/database/whatIf/trial';
import { readStatStatements, type ReadWorkload } from '../../src/database/workload/readStatStatements';
import { readWorkloadFiles } from '../../src/database/workload/readWorkloadFiles';
import { onEachServer, type TestServer } from './servers';
import { buildTestWorker, openTestShadow } from './whatIfWorker';

const SETUP = `
  create table readings (id int primary key, camera int not null, noted text not null);
  insert into readings select n, n % 500, 'note ' || n from generate_series(1, 20000) n;
  analyze readings;
  create role reader login; grant select on readings to reader;
  create role watcher login; grant pg_read_all_stats to watcher;`;

/** Written by the servers under test, which may run as another user. */
const LOGS = mkdtempSync(path.join(tmpdir(), 'query-tuner-logs-'));
chmodSync(LOGS, 0o777);

/** jsonlog came with 15. */
const logging = (major: number): Readonly<Record<string, string>> => ({
  logging_collector: 'on',
  log_directory: LOGS,
  log_destination: major >= 15 ? 'stderr,csvlog,jsonlog' : 'stderr,csvlog',
  log_min_duration_statement: '0',
  shared_preload_libraries: 'pg_stat_statements,auto_explain',
});

const DESTINATIONS: Readonly<Record<string, string>> = { '.log': 'stderr', '.csv': 'csvlog', '.json': 'jsonlog' };

async function connectAs(server: TestServer, role: string): Promise<PostgresDatabase> {
  const url = server.url.replace('postgres@', `${role}@`);
  return openDatabase(await resolveConnection({ url, env: {}, cwd: '/' }));
}

function fails(kind: DatabaseError['kind'], message: RegExp, hint: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof DatabaseError);
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    assert.match(error.hint ?? '', hint);
    return true;
  };
}

describe('database/workload', () => {
  let grammar: Grammar;
  before(async function () {
    this.timeout(60_000);
    grammar = await loadGrammar();
    await buildTestWorker();
  });
  after(() => rmSync(LOGS, { recursive: true, force: true }));

  onEachServer(
    SETUP,
    (server, major) => {
      const top = (db: PostgresDatabase, by: 'total' | 'mean' | 'calls' | 'reads' | 'temp' = 'total') =>
        readStatStatements(db, grammar, { by, top: 10 });

      describe('pg_stat_statements', () => {
        it('says how to install it', async () => {
          await assert.rejects(
            top(server().db),
            fails('unsupported', /not installed in this database/, /CREATE EXTENSION pg_stat_statements/),
          );
        });

        it('reads the statements that cost most, by each measure, without housekeeping', async () => {
          await server().run('create schema stats; create extension pg_stat_statements schema stats');
          await server().run('select stats.pg_stat_statements_reset()');
          const { db } = server();
          for (let i = 0; i < 5; i++) await db.query('select id from readings where camera = $1', [7]);
          await db.query('select noted from readings order by noted offset $1', [19999]);
          await db.query('select count(*) from pg_class');
          await db.withSession(session =>
            session.execute('begin; set local work_mem = 64; select * from readings order by noted || id; commit'),
          );
          const { entries, source } = await top(db, 'calls');
          assert.match(source, /^pg_stat_statements since \d{4}-\d\d-\d\d$/);
          assert.equal(entries[0]?.sql, 'select id from readings where camera = $1');
          assert.equal(entries[0]?.calls, 5);
          assert.ok((entries[0]?.totalMs ?? 0) > 0);
          assert.ok(!entries.some(({ sql }) => /pg_class|begin|set local/.test(sql)), entries.map(e => e.sql).join());
          assert.match((await top(db, 'temp')).entries[0]?.sql ?? '', /order by noted \|\| id/);
          for (const by of ['total', 'mean', 'reads'] as const) assert.ok((await top(db, by)).entries.length > 0);
        });

        it('takes the queries of prepared statements and cursors, and none of its own', async () => {
          const { db, run } = server();
          await run(
            'prepare p (text) as update readings set noted = $1 where id = 5; execute p($$x$$); execute p($$x$$)',
          );
          await run('begin; declare "c 1" scroll cursor with hold for select id from readings; close "c 1"; rollback');
          await run('create index ends on readings (camera); insert into readings select 20001, 1, $$new$$');
          const written = `select pg_stat_get_mod_since_analyze('readings'::regclass)::int as n`;
          while ((await db.query<{ n: number }>(written))[0]?.n === 0) await new Promise(done => setTimeout(done, 50));
          const shadow = await openTestShadow(db, await db.readCatalog());
          await shadow.cost('select noted from readings where camera > 400', []);
          await shadow.dispose();
          const own = `select count(*)::int as n from stats.pg_stat_statements where query ~ 'as least.*readings'`;
          assert.equal((await db.query<{ n: number }>(own))[0]?.n, 1);
          const { entries } = await readStatStatements(db, grammar, { by: 'calls', top: 50 });
          const update = entries.find(({ sql }) => /^update readings/.test(sql));
          assert.equal(update?.calls, 2);
          assert.ok(entries.some(({ sql }) => sql === 'select id from readings'));
          assert.ok(
            !entries.some(({ sql }) => /as least|prepare|declare/i.test(sql)),
            entries.map(e => e.sql).join('\n'),
          );
          await run('drop index ends; delete from readings where id = 20001');
        });

        it('shows a role without rights what is missing, and all to one that may see it', async () => {
          const reader = await connectAs(server(), 'reader');
          const watcher = await connectAs(server(), 'watcher');
          try {
            await server().run('grant usage on schema stats to public');
            await assert.rejects(top(reader), fails('permission', /may not see the statements/, /pg_read_all_stats/));
            assert.ok((await top(watcher)).entries.length > 0);
            await reader.query('select 1 from readings where id = 1');
            const seen = await top(reader);
            assert.match(seen.notes.join(), /statements of other roles are hidden/);
            assert.ok(seen.entries.some(({ sql }) => sql.includes('readings where id')));
          } finally {
            await reader.dispose();
            await watcher.dispose();
          }
        });

        it('gives the advisor statements that it can plan without their values', async () => {
          const { db, run } = server();
          // Where it puts a parameter, the grammar takes none, or the type cannot be told.
          await run(`select count(*) from readings where extract(year from now()) > 2000 and camera = 3`);
          await run(
            `select count(*) from readings where now() - interval '1 day' > date '2026-01-01' and camera in (1, 2)`,
          );
          await run(`select n from generate_series(1, 3) n join readings on camera = n order by 1 limit 2`);
          const { entries } = await readStatStatements(db, grammar, { by: 'calls', top: 50 });
          for (const text of ['extract($', 'interval $', 'generate_series($']) {
            assert.ok(
              entries.some(({ sql }) => sql.includes(text)),
              text,
            );
          }
          const catalog = await db.readCatalog();
          const advice = await adviseWorkload({
            statements: plannedEntries(grammar, entries),
            catalog,
            estimator: new TrialEstimator(db, catalog),
          });
          assert.deepEqual(advice.skipped, []);
          assert.ok(
            advice.indexes.some(({ columns }) => columns[0] === 'camera'),
            JSON.stringify(advice.indexes),
          );
        });
      });

      describe('logs', () => {
        /** The newest log of a kind of this server, once it holds the last statement sent. */
        async function logFile(ending: string): Promise<string> {
          await server().run(`select 'the end of ${ending}' from readings where id = 0`);
          const { data } = (
            await server().db.query<{ data: string }>(`select pg_current_logfile($1) as data`, [DESTINATIONS[ending]])
          )[0]!;
          while (!readFileSync(data, 'utf8').includes(`the end of ${ending}`)) await new Promise(setImmediate);
          return data;
        }

        const readFiles = (file: string, database = 'postgres'): Promise<ReadWorkload> =>
          readWorkloadFiles(grammar, [file], { by: 'calls', top: 20, database });

        // jsonlog came with 15
        for (const ending of major < 15 ? ['.log', '.csv'] : ['.log', '.csv', '.json']) {
          it(`reads what the server logged in ${ending}, with values and times`, async function () {
            const { db, run } = server();
            for (const camera of [7, 7, 8]) await db.query('select id from readings where camera = $1', [camera]);
            await run(`select noted\n  from readings\n  where noted = 'it''s'`);
            for (const format of ['text', 'json']) {
              await run(`set log_min_duration_statement = -1; set auto_explain.log_min_duration = 0;
                set auto_explain.log_format = ${format};
                select id\n  from readings\n  where noted like 'only ${format}%'`);
            }
            const file = await logFile(ending);
            const { entries, source } = await readFiles(file);
            assert.equal(source, `log ${path.basename(file)}`);
            const camera = entries.filter(({ sql }) => sql.startsWith('select id from readings where camera = '));
            assert.ok(
              camera.some(({ sql }) => sql.endsWith(`'7'`)),
              camera.map(({ sql }) => sql).join(),
            );
            assert.ok(camera.every(({ totalMs }) => (totalMs ?? 0) > 0));
            assert.ok(entries.some(({ sql }) => sql.includes('where noted =')));
            // Those that only auto_explain told of.
            for (const format of ['text', 'json']) {
              const told = entries.find(({ sql }) => sql.includes(`'only ${format}%'`));
              assert.match(told?.sql ?? '', /^select id\n {2}from readings\n {2}where noted like/);
              assert.ok((told?.totalMs ?? 0) > 0);
            }
            assert.ok(!entries.some(({ sql }) => /^(begin|set|load)/.test(sql)));
          });
        }

        it('reads a compressed log, and says when a log has nothing for this database', async () => {
          const plain = await logFile('.csv');
          const packed = path.join(LOGS, `packed-${server().major}.csv.gz`);
          writeFileSync(packed, gzipSync(readFileSync(plain)));
          assert.ok((await readFiles(packed)).entries.length > 0);
          await assert.rejects(
            readFiles(packed, 'elsewhere'),
            fails('unsupported', /no statements of the database elsewhere/, /log_min_duration_statement/),
          );
        });

        it('finds an index for what a log says is run', async () => {
          const logged = (await readFiles(await logFile('.log'))).entries;
          // Filling the table would cost more with an index than a few look-ups gain.
          const entries = logged.filter(({ sql }) => !sql.startsWith('insert'));
          const { db } = server();
          const catalog = await db.readCatalog();
          const advice = await adviseWorkload({
            statements: plannedEntries(grammar, entries),
            catalog,
            estimator: new TrialEstimator(db, catalog),
          });
          assert.ok(
            advice.indexes.some(({ columns }) => columns[0] === 'camera'),
            JSON.stringify(advice),
          );
        });
      });
    },
    logging,
  );

  it('says when the module was not loaded at the start of the server', async function () {
    this.timeout(60_000);
    const server = await startEmbedded({ major: 18, settings: { shared_preload_libraries: '' } });
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    try {
      await db.withSession(session => session.execute('create extension pg_stat_statements'));
      await assert.rejects(
        readStatStatements(db, grammar, { by: 'total', top: 5 }),
        fails('unsupported', /was not loaded when the server started/, /shared_preload_libraries and restart/),
      );
    } finally {
      await db.dispose();
      await server.stop();
    }
  });

  it('reads SQL files and counts what is written twice', async () => {
    const file = path.join(LOGS, 'queries.sql');
    writeFileSync(file, 'select 1 from a;\n\nexplain select 2 from b where x = :x;\nselect 1 from a;\n');
    const { entries, source } = await readWorkloadFiles(grammar, [file], { by: 'total', top: 1 });
    assert.equal(source, 'queries.sql');
    assert.deepEqual(
      entries.map(({ id, calls, place }) => [id, calls, place]),
      [
        [1, 2, 'queries.sql:1'],
        [2, 1, 'queries.sql:3'],
      ],
    );
    assert.deepEqual(
      plannedEntries(grammar, entries).map(({ sql, weight }) => [sql, weight]),
      [
        ['select 1 from a', 2],
        ['select 2 from b where x = $1', 1],
      ],
    );
  });
});

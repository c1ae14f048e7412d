import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import type { HealthStep } from '../../src/core/health/check';
import type { DatabaseError, Row } from '../../src/core/ports';
import type { Progress } from '../../src/database/changeProgress';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { SERVER_ACTIONS, readTargets } from '../../src/database/serverActions/actionTargets';
import { prepareStep } from '../../src/database/serverActions/actionOfStep';
import { prepareAction, type ActionRequest } from '../../src/database/serverActions/prepareAction';
import { TargetChangedError, runAction, undoExtension } from '../../src/database/serverActions/runAction';
import { openSession, type Session } from '../../src/database/session';
import { onEachServer, type TestServer } from './servers';
import { startStandby } from './standbyServer';

const SETUP = `
  create role keeper login; create role stranger login;
  create schema "Odd Place"; grant usage on schema "Odd Place" to public;
  create table "Odd Place"."T ""1" (id int primary key, n int);
  insert into "Odd Place"."T ""1" select i, i from generate_series(1, 20000) i;
  create table kept (id int primary key); alter table kept owner to keeper;
  create materialized view plain_view as select 1 as n;
  create materialized view unique_view as select 1 as n;
  create unique index on unique_view (n);
  create materialized view partial_view as select 1 as n;
  create unique index on partial_view (n) where n > 0;
  create materialized view empty_view as select 1 as n with no data;
  create unique index on empty_view (n);`;

const TABLE = `"Odd Place"."T ""1"`;
const INDEX = `"Odd Place"."T ""1_pkey"`;

describe('database/serverActions', function () {
  this.timeout(60_000);

  onEachServer(
    SETUP,
    (server, major) => {
      const others: PostgresDatabase[] = [];
      const connect = async (url: string, user: string): Promise<PostgresDatabase> => {
        const address = new URL(url);
        address.username = user;
        const db = await openDatabase(await resolveConnection({ url: address.href, env: {}, cwd: '/' }));
        others.push(db);
        return db;
      };
      const connectAs = (user: string): Promise<PostgresDatabase> => connect(server().url, user);
      after(() => Promise.all(others.map(db => db.dispose())));

      const prepare = (action: ActionRequest['action'], target: string, db = server().db) =>
        prepareAction(db, { action, target });
      const rows = <T extends Row>(sql: string): Promise<T[]> => server().db.query<T>(sql);
      const leftOver = (): Promise<Row[]> =>
        rows('select indexrelid::regclass::text from pg_index where not indisvalid');

      it('names what each action can be done to', async () => {
        const found = new Map<string, string[]>();
        for (const action of SERVER_ACTIONS) {
          found.set(
            action,
            (await readTargets(server().db, action)).map(({ id }) => id),
          );
        }
        assert.ok(found.get('vacuum')!.includes(TABLE));
        assert.ok(found.get('reindex')!.includes(INDEX));
        assert.deepEqual(found.get('refresh')!.sort(), [
          'public.empty_view',
          'public.partial_view',
          'public.plain_view',
          'public.unique_view',
        ]);
        const other = await connectAs('keeper');
        const [me] = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
        assert.ok((await readTargets(server().db, 'terminate')).some(({ id }) => id.startsWith(`${me!.pid} `)));
      });

      it('analyses, vacuums and freezes a table', async () => {
        await server().run(`delete from ${TABLE} where id > 15000`);
        for (const [action, sql] of [
          ['analyze', `ANALYZE ${TABLE}`],
          ['vacuum', `VACUUM (ANALYZE) ${TABLE}`],
          ['freeze', `VACUUM (FREEZE) ${TABLE}`],
        ] as const) {
          const prepared = await prepare(action, TABLE);
          assert.deepEqual([prepared.sql, prepared.refusal], [[sql], undefined]);
          assert.match((await runAction(server().db, prepared)).text, /^done in /);
        }
        const [row] = await rows<{ n: number; age: number }>(
          `select reltuples::int as n, age(relfrozenxid) as age from pg_class where oid = '${TABLE}'::regclass`,
        );
        assert.equal(row!.n, 15_000);
        assert.ok(row!.age < 50, String(row!.age));
      });

      it('tells how far VACUUM is, and stops it on the server', async () => {
        await server().run(
          `create table slow as select i, repeat('x', 500) as filler from generate_series(1, 20000) i`,
        );
        await server().run('delete from slow where i % 2 = 0');
        // a cost limit of one page makes it sleep after each
        await server().run(
          `do $$ begin execute format('alter database %I set vacuum_cost_delay = 100', current_database());
          execute format('alter database %I set vacuum_cost_limit = 20', current_database()); end $$`,
        );
        const patient = await connectAs('postgres');
        try {
          const seen: Progress[] = [];
          const controller = new AbortController();
          const running = runAction(patient, await prepareAction(patient, { action: 'vacuum', target: 'slow' }), {
            signal: controller.signal,
            onProgress: progress => {
              seen.push(progress);
              if (progress.text.startsWith('VACUUM: scanning heap') && progress.fraction! > 0) controller.abort();
            },
          });
          await assert.rejects(running, CancelledError);
          assert.ok(
            seen.some(({ text }) => /^VACUUM: scanning heap .* of .*B/.test(text)),
            JSON.stringify(seen),
          );
          const still = await rows(`select from pg_stat_progress_vacuum`);
          assert.equal(still.length, 0);
        } finally {
          await server().run(`do $$ begin execute format('alter database %I reset all', current_database()); end $$`);
        }
      });

      it('rebuilds an index, and drops what a cancelled rebuild has left', async () => {
        const prepared = await prepare('reindex', INDEX);
        assert.deepEqual(prepared.sql, [`REINDEX INDEX CONCURRENTLY ${INDEX}`]);
        await runAction(server().db, prepared);
        const writer = await openWriter(server());
        try {
          const controller = new AbortController();
          let leftWhileRunning: Row[] = [];
          const running = runAction(server().db, prepared, {
            signal: controller.signal,
            onProgress: ({ text }) => {
              if (text.startsWith('removing')) void writer.end();
              else if (/waiting for session/.test(text) && !controller.signal.aborted) {
                void leftOver().then(left => {
                  leftWhileRunning = left;
                  if (left.length > 0) controller.abort();
                });
              }
            },
          });
          await assert.rejects(running, CancelledError);
          assert.match(JSON.stringify(leftWhileRunning), /_ccnew/);
          assert.deepEqual(await leftOver(), []);
        } finally {
          await writer.end();
        }
      });

      it('says what of a cancelled rebuild it could not drop, and what drops it', async () => {
        const writer = await openWriter(server());
        const prepared = await prepare('reindex', INDEX);
        const controller = new AbortController();
        const running = runAction(server().db, prepared, {
          signal: controller.signal,
          onProgress: ({ text }) => {
            if (!/waiting for session/.test(text)) return;
            void leftOver().then(left => left.length > 0 && controller.abort());
          },
        });
        let hint = '';
        await assert.rejects(running, (error: DatabaseError) => {
          hint = error.hint ?? '';
          return /cancelled; an unfinished index could not be removed/.test(error.message);
        });
        await writer.end();
        const drop = /DROP INDEX CONCURRENTLY .*$/.exec(hint)?.[0];
        assert.match(drop ?? '', /"T ""1_pkey_ccnew"/);
        await server().run(drop!);
        assert.deepEqual(await leftOver(), []);
      });

      it('refreshes a materialized view while it is read, where that can be', async () => {
        const unique = await prepare('refresh', 'unique_view');
        assert.deepEqual(unique.sql, ['REFRESH MATERIALIZED VIEW CONCURRENTLY public.unique_view']);
        for (const view of ['plain_view', 'partial_view', 'empty_view']) {
          const { sql, notes } = await prepare('refresh', view);
          assert.deepEqual(sql, [`REFRESH MATERIALIZED VIEW public.${view}`]);
          assert.match(notes[0]!, /nobody can read it/);
        }
        await runAction(server().db, unique);
        await runAction(server().db, await prepare('refresh', 'empty_view'));
        // now that it has rows, it can be read meanwhile
        assert.match((await prepare('refresh', 'empty_view')).sql[0]!, /CONCURRENTLY/);
      });

      it('cancels and ends the session that was shown, and no other', async () => {
        const { victim, running } = await sleeper(server());
        const [target] = (await readTargets(server().db, 'cancel')).filter(({ id }) =>
          id.startsWith(`${victim.processId} `),
        );
        const cancel = await prepare('cancel', target!.id);
        assert.match(cancel.notes[1]!, /pg_sleep\(50\)/);
        assert.match((await runAction(server().db, cancel)).text, /asked to stop/);
        await assert.rejects(running, /canceling statement due to user request/);
        await victim.query('select 1');
        // the statement that was shown is over
        await assert.rejects(runAction(server().db, cancel), TargetChangedError);
        const end = await prepare('terminate', target!.id);
        assert.match((await runAction(server().db, end)).text, /was ended/);
        await assert.rejects(victim.query('select 1'));
        await assert.rejects(prepare('terminate', target!.id), /that session is gone/);
        await victim.end();
      });

      it('sees before who may not, and says who may', async () => {
        const stranger = await connectAs('stranger');
        const keeper = await connectAs('keeper');
        const refused = async (action: ActionRequest['action'], target: string, db = stranger): Promise<string> =>
          (await prepare(action, target, db)).refusal ?? '';
        const maintain = major >= 17 ? /MAINTAIN/ : /^((?!MAINTAIN).)*$/;
        assert.match(
          await refused('vacuum', 'kept'),
          /^stranger may not do this to public\.kept: its owner keeper, the database/,
        );
        assert.match(await refused('analyze', 'kept'), maintain);
        assert.match(await refused('reindex', 'kept_pkey'), /its owner keeper/);
        assert.match(await refused('refresh', 'plain_view'), /its owner postgres/);
        assert.match(await refused('reset statistics', 'database'), /EXECUTE on pg_stat_reset/);
        assert.match(await refused('enable statements', ''), /stranger may not/);
        assert.equal(await refused('vacuum', 'kept', keeper), '');
        await runAction(keeper, await prepare('vacuum', 'kept', keeper));
        await runAction(keeper, await prepare('reindex', 'kept_pkey', keeper));
        if (major >= 17) {
          await server().run('grant maintain on plain_view to stranger');
          assert.equal(await refused('refresh', 'plain_view'), '');
        }
        const { victim, running } = await sleeper(server());
        const [target] = (await readTargets(stranger, 'cancel')).filter(({ id }) =>
          id.startsWith(`${victim.processId} `),
        );
        assert.match(await refused('cancel', target!.id), /belongs to a superuser/);
        await victim.end();
        await running.catch(() => undefined);
      });

      it('shows what the server says when it refuses all the same', async () => {
        const stranger = await connectAs('stranger');
        const hopeful = async (action: ActionRequest['action'], target: string) => ({
          ...(await prepare(action, target, stranger)),
          refusal: undefined,
        });
        // VACUUM and ANALYZE do not fail, they warn
        await assert.rejects(runAction(stranger, await hopeful('vacuum', 'kept')), /kept/);
        await assert.rejects(runAction(stranger, await hopeful('analyze', 'kept')), /kept/);
        await assert.rejects(
          runAction(stranger, await hopeful('reindex', 'kept_pkey')),
          /must be owner|permission denied/,
        );
        await assert.rejects(runAction(stranger, await prepare('vacuum', 'kept', stranger)), /may not do this/);
      });

      it('resets statistics, and says what else reads them', async () => {
        const counters = await prepare('reset statistics', 'database');
        assert.match(counters.notes.join(' '), /Autovacuum .* unused indexes.* cannot be undone/);
        const [before] = await rows<{ at: string | null }>(
          'select stats_reset::text as at from pg_stat_database where datname = current_database()',
        );
        await runAction(server().db, counters);
        const reset = async (): Promise<boolean> =>
          (
            await rows<{ at: string | null }>(
              'select stats_reset::text as at from pg_stat_database where datname = current_database()',
            )
          )[0]!.at !== before!.at;
        // 14 counts in a process of its own
        for (let look = 0; look < 300 && !(await reset()); look++)
          await new Promise(resolve => setTimeout(resolve, 20));
        assert.ok(await reset());
        await assert.rejects(prepare('reset statistics', 'everything'), /no statistics called/);
        assert.match((await prepare('reset statistics', 'statements')).refusal!, /not in this database/);
      });

      it('names the setting for pg_stat_statements and the restart, keeping the libraries there are', async () => {
        const { refusal, instead } = await prepare('enable statements', '');
        assert.match(refusal!, /not in shared_preload_libraries.*restart/);
        assert.match(instead!, /ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements';\n/);
        assert.match(instead!, /the way back:\n-- ALTER SYSTEM SET shared_preload_libraries = 'auto_explain';/i);
      });

      it('takes steps of health checks, and nothing else', async () => {
        const step = (sql: string): HealthStep => ({ title: '', action: 'vacuum', sql });
        const prepared = await prepareStep(server().db, step(`VACUUM (ANALYZE) ${TABLE};`));
        assert.deepEqual(prepared.sql, [`VACUUM (ANALYZE) ${TABLE}`]);
        for (const sql of [
          'DROP TABLE kept',
          'VACUUM (ANALYZE) kept; DROP TABLE kept',
          'ANALYZE kept, plain_view',
          `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE pid = 1 AND 'a' = 'a' OR true`,
        ]) {
          await assert.rejects(prepareStep(server().db, step(sql)), /cannot be run from here/, sql);
        }
        await assert.rejects(prepareStep(server().db, step('ANALYZE gone;')), /there is no gone any more/);
      });

      it('sends people from a replica to its primary', async function () {
        const standby = await startStandby(server(), 'actions');
        try {
          const db = await connect(standby.url, 'postgres');
          for (const [action, target] of [
            ['vacuum', 'kept'],
            ['reindex', 'kept_pkey'],
            ['refresh', 'plain_view'],
            ['enable statements', ''],
          ] as const) {
            assert.match((await prepare(action, target, db)).refusal!, /read-only replica: do it on the primary/);
          }
          assert.equal((await prepare('reset statistics', 'database', db)).refusal, undefined);
          await db.dispose();
        } finally {
          await standby.stop();
          await server()
            .run(`select pg_drop_replication_slot('actions')`)
            .catch(() => undefined);
        }
      });
    },
    () => ({ shared_preload_libraries: 'auto_explain' }),
  );
});

describe('database/serverActions, pg_stat_statements', () => {
  onEachServer(
    'create table t (id int)',
    server => {
      it('makes the extension, and takes it back only if it is still the one it made', async () => {
        const { db, run } = server();
        const prepared = await prepareAction(db, { action: 'enable statements', target: '' });
        assert.equal(prepared.refusal, undefined);
        const { undo } = await runAction(db, prepared);
        assert.equal(undo?.extension, 'pg_stat_statements');
        assert.match((await prepareAction(db, { action: 'enable statements', target: '' })).refusal!, /already/);
        await runAction(db, await prepareAction(db, { action: 'reset statistics', target: 'statements' }));
        await run('drop extension pg_stat_statements; create extension pg_stat_statements');
        await assert.rejects(undoExtension(db, undo), TargetChangedError);
        await run('drop extension pg_stat_statements');
        const again = await runAction(db, prepared);
        await undoExtension(db, again.undo!);
        assert.equal((await db.query(`select from pg_extension where extname = 'pg_stat_statements'`)).length, 0);
      });
    },
    () => ({ shared_preload_libraries: 'pg_stat_statements' }),
  );
});

/** A session whose open transaction has written to the table: a rebuild must wait for it. */
async function openWriter(server: TestServer): Promise<Session> {
  const writer = await openSession({ ...server.db.settings, applicationName: 'writer' });
  await writer.execute(`begin; update ${TABLE} set n = n where id = 1`);
  return writer;
}

/** A session of the superuser that sleeps, seen asleep. */
async function sleeper(server: TestServer): Promise<{ victim: Session; running: Promise<unknown> }> {
  const victim = await openSession({ ...server.db.settings, applicationName: 'victim' });
  const running = victim.query('select pg_sleep(50)');
  running.catch(() => undefined);
  const asleep = async (): Promise<boolean> =>
    (await server.db.query(`select from pg_stat_activity where pid = ${victim.processId} and wait_event = 'PgSleep'`))
      .length > 0;
  while (!(await asleep())) await new Promise(resolve => setTimeout(resolve, 20));
  return { victim, running };
}

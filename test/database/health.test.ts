import assert from 'node:assert/strict';
import type { HealthResult } from '../../src/core/health/check';
import { ALL_HEALTH_CHECKS } from '../../src/core/health/index';
import { HEALTH_CHECKS } from '../../src/core/health/registry';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { readHealth, type ReadHealthOptions } from '../../src/database/health/readHealth';
import { reviewIndexHealth } from '../../src/database/health/reviewIndexHealth';
import type { Session } from '../../src/database/session';
import { onEachServer } from './servers';

const SETUP = `
  create extension pg_stat_statements;
  create role monitor login; grant pg_monitor to monitor;
  create role ordinary login;
  create schema "Mixed Case";
  create table "Mixed Case"."Odd ""Table" (id serial primary key, n int);
  insert into "Mixed Case"."Odd ""Table" (n) select i from generate_series(1, 40000) i;
  analyze "Mixed Case"."Odd ""Table";
  create table parent (id int primary key);
  create table child (id int primary key, parent_id int references parent, n int);`;

describe('database/health', function () {
  this.timeout(60_000);

  onEachServer(
    SETUP,
    server => {
      const others: PostgresDatabase[] = [];
      /** A second person's connection. */
      const connectAs = async (user: string): Promise<PostgresDatabase> => {
        const url = new URL(server().url);
        url.username = user;
        const db = await openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' }));
        others.push(db);
        return db;
      };
      after(() => Promise.all(others.map(db => db.dispose())));

      const check = async (id: string, options: ReadHealthOptions = {}, db = server().db): Promise<HealthResult> => {
        const { results } = await readHealth(db, { only: new Set([id]), ...options });
        assert.equal(results.length, 1, id);
        return results[0]!;
      };
      /** Counters reach the views a moment after the transaction that made them. */
      const eventually = async (id: string, holds: (result: HealthResult) => boolean, options?: ReadHealthOptions) => {
        let result = await check(id, options);
        for (let look = 0; look < 300 && !holds(result); look++) {
          await new Promise(resolve => setTimeout(resolve, 50));
          result = await check(id, options);
        }
        assert.ok(holds(result), JSON.stringify(result));
        return result;
      };

      it('asks every check as superuser without an error', async () => {
        const { results, costMs } = await readHealth(server().db);
        assert.deepEqual(
          results.map(({ id }) => id),
          HEALTH_CHECKS.map(({ id }) => id),
        );
        const failed = results.filter(
          ({ status, detail }) => status === 'unknown' && !/counted|asked for/.test(detail),
        );
        assert.deepEqual(failed, []);
        assert.ok(costMs > 0);
      });

      it('asks the same of a standby', async () => {
        // The functions a standby is asked by exist on a primary too, and return null.
        const facts = (await readHealth(server().db, { only: new Set() })).server;
        for (const { id, query } of HEALTH_CHECKS) {
          const sql = query({ ...facts, isStandby: true });
          assert.equal(typeof sql, 'string', id);
          await server().db.query(sql as string);
        }
      });

      it('asks the same as pg_monitor', async () => {
        const { results } = await readHealth(await connectAs('monitor'));
        const failed = results.filter(
          ({ status, detail }) => status === 'unknown' && !/counted|asked for/.test(detail),
        );
        // It may see statistics, not the values of other roles' sequences.
        assert.deepEqual(
          failed.map(({ id, detail }) => [id, detail]),
          [['sequences-used', 'this role may not read the 1 sequences there are']],
        );
      });

      it('says to an ordinary role what it may not see, and answers the rest', async () => {
        const { results } = await readHealth(await connectAs('ordinary'));
        for (const { id, status, detail } of results) {
          const hidden = HEALTH_CHECKS.find(each => each.id === id)?.hiddenFromOthers;
          if (hidden) {
            assert.equal(status, 'unknown', id);
            assert.ok(detail.includes(hidden) && detail.includes('GRANT pg_monitor'), detail);
          } else {
            assert.doesNotMatch(detail, /permission denied|does not exist|syntax/, id);
          }
        }
        assert.ok(results.some(({ id, value }) => id === 'connections-used' && value !== null && value > 0));
      });

      it('names no check twice and explains each limit', () => {
        assert.equal(new Set(ALL_HEALTH_CHECKS.map(({ id }) => id)).size, ALL_HEALTH_CHECKS.length);
        for (const { id, source } of ALL_HEALTH_CHECKS) assert.ok(source.length > 10, id);
      });

      it('finds who waits for whom, and who is at the head', async () => {
        const [holder, waiter] = [await connectAs('postgres'), await connectAs('postgres')];
        const pid = (session: Session): Promise<number> =>
          session.query<{ pid: number }>('select pg_backend_pid() as pid').then(([row]) => row!.pid);
        let finish = (): void => undefined;
        const finished = new Promise<void>(resolve => (finish = resolve));
        let hold = (): void => undefined;
        const held = new Promise<void>(resolve => (hold = resolve));
        let holderPid = 0;
        const holding = holder.withSession(async session => {
          holderPid = await pid(session);
          await session.execute('begin; lock table parent');
          hold();
          await finished;
          await session.execute('rollback');
        });
        await held;
        const waiting = waiter.withSession(session => session.query('select * from parent'));
        try {
          const { items, detail } = await eventually('blocked-sessions', ({ value }) => value === 1);
          assert.match(detail, /^1 session waits for a lock/);
          assert.equal(items.length, 2);
          assert.match(items[0]!.name, new RegExp(`^session ${holderPid} \\(postgres`));
          assert.match(items[0]!.detail, /^blocks \d+/);
          const { step } = items[0]!;
          assert.equal(step?.action, 'terminate');
          assert.match(
            step.sql!,
            new RegExp(
              `^SELECT pg_terminate_backend\\(pid\\) AS done FROM .* WHERE pid = ${holderPid} AND backend_start = '`,
            ),
          );
          assert.match(items[1]!.name, /^ {2}session/);
          assert.match(items[1]!.detail, new RegExp(`waits .* for ${holderPid}: select \\* from parent`));
          const idle = await check('idle-in-transaction', { limits: { 'idle-in-transaction': { warning: 0 } } });
          assert.equal(idle.status, 'warning');
          assert.match(idle.items[0]!.name, new RegExp(`session ${holderPid}`));
          const open = await check('long-transactions', { limits: { 'long-transactions': { critical: 0 } } });
          assert.equal(open.status, 'critical');
          const running = await check('long-running-statements', {
            limits: { 'long-running-statements': { warning: 0 } },
          });
          assert.match(running.items[0]!.detail, /select \* from parent/);
        } finally {
          finish();
          await Promise.all([holding, waiting]);
        }
        await eventually('blocked-sessions', ({ value, status }) => value === 0 && status === 'ok');
      });

      it('finds dead rows, overdue VACUUM and ANALYZE', async () => {
        // ANALYZE sets the count of rows; inserts that are counted only after it would come on top.
        const inserted = async (): Promise<boolean> => {
          const [row] = await server().db.query<{ n: number }>(
            `select n_tup_ins::int as n from pg_stat_user_tables where relname = 'Odd "Table'`,
          );
          return row?.n === 40_000;
        };
        for (let look = 0; look < 300 && !(await inserted()); look++) await new Promise(r => setTimeout(r, 50));
        await server().run(`analyze "Mixed Case"."Odd ""Table"`);
        await server().run(`delete from "Mixed Case"."Odd ""Table" where id <= 20000`);
        const dead = await eventually('dead-tuples', ({ status }) => status === 'critical');
        assert.equal(dead.value, 50);
        assert.equal(dead.items[0]!.step?.sql, `VACUUM (ANALYZE) "Mixed Case"."Odd ""Table";`);
        const limits = { 'vacuum-lag': { warning: 0 }, 'analyze-lag': { warning: 0 } };
        const vacuum = await check('vacuum-lag', { limits });
        assert.equal(vacuum.status, 'warning');
        // 50 + 0.2 x 40,000 rows.
        assert.match(vacuum.detail, /^"Mixed Case"\."Odd ""Table": 20,000 dead rows, 8,050 allowed$/);
        const analyze = await check('analyze-lag', { limits });
        assert.match(analyze.detail, /20,000 rows changed, 4,050 allowed/);
        await server().run(dead.items[0]!.step!.sql!);
        await eventually('dead-tuples', ({ status, value }) => status === 'ok' && value === 0);
        await eventually('vacuum-lag', ({ value }) => value === 0);
      });

      it('finds autovacuum switched off', async () => {
        const off = await check('autovacuum-off');
        assert.equal(off.status, 'critical');
        assert.match(off.step?.sql ?? '', /ALTER SYSTEM SET autovacuum = on/);
      });

      it('finds a sequence near the end of its column', async () => {
        const sequence = `"Mixed Case"."Odd ""Table_id_seq"`;
        await server().run(`select setval('${sequence}', 2000000000)`);
        const { status, value, detail } = await check('sequences-used');
        assert.equal(status, 'critical');
        assert.equal(Math.round(value!), 93);
        assert.equal(
          detail,
          `${sequence}: 2,000,000,000 of 2,147,483,647, for "Mixed Case"."Odd ""Table".id (integer)`,
        );
        // A bigint sequence on an integer column ends with the column.
        await server().run(`alter sequence ${sequence} as bigint`);
        assert.equal(Math.round((await check('sequences-used')).value!), 93);
        await server().run(`select setval('${sequence}', 40000)`);
        assert.equal((await check('sequences-used')).status, 'ok');
      });

      it('finds transaction ids running out', async () => {
        assert.equal((await check('transaction-id-age')).status, 'ok');
        // Two thousand million transactions cannot be made in a test; the age that is asked for can be.
        const set = (xid: string): Promise<void> =>
          server().run(
            `set allow_system_table_mods = on; update pg_database set datfrozenxid = ${xid} where datname = 'template0'`,
          );
        const [before] = await server().db.query<{ xid: string }>(
          `select datfrozenxid::text as xid from pg_database where datname = 'template0'`,
        );
        await set(`((txid_current() + 4294967296 - 1000000000) % 4294967296)::text::xid`);
        try {
          const { status, value, items } = await check('transaction-id-age');
          assert.equal(status, 'warning');
          assert.equal(Math.round(value!), 47);
          assert.equal(items[0]?.name, 'database template0');
        } finally {
          await set(`'${before!.xid}'::xid`);
        }
      });

      it('finds slow statements, their average and percentile', async () => {
        await server().run('select pg_stat_statements_reset()');
        assert.equal((await check('statement-time-average')).status, 'unknown');
        for (let call = 0; call < 110; call++) await server().db.query('select 1 as quick');
        await server().run('select pg_sleep(1.2)');
        const slow = await check('slow-statements');
        assert.equal(slow.status, 'warning');
        assert.match(slow.items[0]!.name, /pg_sleep/);
        const average = await check('statement-time-average');
        assert.ok(average.value! > 1200 / 1000 && average.value! < 1200, String(average.value));
        const p95 = await check('statement-time-p95');
        assert.ok(p95.value! < average.value!, `${p95.value} of 110 quick calls and one slow one`);
        assert.match(p95.detail, /estimated/);
      });

      it('finds a cache that is too small', async () => {
        await server().run(
          `create table large as select i, repeat('x', 200) as filler from generate_series(1, 60000) i`,
        );
        for (let scan = 0; scan < 12; scan++) await server().run('select count(*) from large');
        const { value, items } = await eventually('cache-hit-ratio', result => result.status === 'critical');
        assert.ok(value! < 95);
        assert.equal(items[0]!.name, 'public.large');
      });

      it('finds temporary files, deadlocks and early checkpoints', async () => {
        await server().run(
          `set work_mem = '64kB'; select count(*) from (select i from large order by filler, i desc) t`,
        );
        const limits = { 'temporary-files': { warning: 0 }, deadlocks: { warning: 0 } };
        const files = await eventually('temporary-files', ({ status }) => status === 'warning', { limits });
        assert.match(files.detail, /work_mem is 4MB/);
        const [one, two] = [await connectAs('postgres'), await connectAs('postgres')];
        await server().run('insert into parent values (1), (2)');
        const cross = async (db: PostgresDatabase, first: number, second: number, met: () => Promise<void>) =>
          db.withSession(async session => {
            await session.execute(
              `begin; set local deadlock_timeout = '10ms'; update parent set id = id where id = ${first}`,
            );
            await met();
            await session.execute(`update parent set id = id where id = ${second}; commit`);
          });
        let here = 0;
        let go = (): void => undefined;
        const both = new Promise<void>(resolve => (go = resolve));
        const met = (): Promise<void> => {
          if (++here === 2) go();
          return both;
        };
        const outcomes = await Promise.allSettled([cross(one, 1, 2, met), cross(two, 2, 1, met)]);
        assert.ok(outcomes.some(({ status }) => status === 'rejected'));
        const found = await eventually('deadlocks', ({ status }) => status === 'warning', { limits });
        assert.equal(found.value, 1);
        for (let round = 0; round < 12; round++) await server().run('checkpoint');
        const checkpoints = await eventually('requested-checkpoints', ({ status }) => status !== 'unknown');
        assert.ok(checkpoints.value! > 50);
        assert.match(checkpoints.step?.sql ?? '', /now 1GB|now 2GB/);
      });

      it('finds a slot nobody reads, and a prepared transaction nobody ends', async () => {
        await server().run(`select pg_create_physical_replication_slot('left_over', true)`);
        await server().run(`create table written as select i from generate_series(1, 20000) i`);
        const slots = await check('replication-slots', { limits: { 'replication-slots': { warning: 0 } } });
        assert.equal(slots.status, 'warning');
        assert.match(slots.items[0]!.detail, /nobody reads it/);
        await server().run(`select pg_drop_replication_slot('left_over')`);
        await server().run(`begin; insert into parent values (77); prepare transaction 'it''s'`);
        const prepared = await check('prepared-transactions', { limits: { 'prepared-transactions': { warning: 0 } } });
        assert.equal(prepared.status, 'warning');
        await server().run(prepared.items[0]!.step!.sql!.split('\n')[1]!);
        assert.equal((await check('prepared-transactions')).value, 0);
      });

      const fillWalFile = async (): Promise<void> => {
        await server().run('create temporary table filling as select 1 as one; drop table filling');
        await server().run('select pg_switch_wal()');
      };

      it('finds WAL that cannot be archived', async () => {
        assert.match((await check('wal-archiving')).detail, /there is no archive_command/);
        const archiveBy = async (command: string): Promise<void> => {
          await server().run(`alter system set archive_command = '${command}'`);
          await server().run('select pg_reload_conf()');
        };
        await archiveBy('true');
        await eventually('wal-archiving', ({ status }) => status === 'ok');
        await archiveBy('false');
        let writing = Promise.resolve();
        const { detail } = await eventually('wal-archiving', ({ status }) => {
          // The archiver reads its settings on its own time: a file filled before is archived by the old command.
          if (status === 'ok') writing = writing.then(fillWalFile);
          return status === 'critical';
        });
        await writing;
        assert.match(detail, /the last attempt failed, for 0000/);
        await archiveBy('true');
      });

      it('counts connections without background processes', async () => {
        const [{ count } = { count: 0 }] = await server().db.query<{ count: number }>(
          `select count(*)::int as count from pg_stat_activity where backend_type = 'client backend'`,
        );
        const { value } = await check('connections-used', { limits: { 'connections-used': { warning: 0 } } });
        // Idle connections of the tests before may have gone meanwhile; there is one more at most: the one that asks.
        assert.ok(value! > 0 && value! <= (100 * (count + 1)) / 47, `${value} of ${count}`);
      });

      it('finds invalid, duplicate and missing indexes', async () => {
        await server().run('insert into child (id, n) select i, 1 from generate_series(1, 2000) i');
        await assert.rejects(server().run('create unique index concurrently broken on child (n)'));
        await server().run('create index first on child (n, id); create index second on child (n, id)');
        await server().run('analyze child');
        const { server: facts } = await readHealth(server().db, { only: new Set() });
        const results = await reviewIndexHealth(server().db, await server().db.readCatalog(), facts);
        const statusOf = (id: string) => results.find(result => result.id === id);
        assert.equal(statusOf('invalid-indexes')?.status, 'critical');
        assert.equal(statusOf('invalid-indexes')?.items[0]?.name, 'public.broken');
        assert.match(
          statusOf('invalid-indexes')?.items[0]?.step?.sql ?? '',
          /^(DROP|REINDEX) INDEX CONCURRENTLY public.broken;$/i,
        );
        assert.equal(statusOf('duplicate-indexes')?.status, 'warning');
        assert.equal(statusOf('missing-foreign-key-indexes')?.status, 'warning');
      });

      it('gives up a check that takes too long, and asks the others', async () => {
        const blocker = await connectAs('postgres');
        await blocker.withSession(async session => {
          await session.execute('begin; lock table pg_catalog.pg_sequence in access exclusive mode');
          const { results } = await readHealth(server().db, { only: new Set(['sequences-used', 'deadlocks']) });
          assert.deepEqual(
            results.map(({ id, status }) => [id, status]),
            [
              ['deadlocks', results[0]!.status],
              ['sequences-used', 'unknown'],
            ],
          );
          assert.notEqual(results[0]!.status, 'unknown');
          await session.execute('rollback');
        });
      });
    },
    () => ({
      shared_preload_libraries: 'pg_stat_statements',
      shared_buffers: '1MB',
      max_connections: '50',
      max_prepared_transactions: '4',
      archive_mode: 'on',
    }),
  );
});

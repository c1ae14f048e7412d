import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import type { DatabaseError } from '../../src/core/ports';
import { BENCHMARK_APPLICATION } from '../../src/database/benchmark/clientSessions';
import { measureBenchmark } from '../../src/database/benchmark/measureBenchmark';
import { runBenchmark, type BenchmarkRequest } from '../../src/database/benchmark/runBenchmark';
import type { Progress } from '../../src/database/changeProgress';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { openSession } from '../../src/database/session';
import { onEachServer } from './servers';

const SETUP = `
  create table orders (id int primary key, customer int not null, total numeric not null);
  insert into orders select i, i % 100, i from generate_series(1, 5000) i;
  analyze orders;
  create role stranger login;
  create role narrow login connection limit 3;
  grant select on orders to narrow;`;

const SELECT = statement('select count(*) from orders where customer = $1', ['7']);
const UPDATE = statement('update orders set total = total + 1 where id = 1', [], true);

function statement(sql: string, parameters: (string | null)[] = [], writes = false) {
  return { title: sql, sql, parameters, writes };
}

function request(...statements: BenchmarkRequest['statements'][number][]): BenchmarkRequest {
  return { statements, clients: 2, warmUpSeconds: 0, length: { runs: 30 } };
}

describe('database/benchmark', function () {
  this.timeout(60_000);

  onEachServer(
    SETUP,
    server => {
      const ourSessions = async (): Promise<number> => {
        const [row] = await server().db.query<{ n: number }>(
          'select count(*)::int as n from pg_stat_activity where application_name = $1',
          [BENCHMARK_APPLICATION],
        );
        return row!.n;
      };
      const until = async (holds: () => Promise<boolean>, what: string): Promise<void> => {
        for (let look = 0; look < 500; look++) {
          if (await holds()) return;
          await new Promise(resolve => setTimeout(resolve, 20));
        }
        assert.fail(what);
      };
      // Whatever happened in a test: nobody of ours stays.
      afterEach(() => until(async () => (await ourSessions()) === 0, 'a session of ours is left'));

      const connectAs = async (user: string) => {
        const url = new URL(server().url);
        url.username = user;
        return openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' }));
      };

      it('measures so many runs of a file, each statement apart, with its pages', async () => {
        const other = statement('select id from orders order by id limit 10');
        const result = await measureBenchmark(server().db, request(SELECT, other), { title: 'two', at: new Date(0) });
        assert.equal(result.latencies.runs, 30);
        assert.deepEqual(
          result.statements.map(({ latencies }) => latencies.runs),
          [30, 30],
        );
        const sum = result.statements.reduce((all, { latencies }) => all + latencies.averageMs, 0);
        assert.ok(Math.abs(sum - result.latencies.averageMs) < 1e-9);
        assert.ok(result.statements[0]!.buffers!.hit >= 20, JSON.stringify(result.statements[0]!.buffers));
        assert.ok(result.tps > 0 && result.seconds > 0);
        assert.equal(result.rolledBack, false);
        assert.deepEqual(result.failures, []);
        assert.equal(result.server, server().db.serverText);
      });

      it('measures for so long after its warm-up, with that many connections at once', async () => {
        const progress: Progress[] = [];
        let most = 0;
        const figures = await runBenchmark(
          server().db,
          { statements: [SELECT], clients: 3, warmUpSeconds: 1, length: { seconds: 2 } },
          {
            onProgress: each => {
              progress.push(each);
              void ourSessions().then(now => (most = Math.max(most, now)));
            },
          },
        );
        // three clients and the one that watches
        assert.equal(most, 4);
        assert.ok(progress.some(({ text }) => text.startsWith('warming up')));
        assert.ok(progress.some(({ text, fraction }) => /^[\d,]+ runs/.test(text) && fraction! > 0 && fraction! <= 1));
        assert.ok(figures.seconds >= 1.9, String(figures.seconds));
        assert.equal(figures.timesMs.length, figures.statementTimesMs[0]!.length);
        // every client was busy nearly all the time: runs a second times their time are about the clients
        const average = figures.timesMs.reduce((all, each) => all + each, 0) / figures.timesMs.length;
        const busy = (figures.tps * average) / 1000;
        assert.ok(busy > 1.5 && busy <= 3.01, String(busy));
      });

      it('rolls back what it writes', async () => {
        const insert = statement('insert into orders values ($1, 1, 1)', ['9001'], true);
        const seen = statement('select 1 / count(*) from orders where id = 9001');
        // the second statement fails unless it sees what the first wrote
        const { rolledBack, buffers } = await runBenchmark(server().db, { ...request(insert, seen), clients: 1 });
        assert.equal(rolledBack, true);
        assert.ok(buffers[0]!.hit > 0);
        const [row] = await server().db.query<{ n: number }>('select count(*)::int as n from orders where id = 9001');
        assert.equal(row!.n, 0);
      });

      it('runs what only reads so that it cannot write', async () => {
        await server().run(
          `create function sly() returns int language sql volatile as 'update orders set total = 0 where id = 2 returning 1'`,
        );
        await assert.rejects(runBenchmark(server().db, request(statement('select sly()'))), (error: DatabaseError) => {
          assert.equal(error.sqlState, '25006');
          return true;
        });
      });

      it('says where a statement is wrong, and which one', async () => {
        await assert.rejects(
          runBenchmark(server().db, request(SELECT, statement('select nothing from orders'))),
          (error: DatabaseError) => {
            assert.match(error.message, /^statement 2 of 2: column "nothing" does not exist/);
            assert.deepEqual(error.range, { start: 7, end: 14 });
            return error.kind === 'sql';
          },
        );
      });

      it('says who may not', async () => {
        const stranger = await connectAs('stranger');
        try {
          await assert.rejects(
            runBenchmark(stranger, request(SELECT)),
            (error: DatabaseError) =>
              error.kind === 'permission' && /permission denied for table orders/.test(error.message),
          );
        } finally {
          await stranger.dispose();
        }
      });

      it('leaves connections for others', async () => {
        await assert.rejects(runBenchmark(server().db, { ...request(SELECT), clients: 98 }), (error: DatabaseError) => {
          assert.match(error.message, /^98 clients are too many: the server allows \d+ connections, \d+ are in use/);
          assert.match(error.hint ?? '', /^at most \d+ clients fit now/);
          return error.kind === 'unsupported';
        });
        const narrow = await connectAs('narrow');
        try {
          await assert.rejects(runBenchmark(narrow, { ...request(SELECT), clients: 3 }), /limited to 3/);
        } finally {
          await narrow.dispose();
        }
      });

      it('stops at once when it is cancelled, and leaves no session', async () => {
        const controller = new AbortController();
        const sleeping = statement('select pg_sleep(50)');
        const running = runBenchmark(
          server().db,
          { ...request(sleeping), clients: 3, length: { seconds: 100 } },
          { signal: controller.signal },
        );
        await until(async () => {
          const rows = await server().db.query(
            `select from pg_stat_activity where application_name = $1 and wait_event = 'PgSleep'`,
            [BENCHMARK_APPLICATION],
          );
          return rows.length === 3;
        }, 'it never ran');
        controller.abort();
        await assert.rejects(running, CancelledError);
        await until(async () => (await ourSessions()) === 0, 'a session of ours is left');
      });

      it('does not begin once it is cancelled', async () => {
        await assert.rejects(
          runBenchmark(server().db, request(SELECT), { signal: AbortSignal.abort() }),
          CancelledError,
        );
      });

      it('says that a client was thrown out, and stops the others', async () => {
        const running = runBenchmark(server().db, {
          ...request(statement('select pg_sleep(50)')),
          length: { seconds: 100 },
        });
        running.catch(() => undefined);
        await until(async () => {
          const [row] = await server().db.query<{ pid: number }>(
            `select pid from pg_stat_activity where application_name = $1 and wait_event = 'PgSleep' limit 1`,
            [BENCHMARK_APPLICATION],
          );
          if (row) await server().run(`select pg_terminate_backend(${row.pid})`);
          return row !== undefined;
        }, 'it never ran');
        await assert.rejects(
          running,
          (error: DatabaseError) =>
            error.kind === 'connection' && /was lost: terminating connection/.test(error.message),
        );
      });

      it('counts waits for a lock and runs that gave it up, and goes on', async () => {
        const holder = await openSession(server().db.settings);
        await holder.execute('begin; update orders set total = 0 where id = 1');
        const texts: string[] = [];
        const running = runBenchmark(
          server().db,
          { ...request(UPDATE), lockTimeoutMs: 700, length: { runs: 100 } },
          { onProgress: ({ text }) => texts.push(text) },
        );
        try {
          await until(async () => texts.some(text => /failed, \d waiting for a lock/.test(text)), 'nobody waited');
        } finally {
          await holder.end();
        }
        const { failures, lockWaitShare, timesMs } = await running;
        assert.equal(failures[0]!.sqlState, '55P03');
        assert.ok(failures[0]!.count >= 1, JSON.stringify(failures));
        assert.ok(lockWaitShare > 0 && lockWaitShare <= 1);
        assert.ok(timesMs.length > 0);
      });

      it('says why no run succeeded', async () => {
        const holder = await openSession(server().db.settings);
        await holder.execute('begin; lock table orders');
        try {
          await assert.rejects(
            runBenchmark(server().db, { ...request(SELECT), lockTimeoutMs: 100, length: { seconds: 1 } }),
            /no run succeeded: \d+ × canceling statement due to lock timeout/,
          );
        } finally {
          await holder.end();
        }
      });

      it('counts runs that could not be serialized', async () => {
        const writer = await openSession(server().db.settings);
        let isOver = false;
        const writing = (async () => {
          for (let round = 0; round < 5 && !isOver; round++) {
            await writer.execute('begin; update orders set total = total + 1 where id = 1');
            // the clients wait for the row by now; after a commit they cannot go on
            await until(async () => {
              const rows = await server().db.query(
                `select from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'`,
                [BENCHMARK_APPLICATION],
              );
              return rows.length > 0 || isOver;
            }, 'nobody waited');
            await writer.execute('commit');
          }
        })();
        try {
          const { failures, timesMs } = await runBenchmark(server().db, {
            ...request(UPDATE),
            isolation: 'repeatable read',
            length: { runs: 40 },
          }).finally(() => (isOver = true));
          assert.equal(failures[0]?.sqlState, '40001');
          assert.match(failures[0].message, /could not serialize access/);
          assert.equal(timesMs.length + failures[0].count, 40);
        } finally {
          isOver = true;
          await writing;
          await writer.end();
        }
      });
    },
    () => ({ deadlock_timeout: '5s' }),
  );
});

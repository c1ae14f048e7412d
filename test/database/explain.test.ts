import assert from 'node:assert/strict';
import { CancelledError } from '../../src/core/base/cancelSignal';
import { DatabaseError } from '../../src/core/ports';
import { explainOptions, highestParameter } from '../../src/database/explain';
import { openSession } from '../../src/database/session';
import { onEachServer, type TestServer } from './servers';

const SETUP = `
  create table events (id int primary key, kind text not null, noted_at timestamptz not null default now());
  insert into events select n, 'kind ' || n % 10, now() - n * interval '1 minute' from generate_series(1, 5000) n;
  create function warn_and_return() returns int language plpgsql as $$ begin raise notice 'hello'; return 1; end $$;
  analyze events;`;

const SLOW = 'select count(*) from events a, events b, events c where a.id + b.id + c.id > 0';

const plain = { analyze: false, parameters: [], writes: false };

/** The DatabaseError (or CancelledError) that the promise fails with. */
async function failure(promise: Promise<unknown>): Promise<DatabaseError> {
  const error: unknown = await promise.then(
    () => assert.fail('nothing failed'),
    (each: unknown) => each,
  );
  assert.ok(error instanceof DatabaseError, String(error));
  return error;
}

/** Waits until the server itself says that a statement of ours is running there, or is no longer. */
async function untilRunning(server: TestServer, isWanted: (count: number) => boolean): Promise<number> {
  for (;;) {
    const [row] = await server.db.query<{ count: number; pid: number }>(
      `select count(*)::int as count, max(pid) as pid from pg_stat_activity
       where state = 'active' and query like '%events a, events b%' and pid <> pg_backend_pid()
         and backend_type = 'client backend'`,
    );
    if (row && isWanted(row.count)) return row.pid;
  }
}

describe('database/explain', () => {
  describe('explainOptions', () => {
    it('asks for what the version knows', () => {
      const wanted = { analyze: true, writes: true };
      assert.equal(explainOptions(110000, wanted), '(FORMAT JSON, VERBOSE, ANALYZE, BUFFERS)');
      assert.equal(explainOptions(140000, wanted), '(FORMAT JSON, VERBOSE, SETTINGS, ANALYZE, BUFFERS, WAL)');
      assert.match(explainOptions(170000, { ...wanted, writes: false }), /MEMORY, SERIALIZE TEXT/);
    });
  });

  describe('highestParameter', () => {
    it('reads $n, and not strings, comments, dollar quotes and names', () => {
      assert.equal(highestParameter(`select $1, $3 from a where b = '$9' -- $8`), 3);
      assert.equal(highestParameter(`select "$7", $$ $6 $$, $x$ $5 $x$, a$4, e'\\'$2' /* $3 */`), 0);
    });
  });

  onEachServer(SETUP, server => {
    it('explains a SELECT without running it', async () => {
      const { plan, serverVersion } = await server().db.explain({ ...plain, sql: 'select * from events where id = 7' });
      const [document] = plan;
      assert.match(JSON.stringify(document?.['Plan']), /"Node Type":"Index Scan"/);
      assert.equal(document?.['Execution Time'], undefined);
      assert.equal(Math.floor(serverVersion / 10000), server().major);
    });

    it('measures a SELECT with buffers', async () => {
      const request = { ...plain, analyze: true, sql: 'explain (costs off) select kind from events;' };
      const [document] = (await server().db.explain(request)).plan;
      const plan = document?.['Plan'] as Record<string, number>;
      assert.equal(plan['Actual Rows'], 5000);
      assert.ok((plan['Shared Hit Blocks'] ?? 0) > 0);
    });

    it('binds values, so the planner sees them as constants', async () => {
      const sql = 'select * from events where id < $1 and kind <> $2';
      const few = await server().db.explain({ ...plain, sql, parameters: ['10', 'none'] });
      const many = await server().db.explain({ ...plain, sql, parameters: ['4990', 'none'] });
      assert.match(JSON.stringify(few.plan), /Index Cond[^,]*id < 10/);
      assert.match(JSON.stringify(many.plan), /Seq Scan/);
    });

    it('makes the generic plan when no values are given', async () => {
      const sql = 'select * from events where id = $1 and noted_at > $2';
      const { plan } = await server().db.explain({ ...plain, sql });
      assert.match(JSON.stringify(plan), /id = \$1/);
      const again = await server().db.explain({ ...plain, sql });
      assert.deepEqual(again.plan[0]?.['Plan'], plan[0]?.['Plan']);
    });

    it('says which values are missing', async () => {
      const sql = 'select * from events where id = $1 and kind = $2';
      assert.match((await failure(server().db.explain({ ...plain, sql, parameters: ['1'] }))).message, /2 parameter/);
      const measured = await failure(server().db.explain({ ...plain, sql, analyze: true }));
      assert.equal(measured.kind, 'unsupported');
    });

    it('leaves the table unchanged after measuring an UPDATE', async () => {
      const sql = `update events set kind = 'changed' where id <= $1`;
      const request = { sql, analyze: true, parameters: ['100'], writes: true };
      const { plan } = await server().db.explain(request);
      assert.match(JSON.stringify(plan), /ModifyTable/);
      const [row] = await server().db.query(`select count(*)::int as n from events where kind = 'changed'`);
      assert.equal(row?.['n'], 0);
    });

    it('refuses to write when the statement was said to read', async () => {
      const sql = 'delete from events where id = 1';
      const error = await failure(server().db.explain({ ...plain, sql, analyze: true }));
      assert.equal(error.sqlState, '25006');
    });

    it('refuses a second statement behind the first', async () => {
      const error = await failure(server().db.explain({ ...plain, sql: 'select 1; commit; drop table events' }));
      assert.equal(error.kind, 'sql');
      assert.equal((await server().db.query('select 1 as one from events limit 1')).length, 1);
    });

    it('tells where in the statement an error lies, in UTF-16', async () => {
      const sql = `explain select '😀', missing_column from events`;
      const error = await failure(server().db.explain({ ...plain, sql }));
      assert.equal(sql.slice(error.range?.start, error.range?.end), 'missing_column');
      const generic = `select '😀', gone from events where id = $1`;
      const second = await failure(server().db.explain({ ...plain, sql: generic }));
      assert.equal(generic.slice(second.range?.start, second.range?.end), 'gone');
    });

    it('tries settings for the one statement', async () => {
      const request = { ...plain, sql: 'select * from events where id = 7', settings: { enable_indexscan: 'off' } };
      const { plan } = await server().db.explain(request);
      assert.doesNotMatch(JSON.stringify(plan), /"Node Type":"Index Scan"/);
      assert.match(JSON.stringify(plan[0]?.['Settings']), /enable_indexscan/);
      const [row] = await server().db.query<{ value: string }>(`select current_setting('enable_indexscan') as value`);
      assert.equal(row?.value, 'on');
    });

    it('collects notices', async () => {
      const { notices } = await server().db.explain({ ...plain, analyze: true, sql: 'select warn_and_return()' });
      assert.deepEqual(notices, ['NOTICE: hello']);
    });

    it('ends at the statement timeout', async () => {
      const error = await failure(server().db.explain({ ...plain, analyze: true, sql: SLOW, statementTimeoutMs: 50 }));
      assert.equal(error.kind, 'timeout');
    });

    it('ends at the lock timeout, and says so', async () => {
      const holder = await openSession(server().db.settings);
      await holder.execute('begin; lock table events');
      const error = await failure(server().db.explain({ ...plain, sql: 'select * from events', lockTimeoutMs: 20 }));
      await holder.end();
      assert.equal(error.kind, 'timeout');
      assert.match(error.hint ?? '', /another session/);
    });

    it('cancels on the server', async () => {
      const controller = new AbortController();
      const explained = server().db.explain({ ...plain, analyze: true, sql: SLOW }, controller.signal);
      await untilRunning(server(), count => count === 1);
      controller.abort();
      await assert.rejects(explained, CancelledError);
      await untilRunning(server(), count => count === 0);
    });

    it('reports a killed connection once, and connects again', async () => {
      const explained = failure(server().db.explain({ ...plain, analyze: true, sql: SLOW }));
      const pid = await untilRunning(server(), count => count === 1);
      await server().db.query('select pg_terminate_backend($1)', [pid]);
      const error = await explained;
      assert.equal(error.kind, 'connection');
      assert.match(error.message, /was lost/);
      assert.equal((await server().db.explain({ ...plain, sql: 'select 1' })).plan.length, 1);
    });

    it('does not mention connections that died while idle', async () => {
      const killer = await openSession(server().db.settings);
      await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where pid <> pg_backend_pid() and application_name = 'Query Tuner'`,
      );
      assert.equal((await server().db.explain({ ...plain, sql: 'select 1' })).plan.length, 1);
      await killer.end();
    });
  });
});

import assert from 'node:assert/strict';
import type { RangeScheme } from '../../../src/core/advisor/partitions/scheme';
import type { PostgresDatabase } from '../../../src/database/connect';
import {
  memoryStore,
  type MigrationOutcome,
  type MigrationProgress,
  type MigrationStore,
} from '../../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../../src/database/migration/runMigration';
import { openSession } from '../../../src/database/session';
import { onEachServer } from '../servers';
import { assertFinished, checksum, planFor, value, type Planned } from './support';
import { EVENTS } from './writers';

const ROWS = 20_000;
const BY_MONTH: RangeScheme = {
  method: 'range',
  column: 'happened',
  keyKind: 'timestamptz',
  period: 'month',
  timeZone: 'UTC',
};

type Stopped = Extract<MigrationOutcome, { kind: 'stopped' }>;

function assertStopped(outcome: MigrationOutcome, reason: Stopped['reason'], stepId: string): Stopped {
  assert.equal(outcome.kind, 'stopped');
  assert.deepEqual([outcome.reason, outcome.stepId], [reason, stepId], outcome.message);
  return outcome;
}

/** Ends the server process that runs the migration. */
async function killRunner(db: PostgresDatabase): Promise<void> {
  await value(
    db,
    `select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`,
  );
}

/** Everything of the user's schema, by name: nothing may be left behind. */
const RELATIONS = `select string_agg(c.relname || ' ' || c.relkind::text, ', ' order by c.relname)
  from pg_class c where c.relnamespace = 'public'::regnamespace`;
const ROUTINES = `select count(*)::int from pg_proc where pronamespace = 'public'::regnamespace`;

describe('database/partitions/interrupted', function () {
  this.timeout(240_000);
  onEachServer('', server => {
    let planned: Planned;
    let rows: string;
    let relations: string;
    let store: MigrationStore;

    beforeEach(async () => {
      await server().run(`drop schema public cascade; create schema public; ${EVENTS(ROWS)}`);
      planned = await planFor(server().db, 'events', BY_MONTH, { batchRows: 500 });
      rows = await checksum(server().db, 'events');
      relations = await value(server().db, RELATIONS);
      store = memoryStore();
    });

    const run = (more: Partial<Parameters<typeof runMigration>[2]> = {}): Promise<MigrationOutcome> =>
      runMigration(server().db, planned.plan, { store, ...more });

    async function assertMigrated(): Promise<void> {
      assert.equal(await value(server().db, `select relkind::text from pg_class where oid = 'events'::regclass`), 'p');
      assert.equal(await checksum(server().db, 'events'), rows);
    }

    async function assertAsBefore(): Promise<void> {
      assert.equal(await checksum(server().db, 'events'), rows);
      assert.equal(await value(server().db, RELATIONS), relations);
      assert.equal(await value(server().db, ROUTINES), 0);
      assert.equal(await value(server().db, `select count(*)::int from pg_trigger where not tgisinternal`), 0);
    }

    it('goes on after the connection was killed in the middle of the copy', async () => {
      // Holds the copy up in a batch: it is killed there and nowhere else.
      const blocker = await openSession(server().db.settings);
      assertFinished(await run({ stopBefore: 'copy-rows' }));
      await server().db.withSession(session => session.query('select events_copy_rows(500)'));
      await blocker.execute('begin; select from events_copy_state for update');
      const running = run();
      await waitFor(server().db, `select count(*) > 0 from pg_locks where not granted`);
      await killRunner(server().db);
      const outcome = assertStopped(await running, 'connection lost', 'copy-rows');
      assert.equal(outcome.stands.at(-1), 'Done in part, in whole batches: Copy the rows.');
      await blocker.end();
      assert.equal(await value(server().db, 'select copied::int from events_copy_state'), 500);
      assertFinished(await run());
      await assertMigrated();
    });

    for (const stepId of ['create-partitions', 'record-changes', 'catch-up', 'index-1', 'verify', 'swap']) {
      it(`goes on, or back, after a stop before ${stepId}`, async () => {
        const controller = new AbortController();
        const onProgress = (progress: MigrationProgress): void => {
          if (progress.stepId === stepId) controller.abort();
        };
        const outcome = assertStopped(await run({ signal: controller.signal, onProgress }), 'cancelled', stepId);
        assert.equal(await checksum(server().db, 'events'), rows);
        assert.ok(outcome.stands.length > 0);
        assertFinished(await undoMigration(server().db, { store }));
        await assertAsBefore();
        assertFinished(await run());
        await assertMigrated();
      });
    }

    it('passes over a step whose end could not be written down', async () => {
      let saves = 0;
      const failing: MigrationStore = {
        load: store.load,
        // The second save is the end of the first step.
        save: record => (++saves === 2 ? Promise.reject(new Error('the disk is full')) : store.save(record)),
      };
      const outcome = assertStopped(await run({ store: failing }), 'failed', 'create-table');
      assert.equal(outcome.message, 'the disk is full');
      assert.deepEqual(outcome.stands, ['Done: Create public.events_partitioned, partitioned by range (happened).']);
      assertFinished(await run());
      await assertMigrated();
    });

    it('leaves all as it was if somebody holds the table, and swaps once it is free', async () => {
      const reader = await openSession({ ...server().db.settings, applicationName: 'long report' });
      await reader.execute('begin; select count(*) from events');
      const texts: string[] = [];
      const outcome = assertStopped(
        await run({ lockTries: 3, longestPauseMs: 10, onProgress: progress => texts.push(progress.text) }),
        'locked',
        'swap',
      );
      assert.ok(texts.some(text => text.startsWith('a lock was not to be had (try 2 of 3)')));
      assert.ok(
        texts.some(text => text.includes('waiting for session') && text.includes('long report')),
        texts.join('\n'),
      );
      assert.equal(
        outcome.stands.at(-1),
        'Not done, its transaction left nothing: Put the partitioned table in the place of public.events.',
      );
      assert.equal(await value(server().db, `select relkind::text from pg_class where oid = 'events'::regclass`), 'r');
      assert.equal(await checksum(server().db, 'events'), rows);
      await reader.end();
      assertFinished(await run());
      await assertMigrated();
    });

    it('survives being killed while it waits for the swap', async () => {
      const reader = await openSession(server().db.settings);
      await reader.execute('begin; select count(*) from events');
      const running = run({ longestPauseMs: 10 });
      await waitFor(
        server().db,
        `select count(*) > 0 from pg_locks where not granted and mode = 'AccessExclusiveLock'`,
      );
      await killRunner(server().db);
      assertStopped(await running, 'connection lost', 'swap');
      assert.equal(await checksum(server().db, 'events'), rows);
      await reader.end();
      assertFinished(await run());
      await assertMigrated();
    });

    it('stops at a table that was changed meanwhile, and can be taken back', async () => {
      assertFinished(await run({ stopBefore: 'swap' }));
      await server().run('alter table events add column extra int');
      const outcome = assertStopped(await run(), 'failed', 'swap');
      assert.match(outcome.message, /public\.events was changed since this plan was made/);
      assertFinished(await undoMigration(server().db, { store }));
      await server().run('alter table events drop column extra');
      await assertAsBefore();
    });

    it('notices a row that only the copy has', async () => {
      assertFinished(await run({ stopBefore: 'verify' }));
      await server().run(
        `insert into events_partitioned (happened, writer, payload) values ('2024-01-01', 0, 'foreign')`,
      );
      const outcome = assertStopped(await run(), 'failed', 'verify');
      assert.match(outcome.message, /the copy differs: 20000 rows .* 20001 rows/);
    });

    it('follows a TRUNCATE during the copy', async () => {
      assertFinished(await run({ stopBefore: 'catch-up' }));
      await server().run(
        `update events set payload = 'before' where id < 10; truncate events; insert into events (happened, writer, payload) values ('2024-05-05', 1, 'after')`,
      );
      rows = await checksum(server().db, 'events');
      assertFinished(await run());
      await assertMigrated();
    });

    it('brings rows written after the swap back, also after a TRUNCATE', async () => {
      assertFinished(await run());
      await server().run(
        `delete from events where id % 10 = 0; update events set happened = happened + interval '1 year', payload = 'moved' where id % 7 = 0;
         insert into events (happened, writer, payload) values ('2031-05-05', 1, 'far'), (now(), 1, 'near')`,
      );
      rows = await checksum(server().db, 'events');
      assertFinished(await undoMigration(server().db, { store }));
      await assertAsBefore();
      assertFinished(await run());
      await server().run(`truncate events; insert into events (happened, writer, payload) values (now(), 1, 'only')`);
      rows = await checksum(server().db, 'events');
      assertFinished(await undoMigration(server().db, { store }));
      await assertAsBefore();
    });

    it('refuses the way back where it would lose something', async () => {
      assertFinished(await run());
      await server().run('alter table events add column since int; update events set since = 1');
      let outcome = assertStopped(await undoMigration(server().db, { store }), 'refused', 'swap');
      assert.match(outcome.message, /columns were changed since the swap/);
      await server().run('alter table events drop column since');
      await server().run('alter table events disable trigger query_tuner_records_changes');
      outcome = assertStopped(await undoMigration(server().db, { store }), 'refused', 'swap');
      assert.match(outcome.message, /not all written down/);
      await assertMigrated();
    });

    it('ends the recording and drops the old table only on request', async () => {
      assertFinished(await run());
      assert.equal(await value(server().db, `select to_regclass('events_unpartitioned') is not null`), true);
      assertFinished(await run({ only: ['end-recording', 'drop-old-table'] }));
      await assertMigrated();
      const left: string = await value(
        server().db,
        `select string_agg(relname, ', ' order by relname) from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S') and relname !~ '^events_p20'`,
      );
      assert.equal(left, 'events, events_default, events_id_seq');
      assert.equal(await value(server().db, ROUTINES), 0);
      const outcome = assertStopped(await undoMigration(server().db, { store }), 'refused', 'drop-old-table');
      assert.match(outcome.message, /cannot be taken back: its rows are gone/);
    });

    it('lets no two runs of a plan go on at once', async () => {
      const reader = await openSession(server().db.settings);
      await reader.execute('begin; select count(*) from events');
      const controller = new AbortController();
      const running = run({ longestPauseMs: 10, lockTries: 1000, signal: controller.signal });
      await waitFor(
        server().db,
        `select count(*) > 0 from pg_locks where not granted and mode = 'AccessExclusiveLock'`,
      );
      const second = await run();
      assert.equal(second.kind === 'stopped' && second.message, 'another run of this plan is under way');
      controller.abort();
      assertStopped(await running, 'cancelled', 'swap');
      await reader.end();
      assertFinished(await run());
    });
  });
});

async function waitFor(db: PostgresDatabase, condition: string): Promise<void> {
  while (!(await value<boolean>(db, condition))) await new Promise(resolve => setTimeout(resolve, 5));
}

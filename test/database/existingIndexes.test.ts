import assert from 'node:assert/strict';
import type { ExistingIndexFinding } from '../../src/core/advisor/existingIndexes';
import { applyChange } from '../../src/database/changes';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { reviewServer } from '../../src/database/existingIndexes/reviewServer';
import { openSession } from '../../src/database/session';
import { onEachServer, type TestServer } from './servers';

const SETUP = `
  create extension pgstattuple;
  create role reader login;
  create table customers (id int primary key, email text not null, region text);
  insert into customers select n, 'c' || n || '@example.com', 'r' || n % 5 from generate_series(1, 5000) n;
  create table orders (
    id bigint primary key,
    customer_id int not null references customers on delete cascade,
    shipped_to int references customers,
    status text not null,
    note text,
    placed timestamptz not null,
    total numeric not null);
  insert into orders
    select n, 1 + n % 5000, 1 + n % 4999, (array['open', 'paid', 'sent'])[1 + n % 3], 'note ' || n,
      timestamptz '2026-01-01' + n * interval '1 minute', n
    from generate_series(1, 60000) n;

  -- never used
  create index orders_note on orders (note);
  create unique index orders_placed_total on orders (placed, total);
  -- the only support of a foreign key
  create index orders_customer on orders (customer_id);
  -- duplicates
  create index orders_total on orders (total);
  create index orders_total_again on orders (total desc);
  create unique index customers_id_again on customers (id);
  create index customers_id_plain on customers (id);
  -- prefixes
  create index orders_status on orders (status);
  create index orders_status_placed on orders (status, placed);
  comment on index orders_status is 'for the list''s filter';
  -- look-alikes
  create index orders_status_like on orders (status text_pattern_ops);
  create index orders_status_c on orders (status collate "C", id);
  create index orders_open on orders (status) where note is null;
  create index orders_region_down on customers (region desc nulls last);
  create index orders_region_up on customers (region, email);
  create index orders_lower on orders (lower(status));
  create index orders_upper on orders (upper(status), id);
  create index orders_placed_cover on orders (placed) include (note);
  create index orders_placed_wide on orders (placed, customer_id);
  create index orders_placed_brin on orders using brin (placed);
  create index orders_placed_brin_fine on orders using brin (placed) with (pages_per_range = 8);

  create table parts (id int not null, made date not null, kind int not null) partition by range (made);
  create table parts_2025 partition of parts for values from ('2025-01-01') to ('2026-01-01');
  create table parts_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01');
  insert into parts select n, date '2025-01-01' + n % 700, n % 10 from generate_series(1, 60000) n;
  create index parts_kind on parts (kind);
  analyze;`;

const LATER = { now: '2099-01-01T00:00:00Z' };
const LIMITS = { minBytes: 0 };

const told = ({ problem, index, relation }: ExistingIndexFinding): string => `${problem}: ${index ?? relation}`;

async function review(server: TestServer, options: Parameters<typeof reviewServer>[2] = {}) {
  return reviewServer(server.db, await server.db.readCatalog(), { limits: LIMITS, ...options });
}

async function namesOf(server: TestServer, problem: string, options = {}): Promise<string[]> {
  const { findings } = await review(server, options);
  return findings.filter(finding => finding.problem === problem).map(({ index, relation }) => index ?? relation);
}

/**
 * Vacuums and analyses until there is an answer: before 15 the counters of what was written may arrive later than
 * those of the ANALYZE after it, which makes its statistics look out of date.
 */
async function untilSettled<T>(server: TestServer, table: string, look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    await server.run(`vacuum analyze ${table}`);
    const found = await look();
    if (found !== undefined) return found;
  }
}

/** Undefined while the table counts as written to since ANALYZE. */
async function analysed(server: TestServer, table: string): Promise<true | undefined> {
  const [row] = await server.db.query<{ modified: number }>(
    'select pg_stat_get_mod_since_analyze($1::regclass)::float8 as modified',
    [table],
  );
  return row?.modified === 0 ? true : undefined;
}

async function countIndexes(server: TestServer): Promise<Record<string, string>> {
  const rows = await server.db.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes where schemaname = 'public' order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
}

describe('database/existingIndexes', () => {
  onEachServer(SETUP, server => {
    it('finds duplicates, read backwards too, and keeps what enforces something', async () => {
      assert.deepEqual(
        await namesOf(server(), 'duplicate'),
        ['public.orders_total_again', 'public.customers_id_again', 'public.customers_id_plain'].sort((a, b) =>
          a.includes('orders') ? -1 : b.includes('orders') ? 1 : a < b ? -1 : 1,
        ),
      );
    });

    it('finds prefixes, and none where operator class, collation, order, rows, expression or stored columns differ', async () => {
      assert.deepEqual(await namesOf(server(), 'redundant prefix'), ['public.orders_status']);
    });

    it('calls an index unused only when it has been counted for long', async () => {
      assert.deepEqual(await namesOf(server(), 'unused'), []);
      const { notes } = await review(server());
      assert.match(notes.join(), /counted for 0 days; an index counts as unused after 30 days/);
      const unused = await namesOf(server(), 'unused', LATER);
      assert.ok(unused.includes('public.orders_note'), unused.join());
      assert.ok(unused.includes('public.parts_kind'), unused.join());
      for (const kept of [
        'orders_pkey', // a constraint
        'orders_placed_total', // unique
        'orders_customer', // the only support of a foreign key
        'orders_status_placed', // takes the place of a redundant one
        'parts_2025_kind_idx', // part of a partitioned index
      ])
        assert.ok(!unused.includes(`public.${kept}`), kept);
    });

    it('leaves alone what is used, replica identity, and the index CLUSTER follows', async () => {
      await server().run(`
        create unique index customers_email on customers (email);
        alter table customers replica identity using index customers_email;
        create index customers_region_email on customers (email, region);
        alter table customers cluster on customers_region_email;
        create index customers_used on customers (region, id);`);
      // Counters arrive when they like; those of one use may get lost on a busy machine.
      for (let scans = 0; scans === 0;) {
        await server().run(`set enable_seqscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off;
          select * from customers where region = 'r1' and id = 7`);
        const [row] = await server().db.query<{ scans: number }>(
          `select idx_scan::float8 as scans from pg_stat_user_indexes where indexrelname = 'customers_used'`,
        );
        scans = row?.scans ?? 0;
      }
      const unused = await namesOf(server(), 'unused', server().major >= 16 ? {} : LATER);
      for (const kept of ['customers_email', 'customers_region_email', 'customers_used'])
        assert.ok(!unused.includes(`public.${kept}`), kept);
      if (server().major >= 16) {
        const { findings } = await review(server(), LATER);
        const used = findings.find(({ index }) => index === 'public.customers_used');
        assert.match(used?.evidence.text ?? '', /^last used [\d,]+ days ago/);
      }
      await server().run(`alter table customers replica identity default; alter table customers set without cluster;
        drop index customers_email, customers_region_email, customers_used`);
    });

    it('finds the foreign key without an index, with what a delete costs', async () => {
      const { findings } = await review(server());
      const [finding, ...others] = findings.filter(({ problem }) => problem === 'missing foreign key index');
      assert.deepEqual(others, []);
      assert.match(finding?.title ?? '', /orders_shipped_to_fkey \(shipped_to\)/);
      assert.match(finding?.evidence.text ?? '', /each delete of a row of customers reads all [\d,]+ pages/);
      assert.match(finding?.change?.sql[0] ?? '', /^CREATE INDEX CONCURRENTLY .* ON public\.orders \(shipped_to\)$/);
    });

    it('finds what failed builds left, and repairs it', async () => {
      await server().run(`create table doubles (x int, y int); insert into doubles values (1, 1), (1, 2)`);
      const build = server().db.withSession(session =>
        session.query('create unique index concurrently doubles_x on doubles (x)'),
      );
      await assert.rejects(build);
      await server().run(`create unique index doubles_y on doubles (y)`);
      await server().run(`create index doubles_y_ccnew on doubles (y); create index doubles_y_ccold on doubles (y, x);
        update pg_index set indisvalid = false where indexrelid in ('doubles_y_ccnew'::regclass, 'doubles_y_ccold'::regclass)`);
      const { findings } = await review(server());
      const invalid = findings.filter(({ problem }) => problem === 'invalid');
      assert.deepEqual(invalid.map(({ index, change }) => `${index}: ${change?.sql.join()}`).sort(), [
        'public.doubles_x: REINDEX INDEX CONCURRENTLY public.doubles_x',
        'public.doubles_y_ccnew: DROP INDEX CONCURRENTLY public.doubles_y_ccnew',
        'public.doubles_y_ccold: DROP INDEX CONCURRENTLY public.doubles_y_ccold',
      ]);
      const left = invalid.find(({ index }) => index === 'public.doubles_x');
      assert.match(left?.cautions.join() ?? '', /duplicate values/);
      await server().run('delete from doubles where y = 2');
      for (const { change } of invalid) await applyChange(server().db, change!);
      assert.deepEqual(await namesOf(server(), 'invalid'), []);
      const names = Object.keys(await countIndexes(server())).filter(name => name.startsWith('doubles'));
      assert.deepEqual(names, ['doubles_x', 'doubles_y']);
      await server().run('drop table doubles');
    });

    it('says nothing of an index that is being built', async () => {
      await server().run(`create table slow (x int); insert into slow select generate_series(1, 100)`);
      const writer = await openSession(server().db.settings);
      await writer.execute('begin; insert into slow values (0)');
      const building = server().db.withSession(session =>
        session.query('create index concurrently slow_x on slow (x)'),
      );
      for (let found = false; !found;) {
        const [row] = await server().db.query<{ found: boolean }>(
          `select exists (select from pg_class where relname = 'slow_x') as found`,
        );
        found = row?.found ?? false;
      }
      const { findings, notes } = await review(server());
      assert.deepEqual(findings.filter(({ problem }) => problem === 'invalid').map(told), []);
      assert.match(notes.join(), /slow_x: INVALID, and perhaps being built right now/);
      await writer.execute('commit');
      await writer.end();
      await building;
      await server().run('drop table slow');
    });

    it('finds bloat left by deletes and measures it; a new index and one filled in random order are not bloated', async () => {
      const limits = { ...LIMITS, bloatBytes: 512 * 1024 };
      assert.deepEqual(await namesOf(server(), 'bloated', { limits }), []);
      await server().run(`
        drop table if exists events; create table events (id int, code int);
        create index events_code on events (code);
        create index events_id on events (id);
        insert into events select n, hashint4(n) from generate_series(1, 200000) n;
`);
      await untilSettled(server(), 'events', () => analysed(server(), 'events'));
      assert.deepEqual(await namesOf(server(), 'bloated', { limits }), []);
      await server().run(`delete from events where id % 10 <> 0`);
      const bloated = await untilSettled(server(), 'events', async () => {
        const found = (await review(server(), { limits })).findings.filter(({ problem }) => problem === 'bloated');
        return found.length === 0 ? undefined : found;
      });
      assert.deepEqual(bloated.map(({ index }) => index).sort(), ['public.events_code', 'public.events_id']);
      assert.ok(bloated.every(({ evidence }) => evidence.how === 'measured'));
      const [first] = bloated;
      await applyChange(server().db, first!.change!);
      await server().run('analyze events');
      assert.equal((await namesOf(server(), 'bloated', { limits })).includes(first!.index!), false);
      await server().run('drop table events');
    });

    it('estimates bloat where pgstattuple may not be used, and says so', async () => {
      const limits = { ...LIMITS, bloatBytes: 512 * 1024 };
      await server().run(`
        drop table if exists events; create table events (id int); create index events_id on events (id);
        insert into events select generate_series(1, 200000); delete from events where id % 10 <> 0;
        grant select on all tables in schema public to reader`);
      const url = server().url.replace('postgres@', 'reader@');
      const db = await openDatabase(await resolveConnection({ url, env: {}, cwd: '/' }));
      try {
        const catalog = await db.readCatalog();
        const finding = await untilSettled(server(), 'events', async () => {
          const { findings } = await reviewServer(db, await db.readCatalog(), { limits });
          return findings.find(({ problem }) => problem === 'bloated');
        });
        assert.equal(finding.index, 'public.events_id');
        assert.equal(finding.evidence.how, 'statistics');
        const later = await reviewServer(db, catalog, { limits, ...LATER });
        const unused = later.findings.find(({ problem }) => problem === 'unused');
        assert.match(unused?.cautions.join() ?? '', /may not see whether there are replicas/);
      } finally {
        await db.dispose();
        await server().run('drop table events');
      }
    });

    it('drops what it found, and its inverse puts back the same indexes', async () => {
      const before = await countIndexes(server());
      const { findings } = await review(server(), LATER);
      const drops = findings.filter(({ change }) => change?.sql[0]?.startsWith('DROP INDEX'));
      assert.ok(drops.length >= 8, drops.map(told).join());
      for (const { change } of drops) await applyChange(server().db, change!);
      assert.equal(Object.keys(await countIndexes(server())).length, Object.keys(before).length - drops.length - 2);
      for (const { change } of drops) await applyChange(server().db, { ...change!, sql: change!.inverse });
      assert.deepEqual(await countIndexes(server()), before);
      const [row] = await server().db.query<{ comment: string }>(
        `select obj_description('orders_status'::regclass) as comment`,
      );
      assert.equal(row?.comment, `for the list's filter`);
    });
  });
});

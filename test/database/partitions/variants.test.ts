import assert from 'node:assert/strict';
import { migrationScript, wayBackScript } from '../../../src/core/advisor/migration/migrationScript';
import type { KeyKind, PartitionScheme } from '../../../src/core/advisor/partitions/scheme';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';
import { openDatabase } from '../../../src/database/connect';
import { memoryStore } from '../../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../../src/database/migration/runMigration';
import { readTableDefinition } from '../../../src/database/partitions/readTableDefinition';
import { onEachServer, type TestServer } from '../servers';
import { hostileTable, TABLE } from './hostileTable';
import { assertFinished, checksum, planFor, range, refusalsFor, value } from './support';

/** Runs a script as a plain client does: statement by statement, each by itself. */
async function runScript({ db }: TestServer, text: string): Promise<void> {
  const { statements } = new Script(await loadGrammar(), text);
  await db.withSession(async session => {
    for (const { statement } of statements) await session.execute(statement.text);
  });
}

const partitionsOf = (table: string): string => `
  select json_agg(replace(pg_get_expr(c.relpartbound, c.oid), 'FOR VALUES ', '') order by c.oid) from pg_inherits h
  join pg_class c on c.oid = h.inhrelid where h.inhparent = '${table}'::regclass`;

describe('database/partitions/variants', function () {
  this.timeout(240_000);
  onEachServer('', server => {
    beforeEach(() => server().run('drop schema public cascade; create schema public; set timezone = "Asia/Tokyo"'));

    it('is the same as a script of plain statements, and so is the way back', async () => {
      const { db, major, run } = server();
      await run(hostileTable(major));
      const scheme = range('Placed At', 'timestamptz', 'quarter');
      const { table, plan } = await planFor(db, TABLE, scheme);
      const rows = await checksum(db, TABLE);
      await runScript(server(), migrationScript(plan));
      assert.equal((await readTableDefinition(db, TABLE)).kind, 'p');
      assert.equal(await checksum(db, TABLE), rows);
      await runScript(server(), wayBackScript(plan));
      const measured = { sizeBytes: 0, rowEstimate: 0 };
      assert.deepEqual({ ...(await readTableDefinition(db, TABLE)), ...measured }, { ...table, ...measured });
      assert.equal(await checksum(db, TABLE), rows);
    });

    const KEYS: readonly (readonly [kind: KeyKind, type: string, value: string, zone: string, first: string])[] = [
      ['date', 'date', `date '2024-01-31' + n`, 'UTC', `FROM ('2024-02-01') TO ('2024-03-01')`],
      [
        'timestamp',
        'timestamp',
        `timestamp '2024-01-31 23:59' + n * interval '1 day'`,
        'UTC',
        `FROM ('2024-02-01 00:00:00') TO ('2024-03-01 00:00:00')`,
      ],
      [
        'timestamptz',
        'timestamptz',
        `timestamptz '2024-02-01 00:00+01' + (n - 1) * interval '1 day'`,
        'Europe/Berlin',
        `FROM ('2024-01-31 23:00:00+00') TO ('2024-02-29 23:00:00+00')`,
      ],
      [
        'epoch milliseconds',
        'bigint',
        `1706745600000 + (n - 1) * 86400000::bigint`,
        'UTC',
        `FROM ('1706745600000') TO ('1709251200000')`,
      ],
      [
        'uuid v7',
        'uuid',
        `(lpad(to_hex(1706745600000 + (n - 1) * 86400000::bigint), 12, '0') || '7abc8def0123456789ab')::uuid`,
        'UTC',
        `FROM ('018d61f7-1800-0000-0000-000000000000') TO ('018df74f-8400-0000-0000-000000000000')`,
      ],
    ];
    for (const [kind, type, at, zone, first] of KEYS) {
      it(`cuts by ${kind}`, async () => {
        const { db, run } = server();
        await run(`create table t (k ${type} not null, id int, primary key (k, id));
          insert into t select ${at}, n from generate_series(1, 100) n`);
        const { plan } = await planFor(db, 't', range('k', kind, 'month', zone), { defaultPartition: false });
        const rows = await checksum(db, 't');
        assertFinished(await runMigration(db, plan, { store: memoryStore() }));
        assert.equal(await checksum(db, 't'), rows);
        await db.withSession(async session => {
          await session.execute(`set timezone = 'UTC'; set datestyle = 'ISO'`);
          const [row] = await session.query<{ bounds: string[] }>(partitionsOf('t'));
          assert.equal(Object.values(row ?? {})[0]?.[0], first);
        });
      });
    }

    it('cuts by list and by hash, with keys of several columns and of extensions', async () => {
      const { db, run } = server();
      await run(`create extension citext;
        create table "Li'st" (code citext, "select" text collate "C", moved int, s text, primary key (code, "select"));
        insert into "Li'st" select 'Code' || n, (array['north', 'south', 'o''st'])[1 + n % 3], n, 's' from generate_series(1, 3000) n`);
      const refused = await refusalsFor(db, `"Li'st"`, { method: 'hash', column: 'code', modulus: 4 });
      assert.match(refused.join(), /compared by operators of one schema/);
      await run(
        `alter table "Li'st" drop constraint "Li'st_pkey"; alter table "Li'st" add primary key ("select", moved)`,
      );
      const list: PartitionScheme = { method: 'list', column: 'select', values: ['north', `o'st`] };
      const { plan } = await planFor(db, `"Li'st"`, list, { batchRows: 700 });
      const rows = await checksum(db, `"Li'st"`);
      const store = memoryStore();
      assertFinished(await runMigration(db, plan, { store }));
      assert.equal(await checksum(db, `"Li'st"`), rows);
      assert.deepEqual(await value(db, partitionsOf(`"Li''st"`)), [`IN ('north')`, `IN ('o''st')`, 'DEFAULT']);
      assertFinished(await undoMigration(db, { store }));
      await run(
        `alter table "Li'st" drop constraint "Li'st_pkey"; alter table "Li'st" drop "select"; alter table "Li'st" add primary key (code)`,
      );
      const hash: PartitionScheme = { method: 'hash', column: 'code', modulus: 3 };
      const hashed = await planFor(db, `"Li'st"`, hash, { batchRows: 700 });
      const before = await checksum(db, `"Li'st"`);
      assertFinished(await runMigration(db, hashed.plan, { store: memoryStore() }));
      assert.equal(await checksum(db, `"Li'st"`), before);
    });

    it('keeps foreign keys that contain the key, and drops others only if told so', async () => {
      const { db, run } = server();
      await run(`create table parent (tenant int, id int, day date not null, boss int, primary key (tenant, id),
          unique (tenant, day), foreign key (tenant, boss) references parent (tenant, id));
        insert into parent select 1 + n % 3, n, date '2024-01-01' + n, null from generate_series(1, 90) n;
        update parent set boss = id;
        create table child (tenant int, parent_id int, constraint to_parent foreign key (tenant, parent_id)
          references parent on delete cascade);
        comment on constraint to_parent on child is 'belongs';
        insert into child select tenant, id from parent`);
      const refusals = await refusalsFor(db, 'parent', range('day', 'date'));
      assert.match(refusals.join('\n'), /foreign key to_parent of public\.child references \(tenant, id\)/);
      const hash: PartitionScheme = { method: 'hash', column: 'tenant', modulus: 3 };
      const { table, plan } = await planFor(db, 'parent', hash);
      const store = memoryStore();
      assertFinished(await runMigration(db, plan, { store }));
      await assert.rejects(run('insert into child values (1, 1)'), /to_parent/);
      await assert.rejects(run('update parent set boss = -1'), /parent_tenant_boss_fkey/);
      const valid = `select json_object_agg(conname, convalidated and coalesce(obj_description(oid, 'pg_constraint'), 'belongs') = 'belongs')
        from pg_constraint where contype = 'f' and conparentid = 0 and conrelid in ('child'::regclass, 'parent'::regclass)`;
      assert.deepEqual(await value(db, valid), { to_parent: true, parent_tenant_boss_fkey: true });
      await run('delete from parent where id = 5');
      assert.equal(await value(db, 'select count(*)::int from child'), 89);
      assertFinished(await undoMigration(db, { store }));
      const back = await readTableDefinition(db, 'parent');
      const measured = { sizeBytes: 0, rowEstimate: 0 };
      assert.deepEqual({ ...back, ...measured }, { ...table, ...measured });

      const dropping = await planFor(db, 'parent', range('day', 'date'), { foreignKeysHere: 'drop' });
      assert.ok(
        dropping.plan.notes.some(note => note.startsWith('DROPPED: the foreign key to_parent of public.child')),
      );
      const again = memoryStore();
      assertFinished(await runMigration(db, dropping.plan, { store: again }));
      await run('delete from parent where id = 6');
      await run('delete from child where parent_id = 6');
      assertFinished(await undoMigration(db, { store: again }));
      assert.deepEqual(await value(db, valid), { to_parent: true, parent_tenant_boss_fkey: true });
      assert.equal(await value(db, `select count(*)::int from parent`), 88);
    });

    it('cuts names to 63 bytes and avoids those in use', async () => {
      const { db, run } = server();
      const long = 'ÄÖÜäöüß'.repeat(4) + 'abcdefg';
      await run(`create table "${long}" (id int constraint "${long.slice(0, 28)}_pkey" primary key, d date not null);
        create table "${long.slice(0, 25)}_partitioned" (); create table rest (); create table rest_partitioned ();
        insert into "${long}" select n, date '2024-01-01' + n from generate_series(1, 99) n`);
      const { plan } = await planFor(db, `"${long}"`, range('d', 'date'));
      const rows = await checksum(db, `"${long}"`);
      const store = memoryStore();
      assertFinished(await runMigration(db, plan, { store }));
      assert.equal(await checksum(db, `"${long}"`), rows);
      assertFinished(await undoMigration(db, { store }));
      assert.equal(await checksum(db, `"${long}"`), rows);
    });

    it('tells rows apart by a unique constraint or index if there is no primary key', async () => {
      const { db, run } = server();
      for (const unique of [
        'alter table t add constraint by_k unique (k, d)',
        'create unique index by_k on t (k, d)',
      ]) {
        await run(`drop table if exists t cascade; create table t (k text not null, d date not null, n int); ${unique};
          insert into t select 'k' || n, date '2024-01-01' + n % 300, n from generate_series(1, 3000) n`);
        const { table, plan } = await planFor(db, 't', range('d', 'date'), { batchRows: 700 });
        const store = memoryStore();
        assertFinished(await runMigration(db, plan, { store, stopBefore: 'catch-up' }));
        await run(
          `update t set n = -n where n % 3 = 0; delete from t where n % 100 = 1; insert into t values ('new', '2024-05-05', 0)`,
        );
        const rows = await checksum(db, 't');
        assertFinished(await runMigration(db, plan, { store }));
        assert.equal(await checksum(db, 't'), rows);
        await assert.rejects(run(`insert into t values ('new', '2024-05-05', 1)`), /duplicate key/);
        assertFinished(await undoMigration(db, { store }));
        assert.equal(await checksum(db, 't'), rows);
        const measured = { sizeBytes: 0, rowEstimate: 0 };
        assert.deepEqual({ ...(await readTableDefinition(db, 't')), ...measured }, { ...table, ...measured });
      }
    });

    it('widens other uniqueness only if told so', async () => {
      const { db, run } = server();
      await run(`create table t (id int primary key, day date not null, code text unique, name text);
        create unique index by_name on t (name desc) where name is not null; create unique index by_both on t (name, code);
        insert into t select n, date '2024-01-01' + n, 'c' || n, 'n' || n from generate_series(1, 50) n`);
      const refusals = await refusalsFor(db, 't', range('day', 'date'));
      assert.equal(refusals.length, 3);
      assert.match(
        (await refusalsFor(db, 't', range('day', 'date'), { uniqueness: 'widen' })).join(),
        /by_name is partial/,
      );
      await run('drop index by_name');
      const { plan } = await planFor(db, 't', range('day', 'date'), { uniqueness: 'widen' });
      assertFinished(await runMigration(db, plan, { store: memoryStore() }));
      const keys: string[] = await value(
        db,
        `select json_agg(pg_get_indexdef(indexrelid) order by indexrelid::regclass::text)
        from pg_index where indrelid = 't'::regclass`,
      );
      assert.deepEqual(
        keys.map(each => each.replace(/^.* INDEX (\S+) .* USING btree/, '$1')),
        ['by_both (name, code, day)', 't_code_key (code, day)', 't_pkey (id, day)'],
      );
    });

    it('runs as the owner, who is no superuser, while roles with few rights write', async () => {
      const { db, run } = server();
      await run(`drop schema if exists app cascade; drop role if exists app_owner, app_writer;
        create role app_owner login; create role app_writer login; create schema app authorization app_owner;
        grant usage on schema app to app_writer; set role app_owner;
        create table app.notes (id int generated always as identity primary key, at timestamptz not null, who int);
        create table app.people (id int primary key); insert into app.people values (1);
        alter table app.notes add foreign key (who) references app.people; grant insert, select on app.notes to app_writer;
        create view app.latest as select * from app.notes order by at desc limit 10; grant select on app.latest to app_writer;
        insert into app.notes (at, who) select timestamptz '2024-01-01' + n * interval '1 day', 1 from generate_series(1, 300) n`);
      const owner = await openDatabase({ ...db.settings, user: 'app_owner' });
      const writer = await openDatabase({ ...db.settings, user: 'app_writer' });
      try {
        const write = (): Promise<void> =>
          writer.withSession(session => session.execute('insert into app.notes (at, who) values (now(), 1)'));
        const { table, plan } = await planFor(owner, 'app.notes', range('at', 'timestamptz'));
        const store = memoryStore();
        assertFinished(await runMigration(owner, plan, { store, stopBefore: 'copy-rows' }));
        await write();
        assertFinished(await runMigration(owner, plan, { store }));
        await write();
        assert.equal(await value(writer, 'select count(*)::int from app.notes'), 302);
        assert.equal(await value(writer, 'select max(id) from app.latest'), 302);
        await assert.rejects(value(writer, 'select count(*) from app.notes_changed_keys'), /permission denied/);
        assertFinished(await undoMigration(owner, { store }));
        const measured = { sizeBytes: 0, rowEstimate: 0 };
        const back = await readTableDefinition(owner, 'app.notes');
        assert.deepEqual({ ...back, ...measured }, { ...table, ...measured });
        await write();
        assert.equal(await value(db, 'select max(id) from app.notes'), 303);
        assert.match(
          (await refusalsFor(writer, 'app.notes', range('at', 'timestamptz'))).join(),
          /app_writer may not change app\.notes: connect as app_owner/,
        );
      } finally {
        await owner.dispose();
        await writer.dispose();
      }
    });
  });
});

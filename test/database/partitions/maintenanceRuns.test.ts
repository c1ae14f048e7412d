import * as assert from 'node:assert/strict';
import type { MaintenanceSpec } from '../../../src/core/advisor/partitions/maintenance/maintenanceSpec';
import type { DatabaseError } from '../../../src/core/ports';
import { onEachServer } from '../servers';
import { column, Maintained } from './maintained';

const spec = (table: string, more: Partial<MaintenanceSpec> = {}): MaintenanceSpec => ({
  schema: 'public',
  table,
  scheme: { method: 'range', column: 'at', keyKind: 'timestamptz', period: 'month', timeZone: 'UTC' },
  ahead: 1,
  ...more,
});

const create = (table: string): string =>
  `create table ${table} (id bigint generated always as identity, at timestamptz not null, n int,
     twice int generated always as (n * 2) stored, check (n > 0), primary key (id, at)) partition by range (at)`;

describe('database/partitions: maintenance that comes late, early, twice and at once', function () {
  this.timeout(60_000);

  onEachServer('', server => {
    const installed = (table: string, more: Partial<MaintenanceSpec> = {}): Promise<Maintained> =>
      new Maintained(server(), spec(table, more)).install();

    it('takes rows out of the DEFAULT partition, past its triggers, with what was missed', async () => {
      await server().run(`${create('late')}; create table late_rest partition of late default;
        create table log (what text); create function note() returns trigger language plpgsql as
          $$ begin insert into log values (tg_op || ' ' || tg_table_name); return null; end $$;
        create trigger noted after insert or delete on late for each row execute function note()`);
      const ours = await installed('late');
      await ours.run('2024-01-10');
      // nobody ran it for months, and rows came
      await server().run(`insert into late (at, n) select at, 1 from generate_series(
        timestamptz '2024-01-15', '2024-06-15', interval '1 day') at`);
      await server().run('truncate log');
      assert.equal((await ours.run('2024-06-20')).length, 5);
      assert.deepEqual(await column(server(), 'select count(*)::int from late_rest'), [0]);
      assert.deepEqual(await column(server(), 'select count(*)::int || $$ $$ || sum(twice) from late'), ['153 306']);
      assert.deepEqual(await column(server(), 'select count(*)::int from log'), [0]);
      await server().run(`insert into late (at, n) values ('2030-01-01', 1)`);
      assert.deepEqual(await column(server(), 'select what from log'), ['INSERT late_rest']);
    });

    it('leaves referred rows where they are, says so, and goes on', async () => {
      await server().run(`${create('referred')}; create table referred_rest partition of referred default;
        insert into referred (at, n) values ('2024-01-05', 1);
        create table refers (id bigint, at timestamptz, foreign key (id, at) references referred on delete cascade);
        insert into refers select id, at from referred`);
      const ours = await installed('referred');
      const did = await ours.run('2024-01-10');
      assert.match(
        did.join('\n'),
        /created public\.referred_p2024_02 .*\nWARNING: rows from 2024-01-01 .* stay in public\.referred_rest/s,
      );
      assert.deepEqual(await column(server(), 'select count(*)::int from refers'), [1]);
      // and it ends, also step by step
      await ours.runStepwise('2024-01-10');
    });

    it('does nothing while another session is at it', async () => {
      await server().run(create('crowded'));
      const ours = await installed('crowded');
      await server().db.withSession(async session => {
        await session.execute(`begin; select from maintain_partitions_of_crowded('2024-01-10')`);
        assert.deepEqual(await ours.run('2024-01-10'), ['NOTICE: another session is at it: nothing was done']);
        await session.execute('commit');
      });
      assert.deepEqual(await ours.run('2024-01-10'), []);
      assert.equal((await ours.partitions()).length, 2);
    });

    it('makes each partition once when many sessions begin together', async () => {
      await server().run(create('rushed'));
      const ours = await installed('rushed', { ahead: 6 });
      await Promise.all(Array.from({ length: 6 }, () => ours.runStepwise('2024-01-10')));
      assert.equal((await ours.partitions()).length, 7);
    });

    it('does not go back when it runs early, and retires only what is wholly too old', async () => {
      await server().run(create('kept'));
      const ours = await installed('kept', { keep: '60 days', ahead: 0 });
      for (const now of ['2024-01-10', '2024-02-10', '2024-03-10']) await ours.run(now);
      assert.deepEqual(await ours.run('2024-02-10'), []);
      // 60 days before the 31st of March is the 31st of January: that day is still wanted
      assert.deepEqual(await ours.run('2024-03-31'), []);
      assert.deepEqual(await ours.run('2024-04-01'), [
        'created public.kept_p2024_04 for 2024-04-01 00:00:00 to 2024-05-01 00:00:00',
        'dropped public.kept_p2024_01 of 2024-01-01 00:00:00 to 2024-02-01 00:00:00',
      ]);
    });

    it('writes statements that retire CONCURRENTLY, and they run', async () => {
      await server().run(`${create('quiet')}; create schema attic`);
      const ours = await installed('quiet', { keep: '1 month', retirement: { action: 'archive', schema: 'attic' } });
      await ours.run('2024-01-10');
      const statements = await ours.retirements('2024-03-05');
      assert.deepEqual(statements, [
        'ALTER TABLE public.quiet DETACH PARTITION public.quiet_p2024_01 CONCURRENTLY',
        'ALTER TABLE public.quiet_p2024_01 SET SCHEMA attic',
      ]);
      for (const sql of statements) await server().run(sql);
      assert.deepEqual(await ours.retirements('2024-03-05'), []);
    });

    it('makes partitions while others read and write, where CREATE TABLE ... PARTITION OF has to wait', async () => {
      await server().run(create('busy'));
      const ours = await installed('busy', { ahead: 2 });
      await ours.run('2024-01-10');
      await server().db.withSession(async session => {
        await session.execute(`begin; select * from busy; insert into busy (at, n) values ('2024-01-10', 1)`);
        const inOneStep = `set lock_timeout = '100ms';
          create table busy_april partition of busy for values from ('2024-04-01') to ('2024-05-01')`;
        await assert.rejects(server().run(inOneStep), error => (error as DatabaseError).sqlState === '55P03');
        assert.equal((await ours.run('2024-02-10')).length, 1);
        await session.execute('commit');
      });
    });

    it('waits for a reader before it takes a partition off, and tries again', async () => {
      await server().run(create('read'));
      const ours = await installed('read', { ahead: 0, keep: '1 month' });
      await ours.run('2024-01-10');
      await ours.run('2024-04-10');
      const running = await server().db.withSession(async session => {
        await session.execute('begin; select * from read');
        const run = ours.runStepwise('2024-05-10');
        const isWaiting = async (): Promise<boolean> =>
          (await server().db.query(`select from pg_locks where not granted and relation = 'read'::regclass`)).length >
          0;
        while (!(await isWaiting())) await new Promise(resolve => setImmediate(resolve));
        await session.execute('commit');
        return { run };
      });
      await running.run;
      assert.deepEqual(
        (await ours.partitions()).map(line => line.split(':')[0]),
        ['read_p2024_04', 'read_p2024_05'],
      );
    });

    it('says so if the table is not partitioned, or by something else', async () => {
      await server().run(
        'create table plain (at timestamptz); create table other (at timestamptz, n int) partition by list (n)',
      );
      for (const table of ['plain', 'other'])
        await assert.rejects((await installed(table)).run('2024-01-10'), /is not partitioned by the range of at/);
    });

    it('no routine can retire CONCURRENTLY by itself', async () => {
      await server()
        .run(`${create('inside')}; create table inside_p partition of inside for values from ('2024-01-01') to ('2024-02-01');
        create procedure detach_inside() language plpgsql as
          $$ begin execute 'alter table inside detach partition inside_p concurrently'; end $$`);
      await assert.rejects(
        server().run('call detach_inside()'),
        error => (error as DatabaseError).sqlState === '25001',
      );
    });

    it('finds names that are taken, in the schema and in the archive', async () => {
      await server().run(`${create('named')}; create table named_p2024_01 (x int);
        create schema store; create table store.named_p2024_01_2 (x int)`);
      const ours = await installed('named', {
        keep: '1 month',
        retirement: { action: 'archive', schema: 'store' },
        ahead: 0,
      });
      await ours.run('2024-01-10');
      await ours.run('2024-03-10');
      const archived = `select regexp_replace(relname, '[0-9]{5,}', 'N') from pg_class
        where relnamespace = 'store'::regnamespace and relkind = 'r' order by 1`;
      assert.deepEqual(await column(server(), archived), ['named_p2024_01_2', 'pN_named_p2024_01_2']);
    });

    it('keeps its quotes whatever a table, its column and its schema are called', async () => {
      const [schema, table, key] = [`we"ird %s`, `a 'b' %I $maintenance$ "c" \\ ö`, `at 'n" %L`];
      const quoted = [schema, table, key].map(name => `"${name.replaceAll('"', '""')}"`);
      const [s, t, k] = quoted;
      await server()
        .run(`create schema ${s}; create table ${s}.shops (id int primary key); insert into ${s}.shops values (1);
        create table ${s}.${t} (id int, ${k} date not null, shop int references ${s}.shops, "100%" text default '%s',
          primary key (id, ${k})) partition by range (${k});
        create table ${s}.rest partition of ${s}.${t} default;
        insert into ${s}.${t} values (1, '2024-01-05', 1), (2, '2024-02-05', null)`);
      const scheme = { method: 'range', column: key, keyKind: 'date', period: 'month', timeZone: 'UTC' } as const;
      const ours = await installed(table, {
        schema,
        scheme,
        keep: '1 month',
        retirement: { action: 'archive', schema },
      });
      assert.equal((await ours.run('2024-01-10')).length, 2);
      assert.deepEqual(await column(server(), `select count(*)::int from ${s}.rest`), [0]);
      const refused = `insert into ${s}.${t} values (3, '2024-01-06', 7)`;
      await assert.rejects(server().run(refused), error => (error as DatabaseError).sqlState === '23503');
      for (const sql of await ours.retirements('2024-04-05')) await server().run(sql);
      await ours.runStepwise('2024-04-05');
      assert.deepEqual(await column(server(), `select count(*)::int from ${s}.${t}`), [0]);
    });

    it('gives partitions storage parameters, which their parent cannot have', async () => {
      await server().run(create('stored'));
      const ours = await installed('stored', {
        ahead: 0,
        storageParameters: { autovacuum_vacuum_scale_factor: '0.02' },
      });
      await ours.run('2024-01-10');
      const options = `select reloptions::text from pg_class where relname = 'stored_p2024_01'`;
      assert.deepEqual(await column(server(), options), ['{autovacuum_vacuum_scale_factor=0.02}']);
    });

    it('gives partitions the owner of the table, and nobody else the right to run it', async () => {
      await server().run(`create role keeper; ${create('owned')}; alter table owned owner to keeper`);
      const ours = await installed('owned');
      await ours.run('2024-01-10');
      const owners = `select distinct pg_get_userbyid(relowner)::text from pg_class where relname ~ '^owned_p2024_..$'`;
      assert.deepEqual(await column(server(), owners), ['keeper']);
      const refused = server().db.withSession(async session => {
        await session.execute(`create role stranger; set role stranger`);
        await session.query(`select maintain_partitions_of_owned()`);
      });
      await assert.rejects(refused, error => (error as DatabaseError).sqlState === '42501');
      await server().run(`reset role; ${ours.routines.drop.join(';')}`);
    });

    it('tells of partitions that run out and of rows in the DEFAULT partition', async () => {
      await server().run(`${create('watched')}; create table watched_rest partition of watched default`);
      const ours = await installed('watched');
      await ours.run('2024-01-10');
      const [row] = await server().db.query<{ partitions_until: Date; rows_in_default: string }>(ours.routines.monitor);
      assert.equal(Object.keys(row!).join(), 'partitions_until,rows_in_default');
      assert.ok(row!.partitions_until);
    });
  });
});

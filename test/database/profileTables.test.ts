import assert from 'node:assert/strict';
import { findProfile } from '../../src/core/profiles/evaluateProfile';
import { reviewProfile, type ReviewedSetting } from '../../src/core/profiles/reviewProfile';
import { trialSettings } from '../../src/core/profiles/profileTrial';
import type { Profile } from '../../src/core/profiles/profile';
import { ownProfiles } from '../../src/core/profiles/ownProfiles';
import { loadGrammar } from '../../src/core/sql/grammar';
import { plannedEntries } from '../../src/core/workload/planningTexts';
import { adviseTables, type AdvisedTable } from '../../src/database/settings/adviseTables';
import { applySettings } from '../../src/database/settings/applySettings';
import { evaluateOnServer } from '../../src/database/settings/preflight';
import { readServerFacts } from '../../src/database/settings/readServerFacts';
import { readSettings } from '../../src/database/settings/readSettings';
import { tryProfile } from '../../src/database/settings/tryProfile';
import { onEachServer } from './servers';

const SETUP = `
  create schema farm; create schema sales;
  create table farm.milk_production (id int, day date) partition by range (day);
  create table sales."order" (id int primary key, state int, note text);
  create index on sales."order" (state);
  create table busy (id int primary key, indexed int, note text) with (fillfactor = 100);
  create index on busy (indexed);
  create table log (id int, line text);
  create table quiet (id int);
  insert into sales."order" select n, n, 'x' from generate_series(1, 20000) n;
  insert into busy select n, n, repeat('x', 30) from generate_series(1, 50000) n;
  insert into log select n, 'line' from generate_series(1, 200000) n;
  insert into quiet select generate_series(1, 50000);
  analyze;
`;

const named = (tables: readonly AdvisedTable[], name: string): AdvisedTable =>
  tables.find(({ activity }) => activity.table === name) ?? assert.fail(`no advice for ${name}`);

describe('database/settings/adviseTables', () => {
  onEachServer(SETUP, (server, major) => {
    before(async () => {
      await server().run(`update busy set indexed = indexed + 1 where id <= 30000`);
      await server().run(`update sales."order" set state = state + 1`);
      await server().run('analyze');
      // what was counted reaches the other sessions once the session that counted is at rest
      for (;;) {
        const [row] = await server().db.query<{ updates: number; inserts: number }>(
          `select sum(n_tup_upd)::int as updates, sum(n_tup_ins)::int as inserts from pg_stat_user_tables`,
        );
        if (row?.updates === 50000 && row.inserts === 320000) break;
      }
    });

    it('computes parameters from what was counted, with the figures and their source', async () => {
      const { tables, looked } = await adviseTables(server().db, undefined);
      assert.equal(looked, 5);
      const busy = named(tables, 'busy');
      const vacuum = busy.measured.find(({ name }) => name === 'autovacuum_vacuum_scale_factor')!;
      assert.equal(vacuum.value, '0.05');
      assert.match(
        vacuum.reason,
        /30,000 dead rows a day; now it starts at 10,050, every 8 hours, then at 2,500, every 2 hours/,
      );
      assert.match(vacuum.source, /Autovacuum Daemon/);
      const fillfactor = busy.measured.find(({ name }) => name === 'fillfactor');
      if (major >= 16) assert.match(fillfactor?.reason ?? '', /found no room/);
      assert.equal(fillfactor?.value, '90');
      const log = named(tables, 'log');
      assert.deepEqual(
        log.measured.map(({ name }) => name),
        ['autovacuum_analyze_scale_factor', 'autovacuum_vacuum_insert_scale_factor'],
      );
      assert.ok(!tables.some(({ activity }) => activity.table === 'quiet' && activity.updates > 0));
    });

    it('says where the guide is wrong about a table', async () => {
      const { tables, notes } = await adviseTables(server().db, findProfile('dairy-erp'));
      const parts = named(tables, 'milk_production');
      assert.ok(parts.guide.length === 3 && parts.guide.every(({ wrong }) => /partitioned/.test(wrong ?? '')));
      assert.deepEqual(parts.measured, []);
      const order = named(tables, 'order');
      assert.deepEqual(
        order.guide.map(({ name, value }) => [name, value]),
        [
          ['autovacuum_vacuum_scale_factor', '0.02'],
          ['fillfactor', '80'],
        ],
      );
      assert.match(order.guide[0]?.citation ?? '', /Guide 002.*3\.2/);
      assert.match(order.guide[1]?.wrong ?? '', /never helps updates of indexed columns/);
      assert.ok(!notes.some(note => /farm\.milk_production/.test(note)));
    });

    it('advises no more on a table that has what was advised', async () => {
      const { db } = server();
      const busy = named((await adviseTables(db, undefined)).tables, 'busy');
      const scope = { kind: 'table', schema: 'public', table: 'busy' } as const;
      await applySettings(
        db,
        busy.measured.map(({ name, value }) => ({ name, value })),
        () => undefined,
        { scope },
      );
      const again = (await adviseTables(db, undefined)).tables;
      assert.ok(!again.some(({ activity }) => activity.table === 'busy'));
    });
  });
});

const TRIAL_SETUP = `
  create table reading (id int primary key, camera int, payload text);
  insert into reading select n, n % 500, repeat('p', 200) from generate_series(1, 60000) n;
  create index on reading (camera);
  analyze reading;
`;

const OWN: readonly Profile[] = ownProfiles([
  { id: 'cheap-random', settings: { random_page_cost: '1.0', cpu_index_tuple_cost: '0.001' } },
  { id: 'big-memory', settings: { work_mem: '200MB', shared_buffers: '32MB', default_statistics_target: '200' } },
]);

describe('database/settings/tryProfile', () => {
  onEachServer(TRIAL_SETUP, server => {
    const reviewed = async (profile: Profile): Promise<ReviewedSetting[]> => {
      const { db } = server();
      const settings = await readSettings(db);
      const { facts } = await readServerFacts(db, profile, { ramBytes: 64 * 1024 ** 3, connections: 20 });
      return reviewProfile(await evaluateOnServer(db, profile, facts, settings), settings, { kind: 'system' });
    };
    const tried = async (profile: Profile, sql: readonly string[], measure = false) => {
      const grammar = await loadGrammar();
      const entries = plannedEntries(
        grammar,
        sql.map((text, position) => ({ id: position + 1, fingerprint: text, sql: text, calls: 1 })),
      );
      return tryProfile(server().db, entries, trialSettings(await reviewed(profile)), { measure });
    };

    it('tells which plans change, with both costs at today’s prices', async () => {
      const { statements } = await tried(OWN[0]!, [
        'select * from reading where camera between 1 and 130',
        'select count(*) from reading',
        'select * from reading where id = $1',
      ]);
      const [range, whole, one] = statements;
      assert.ok(range?.changed);
      assert.match(range.nodesBefore.join(), /Scan on reading/);
      assert.match(range.nodesAfter.join(), /Index Scan using reading_camera_idx on reading/);
      assert.ok(range.costAfter !== null && range.costAfter >= range.costBefore, 'today’s prices chose the other plan');
      assert.equal(whole?.changed, false);
      assert.equal(whole.costAfter, whole.costBefore);
      assert.equal(one?.changed, false);
    });

    it('compares what memory saves, and names what cannot be tried', async () => {
      const settings = trialSettings(await reviewed(OWN[1]!));
      assert.deepEqual(settings.means, { work_mem: '200MB' });
      assert.deepEqual(settings.left.map(({ name }) => name).sort(), ['default_statistics_target', 'shared_buffers']);
      const { statements } = await tried(OWN[1]!, ['select * from reading order by payload, id'], true);
      const [sort] = statements;
      assert.ok(sort!.costAfter! < sort!.costBefore, JSON.stringify(sort));
      assert.equal(sort?.measured?.runs, 3);
      assert.ok((sort?.measured?.beforeBlocks ?? 0) > 0);
    });

    it('runs nothing that may change something, and passes over what does not plan', async () => {
      const { statements, skipped } = await tried(
        OWN[1]!,
        ['delete from reading', 'select * from nowhere', 'select * from reading where id = $1'],
        true,
      );
      assert.deepEqual(
        statements.map(({ notMeasured }) => notMeasured),
        ['it may change something', 'it has parameters without values'],
      );
      assert.match(skipped[0]?.reason ?? '', /nowhere/);
      const [row] = await server().db.query<{ n: number }>('select count(*)::int as n from reading');
      assert.equal(row?.n, 60000);
      assert.equal((await readSettings(server().db)).get('work_mem')?.shown, '4MB');
    });
  });
});

import assert from 'node:assert/strict';
import { findProfile } from '../../../src/core/profiles/evaluateProfile';
import { adviseTable } from '../../../src/core/profiles/tables/adviseTable';
import { guideParameters } from '../../../src/core/profiles/tables/guideTables';
import type { AutovacuumDefaults, TableActivity } from '../../../src/core/profiles/tables/tableActivity';

const DEFAULTS: AutovacuumDefaults = {
  autovacuum_vacuum_scale_factor: 0.2,
  autovacuum_vacuum_threshold: 50,
  autovacuum_analyze_scale_factor: 0.1,
  autovacuum_analyze_threshold: 50,
  autovacuum_vacuum_insert_scale_factor: 0.2,
  autovacuum_vacuum_insert_threshold: 1000,
  fillfactor: 100,
};

/** A table of a million narrow rows, counted for ten days. */
function activity(more: Partial<TableActivity> = {}): TableActivity {
  return {
    schema: 'public',
    table: 't',
    kind: 'r',
    rows: 1_000_000,
    bytes: 100_000_000,
    deadRows: 0,
    inserts: 0,
    updates: 0,
    deletes: 0,
    hotUpdates: 0,
    newPageUpdates: null,
    autovacuums: 0,
    days: 10,
    parameters: {},
    ...more,
  };
}

const advised = (more: Partial<TableActivity>, version = 18): string[] =>
  adviseTable(activity(more), DEFAULTS, version).map(({ name, now, value }) => `${name}: ${now} -> ${value}`);

describe('core/profiles/tables', () => {
  it('lets as many rows wait as change in a day, and no more than a share of the table', () => {
    // 20,000 a day is less than 5 % of the rows
    assert.deepEqual(advised({ deletes: 200_000 }), [
      'autovacuum_vacuum_scale_factor: 0.2 -> 0.02',
      'autovacuum_analyze_scale_factor: 0.1 -> 0.02',
    ]);
    // 100,000 a day is more
    assert.ok(advised({ deletes: 1_000_000 }).includes('autovacuum_vacuum_scale_factor: 0.2 -> 0.05'));
  });

  it('cleans no table more often than hourly', () => {
    // 2,400,000 dead rows a day: 5 % would be every half hour
    assert.ok(advised({ deletes: 24_000_000 }).includes('autovacuum_vacuum_scale_factor: 0.2 -> 0.1'));
  });

  it('leaves alone what is small, quiet, partitioned, or cleaned soon enough', () => {
    assert.deepEqual(advised({ rows: 5_000, deletes: 50_000 }), []);
    assert.deepEqual(advised({}), []);
    assert.deepEqual(advised({ kind: 'p', deletes: 200_000 }), []);
    const parameters = { autovacuum_vacuum_scale_factor: '0.02', autovacuum_analyze_scale_factor: '0.02' };
    assert.deepEqual(advised({ deletes: 200_000, parameters }), []);
  });

  it('says a threshold where a share would be too small to write', () => {
    assert.deepEqual(advised({ rows: 1_000_000_000, bytes: 1e11, deletes: 2_000_000 }), [
      'autovacuum_vacuum_scale_factor: 0.2 -> 0',
      'autovacuum_vacuum_threshold: 50 -> 200000',
      'autovacuum_analyze_scale_factor: 0.1 -> 0',
      'autovacuum_analyze_threshold: 50 -> 200000',
    ]);
  });

  it('vacuums for inserts where rows are hardly ever changed', () => {
    assert.ok(advised({ inserts: 400_000 }).includes('autovacuum_vacuum_insert_scale_factor: 0.2 -> 0.04'));
    assert.ok(!advised({ inserts: 400_000, deletes: 100_000 }).some(line => line.includes('_insert_')));
  });

  it('leaves room on pages only where room is what is missing', () => {
    const updated = { updates: 500_000, hotUpdates: 200_000 };
    assert.ok(advised({ ...updated, newPageUpdates: 250_000 }).includes('fillfactor: 100 -> 90'));
    assert.ok(!advised({ ...updated, newPageUpdates: 1_000 }).some(line => line.startsWith('fillfactor')));
    // before 16 it is not counted
    assert.ok(advised(updated, 14).includes('fillfactor: 100 -> 90'));
    assert.ok(!advised({ updates: 500_000, hotUpdates: 480_000 }, 14).some(line => line.startsWith('fillfactor')));
    // four rows on a page: a quarter of it is one version
    assert.ok(advised({ ...updated, bytes: 1_000_000 * 2_048 }, 14).includes('fillfactor: 100 -> 75'));
    assert.ok(!advised({ ...updated, bytes: 1_000_000 * 4_096 }, 14).some(line => line.startsWith('fillfactor')));
  });

  it('takes counters of a few minutes for those of a day', () => {
    assert.deepEqual(advised({ deletes: 20_000, days: 0.01 }), advised({ deletes: 200_000, days: 10 }));
    assert.deepEqual(advised({ deletes: 20_000, days: null }), advised({ deletes: 200_000, days: 10 }));
  });

  it('says where the dairy guide is wrong', () => {
    const dairy = findProfile('dairy-erp')!;
    const wrong = (more: Partial<TableActivity>): (string | null)[] => {
      const found = activity(more);
      return guideParameters(dairy, found, adviseTable(found, DEFAULTS, 18)).map(each => each.wrong);
    };
    const order = { schema: 'sales', table: 'order' };
    assert.ok(
      wrong({ schema: 'farm', table: 'milk_production', kind: 'p' }).every(why => /partitioned/.test(why ?? '')),
    );
    assert.ok(wrong(order).every(why => /rests on no figure/.test(why ?? '')));
    assert.match(wrong({ ...order, inserts: 10, deletes: 10 })[1] ?? '', /stay empty/);
    assert.match(wrong({ ...order, updates: 100, hotUpdates: 95 })[1] ?? '', /95 % .* find room already/);
    assert.match(wrong({ ...order, inserts: 10 })[0] ?? '', /only inserted/);
    assert.match(wrong({ ...order, deletes: 24_000_000 })[0] ?? '', /0\.1 would do/);
    assert.deepEqual(wrong({ schema: 'sales', table: 'customer', updates: 100 }), []);
  });
});

import assert from 'node:assert/strict';
import type { DatabaseError } from '../../src/core/ports';
import { openDatabase } from '../../src/database/connect';
import { settingSql } from '../../src/core/profiles/settingSql';
import { applySettings, readSettings, undoSettings } from '../../src/database/settings';
import { onEachServer } from './servers';

describe('database/settings', () => {
  it('writes lists entry by entry, and quotes everything', () => {
    assert.equal(
      settingSql({ name: 'shared_preload_libraries', value: 'pg_stat_statements, auto_explain' }),
      `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements', 'auto_explain'`,
    );
    assert.equal(settingSql({ name: 'log_line_prefix', value: `it's` }), `ALTER SYSTEM SET log_line_prefix = 'it''s'`);
    assert.equal(
      settingSql({ name: 'auto_explain.log_analyze', value: null }),
      'ALTER SYSTEM RESET auto_explain.log_analyze',
    );
    assert.equal(
      settingSql({ name: 'work_mem', value: '32MB' }, { kind: 'role', role: 'Report "x"', database: 'app' }),
      `ALTER ROLE "Report ""x""" IN DATABASE app SET work_mem = '32MB'`,
    );
    assert.equal(
      settingSql({ name: 'jit', value: null }, { kind: 'database', database: 'a b' }),
      'ALTER DATABASE "a b" RESET jit',
    );
  });

  onEachServer(`create role reader login`, server => {
    it('reads value, unit, context, default, source', async () => {
      const setting = (await readSettings(server().db)).get('work_mem');
      assert.deepEqual(
        { ...setting, description: '' },
        {
          name: 'work_mem',
          value: '4096',
          shown: '4MB',
          unit: 'kB',
          context: 'user',
          bootValue: '4096',
          resetValue: '4096',
          source: 'default',
          pendingRestart: false,
          type: 'integer',
          minimum: '64',
          maximum: '2147483647',
          allowed: null,
          description: '',
        },
      );
    });

    it('tells effective, pending restart and refused apart, and undoes', async () => {
      const { db } = server();
      const applied = await applySettings(db, [
        { name: 'work_mem', value: '17MB' },
        { name: 'max_connections', value: '150' },
        { name: 'random_page_cost', value: 'cheap' },
        { name: 'no_such_setting', value: '1' },
        { name: 'block_size', value: '4096' },
        { name: 'fsync', value: 'on' },
      ]);
      assert.deepEqual(
        applied.map(({ name, outcome, shown }) => `${name}: ${outcome}, ${shown}`),
        [
          'work_mem: effective, 17MB',
          'max_connections: pending restart, 100',
          'random_page_cost: refused, 4',
          'no_such_setting: refused, ',
          'block_size: refused, 8192',
          'fsync: effective, off',
        ],
      );
      assert.match(applied[2]?.reason ?? '', /invalid value/);
      assert.match(applied[5]?.reason ?? '', /command line/);
      const undone = await undoSettings(db, applied);
      assert.deepEqual(
        undone.map(({ name, outcome }) => `${name}: ${outcome}`),
        ['work_mem: restored', 'max_connections: restored', 'fsync: restored'],
      );
      const after = await readSettings(db);
      assert.equal(after.get('work_mem')?.shown, '4MB');
      assert.equal(after.get('max_connections')?.pendingRestart, false);
    });

    it('keeps a value that somebody else has set since', async () => {
      const { db, run } = server();
      const applied = await applySettings(db, [{ name: 'work_mem', value: '17MB' }]);
      await run(`alter system set work_mem = '33MB'`);
      const [undone] = await undoSettings(db, applied);
      assert.equal(undone?.outcome, 'kept');
      assert.match(undone?.reason ?? '', /'33MB' instead of '17MB'/);
      await run('alter system reset all');
    });

    it('says beforehand that a role may not', async () => {
      const limited = await openDatabase({ ...server().db.settings, user: 'reader' });
      await assert.rejects(
        applySettings(limited, [{ name: 'work_mem', value: '1MB' }]),
        (error: DatabaseError) => error.kind === 'permission',
      );
      assert.ok((await readSettings(limited)).size > 100);
      await limited.dispose();
    });
  });
});

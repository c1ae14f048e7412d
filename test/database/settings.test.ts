import assert from 'node:assert/strict';
import type { DatabaseError } from '../../src/core/ports';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { listEntries, settingSql, type SettingChange } from '../../src/core/profiles/settingSql';
import { applySettings as applyAndKeep } from '../../src/database/settings/applySettings';
import { readSettings } from '../../src/database/settings/readSettings';
import { parseRecord, type SettingsRecord } from '../../src/core/profiles/settingsRecord';
import { undoSettings } from '../../src/database/settings/undoSettings';
import { onEachServer } from './servers';

const apply = (db: PostgresDatabase, changes: readonly SettingChange[]): Promise<SettingsRecord> =>
  applyAndKeep(db, changes, () => undefined);

describe('database/settings', () => {
  it('reads lists as PostgreSQL writes them', () => {
    assert.deepEqual(listEntries('pg_stat_statements, auto_explain'), ['pg_stat_statements', 'auto_explain']);
    assert.deepEqual(listEntries(`"a,b", "say ""x""", 'c'`), ['a,b', 'say "x"', 'c']);
    assert.deepEqual(listEntries('"$user", public'), ['$user', 'public']);
    assert.deepEqual(listEntries('a,,b'), ['a', '', 'b']);
    assert.deepEqual(listEntries('a,'), ['a', '']);
    assert.deepEqual(listEntries(''), ['']);
  });

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
          category: 'Resource Usage / Memory',
          sourceFile: null,
          sourceLine: null,
        },
      );
    });

    it('tells effective, pending restart and refused apart, and undoes', async () => {
      const { db } = server();
      const applied = await apply(db, [
        { name: 'work_mem', value: '17MB' },
        { name: 'max_connections', value: '150' },
        { name: 'random_page_cost', value: 'cheap' },
        { name: 'no_such_setting', value: '1' },
        { name: 'block_size', value: '4096' },
        { name: 'fsync', value: 'on' },
      ]);
      assert.deepEqual(
        applied.changes.map(({ name, outcome, shown }) => `${name}: ${outcome}, ${shown}`),
        [
          'work_mem: effective, 17MB',
          'max_connections: pending restart, 100',
          'random_page_cost: refused, 4',
          'no_such_setting: refused, ',
          'block_size: refused, 8192',
          'fsync: effective, off',
        ],
      );
      assert.match(applied.changes[2]?.reason ?? '', /invalid value/);
      assert.match(applied.changes[5]?.reason ?? '', /command line/);
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
      const applied = await apply(db, [{ name: 'work_mem', value: '17MB' }]);
      await run(`alter system set work_mem = '33MB'`);
      const [undone] = await undoSettings(db, applied);
      assert.equal(undone?.outcome, 'kept');
      assert.match(undone?.reason ?? '', /'33MB' instead of '17MB'/);
      await run('alter system reset all');
    });

    const autoConf = async (): Promise<string> => {
      const [row] = await server().db.query<{ text: string }>(`select pg_read_file('postgresql.auto.conf') as text`);
      return row!.text;
    };

    it('puts the file back byte by byte, in its order', async () => {
      const { db, run } = server();
      await run(`alter system set work_mem = '5MB'`);
      await run(`alter system set search_path = '$user', 'it''s, mine', public`);
      await run(`alter system set log_line_prefix = '%m ''x'' \\ '`);
      const before = await autoConf();
      const record = await apply(db, [
        { name: 'search_path', value: 'public' },
        { name: 'work_mem', value: '17MB' },
        { name: 'log_line_prefix', value: null },
        { name: 'jit', value: 'off' },
      ]);
      assert.notEqual(await autoConf(), before);
      await undoSettings(db, parseRecord(JSON.stringify(record))!);
      assert.equal(await autoConf(), before);
      await run('alter system reset all');
    });

    it('tells exactly how far it came when the connection is killed, and undoes it', async () => {
      const { db, run } = server();
      await run(`alter system set random_page_cost = '3'`);
      const before = await autoConf();
      const other = await openDatabase(db.settings);
      const changes = [
        { name: 'work_mem', value: '17MB' },
        { name: 'jit', value: 'off' },
        { name: 'random_page_cost', value: '1.1' },
      ];
      for (const [position, { name }] of changes.entries()) {
        let kept: SettingsRecord | undefined;
        const cutOff = applyAndKeep(db, changes, async record => {
          kept = record;
          if (record.changes.find(change => change.name === name)?.outcome !== 'sent') return;
          await other.query(
            `select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where application_name = 'Query Tuner' and pid <> pg_backend_pid()`,
          );
        });
        await assert.rejects(cutOff, (error: DatabaseError) => error.kind === 'connection');
        assert.deepEqual(
          kept!.changes.map(({ outcome }) => outcome),
          changes.map((_, index) => (index < position ? 'written' : index === position ? 'sent' : 'planned')),
        );
        const undone = await undoSettings(db, kept!);
        assert.deepEqual(
          undone.map(({ outcome }) => outcome),
          changes.slice(0, position + 1).map((_, index) => (index < position ? 'restored' : 'unchanged')),
        );
        assert.equal(await autoConf(), before);
      }
      await other.dispose();
      await run('alter system reset all');
    });

    it('undoes a change whose answer never came', async () => {
      const { db, run } = server();
      const before = await autoConf();
      const record = await apply(db, [{ name: 'work_mem', value: '16384kB' }]);
      const [{ name, wanted }] = record.changes as [SettingsRecord['changes'][number]];
      await undoSettings(db, { ...record, changes: [{ name, wanted, outcome: 'sent' }] });
      assert.equal(await autoConf(), before);
      await run('alter system reset all');
    });

    it('says beforehand that a role may not', async () => {
      const limited = await openDatabase({ ...server().db.settings, user: 'reader' });
      await assert.rejects(
        apply(limited, [{ name: 'work_mem', value: '1MB' }]),
        (error: DatabaseError) => error.kind === 'permission',
      );
      assert.ok((await readSettings(limited)).size > 100);
      await limited.dispose();
    });
  });
});

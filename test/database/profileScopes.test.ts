import assert from 'node:assert/strict';
import type { DatabaseError } from '../../src/core/ports';
import { assumedFacts } from '../../src/core/profiles/profile';
import { findProfile } from '../../src/core/profiles/evaluateProfile';
import type { SettingScope } from '../../src/core/profiles/settingSql';
import { openDatabase } from '../../src/database/connect';
import { applySettings } from '../../src/database/settings/applySettings';
import { evaluateOnServer, preflight } from '../../src/database/settings/preflight';
import { readLibraries } from '../../src/database/settings/readLibraries';
import { readSettings } from '../../src/database/settings/readSettings';
import { accessTo } from '../../src/database/settings/scopes';
import { parseRecord, type SettingsRecord } from '../../src/core/profiles/settingsRecord';
import { undoSettings } from '../../src/database/settings/undoSettings';
import { onEachServer } from './servers';

const SETUP = `
  create role reader login;
  create role "Report ""x""";
  create table "Hot ; drop" (id int primary key, n int);
  create table parts (id int) partition by range (id);
`;

/** Each scope with changes it takes, and one that it does not. */
const SCOPES: readonly { scope: SettingScope; first: string; others: readonly string[]; refused: string }[] = [
  { scope: { kind: 'database', database: 'other db' }, first: 'work_mem', others: ['jit'], refused: 'shared_buffers' },
  { scope: { kind: 'role', role: 'Report "x"' }, first: 'work_mem', others: ['jit'], refused: 'max_connections' },
  {
    scope: { kind: 'role', role: 'reader', database: 'other db' },
    first: 'work_mem',
    others: ['random_page_cost'],
    refused: 'wal_level',
  },
  {
    scope: { kind: 'table', schema: 'public', table: 'Hot ; drop' },
    first: 'fillfactor',
    others: ['autovacuum_vacuum_scale_factor', 'autovacuum_vacuum_insert_threshold'],
    refused: 'no_such_parameter',
  },
];

const VALUES: Readonly<Record<string, readonly [string, string]>> = {
  work_mem: ['5MB', '33MB'],
  jit: ['on', 'off'],
  random_page_cost: ['3', '1.1'],
  fillfactor: ['95', '80'],
  autovacuum_vacuum_scale_factor: ['0.1', '0.01'],
  autovacuum_vacuum_insert_threshold: ['500', '900'],
};

describe('database/settings in scopes', () => {
  onEachServer(SETUP, server => {
    before(() => server().run('create database "other db"'));

    for (const { scope, first, others, refused } of SCOPES) {
      const name = scope.kind === 'role' && scope.database ? 'role in a database' : scope.kind;

      it(`applies in the scope ${name}, tells what was refused, and puts everything back in its order`, async () => {
        const { db } = server();
        const access = accessTo(scope);
        const names = [first, ...others];
        await applySettings(
          db,
          names.map(each => ({ name: each, value: VALUES[each]![0] })),
          () => undefined,
          { scope },
        );
        const before = await access.entries(db);
        assert.deepEqual(
          before,
          names.map(each => ({ name: each, value: VALUES[each]![0] })),
        );
        // the first is taken away, so that putting it back alone would move it to the end
        const changes = [
          { name: first, value: null },
          ...others.map(each => ({ name: each, value: VALUES[each]![1] })),
          { name: refused, value: '1' },
        ];
        let kept: SettingsRecord | undefined;
        const record = await applySettings(db, changes, each => void (kept = each), { scope });
        assert.deepEqual(kept, record);
        const expected = scope.kind === 'table' ? 'effective' : 'new sessions';
        assert.deepEqual(
          record.changes.map(({ outcome }) => outcome),
          [expected, ...others.map(() => expected), 'refused'],
        );
        assert.ok(record.changes.at(-1)?.reason);
        assert.deepEqual(
          await access.entries(db),
          others.map(each => ({ name: each, value: VALUES[each]![1] })),
        );
        const undone = await undoSettings(db, parseRecord(JSON.stringify(record))!);
        assert.deepEqual(
          undone.map(({ outcome }) => outcome),
          names.map(() => 'restored'),
        );
        assert.deepEqual(await access.entries(db), before);
      });
    }

    it('stops between two settings when it is cancelled, with what was sent in effect', async () => {
      const { db, run } = server();
      const cancel = new AbortController();
      const changes = [
        { name: 'jit', value: 'off' },
        { name: 'work_mem', value: '9MB' },
      ];
      const record = await applySettings(db, changes, () => undefined, {
        signal: cancel.signal,
        onProgress: (_, position) => position === 1 && cancel.abort(),
      });
      assert.deepEqual(
        record.changes.map(({ outcome }) => outcome),
        ['effective', 'planned'],
      );
      const shown = await readSettings(db);
      assert.deepEqual([shown.get('jit')?.shown, shown.get('work_mem')?.shown], ['off', '4MB']);
      assert.deepEqual(await undoSettings(db, record), [{ name: 'jit', outcome: 'restored' }]);
      await run('alter system reset all');
    });

    it('keeps a value of a table that somebody else has set since', async () => {
      const { db, run } = server();
      const scope: SettingScope = { kind: 'table', schema: 'public', table: 'Hot ; drop' };
      const record = await applySettings(db, [{ name: 'fillfactor', value: '70' }], () => undefined, { scope });
      assert.match(record.changes[0]?.reason ?? '', /pages written from now on/);
      await run('alter table "Hot ; drop" set (fillfactor = 60)');
      const [undone] = await undoSettings(db, record);
      assert.equal(undone?.outcome, 'kept');
      assert.match(undone?.reason ?? '', /'60' instead of '70'/);
    });

    it('says beforehand what is not there, takes none, or is not this role’s', async () => {
      const { db } = server();
      const limited = await openDatabase({ ...db.settings, user: 'reader' });
      const attempt = (scope: SettingScope, on = db): Promise<unknown> =>
        applySettings(on, [{ name: 'fillfactor', value: '70' }], () => assert.fail('nothing is kept'), { scope });
      const failsAs = (kind: DatabaseError['kind'], message: RegExp) => (error: DatabaseError) =>
        error.kind === kind && message.test(error.message);
      await assert.rejects(attempt({ kind: 'table', schema: 'public', table: 'nowhere' }), failsAs('sql', /not there/));
      await assert.rejects(
        attempt({ kind: 'table', schema: 'public', table: 'parts' }),
        failsAs('unsupported', /on each partition/),
      );
      for (const { scope } of SCOPES.filter(each => each.scope.kind !== 'role')) {
        await assert.rejects(attempt(scope, limited), failsAs('permission', /reader may not change/));
      }
      await limited.dispose();
    });

    const facts = assumedFacts(findProfile('camera-production')!, 18);

    it('refuses what would keep the server from starting', async () => {
      const { db, major } = server();
      const objections = await preflight(
        db,
        [
          { name: 'max_connections', value: '3' },
          { name: 'wal_level', value: 'minimal' },
          { name: 'shared_buffers', value: '7GB' },
          { name: 'shared_preload_libraries', value: 'auto_explain, no_such_library' },
          { name: 'min_wal_size', value: '16MB' },
          { name: 'log_statement', value: 'all' },
          { name: 'jit', value: 'off' },
        ],
        { ...facts, serverVersion: major },
        await readSettings(db),
      );
      assert.deepEqual([...objections.keys()].sort(), [
        'log_statement',
        'max_connections',
        'min_wal_size',
        'shared_buffers',
        'shared_preload_libraries',
        'wal_level',
      ]);
      assert.match(objections.get('shared_preload_libraries')!, /no library no_such_library/);
      assert.match(objections.get('wal_level')!, /would not start.*max_wal_senders/);
      const sent = await applySettings(db, [{ name: 'jit', value: 'off' }], () => undefined, {
        objections: new Map([['jit', 'not today']]),
      });
      assert.deepEqual(sent.changes[0], {
        name: 'jit',
        wanted: 'off',
        outcome: 'refused',
        reason: 'not today',
        shown: 'on',
        after: null,
      });
    });

    it('adds libraries to those there are, and says when it may not look', async () => {
      const { db, major } = server();
      const profile = findProfile('camera-production')!;
      const preload = async (on = db) =>
        (await evaluateOnServer(on, profile, { ...facts, serverVersion: major }, await readSettings(on))).find(
          ({ name }) => name === 'shared_preload_libraries',
        )!;
      const { value, refused, reason } = await preload();
      assert.deepEqual([value, refused], ['pg_stat_statements', null]);
      assert.match(reason, /pgcrypto is left out/);
      const limited = await openDatabase({ ...db.settings, user: 'reader' });
      assert.match((await preload(limited)).refused ?? '', /may not see which libraries/);
      assert.deepEqual(
        [...(await readLibraries(limited, ['pg_stat_statements', 'auto_explain']))],
        // the extension of the one says that its library is there; the other is no extension
        [
          ['pg_stat_statements', 'present'],
          ['auto_explain', 'unknown'],
        ],
      );
      await limited.dispose();
    });
  });
});

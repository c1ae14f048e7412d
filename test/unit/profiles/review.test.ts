import assert from 'node:assert/strict';
import { evaluateProfile, findProfile } from '../../../src/core/profiles/evaluateProfile';
import { choosePreload, type LibraryState } from '../../../src/core/profiles/preload';
import { assumedFacts } from '../../../src/core/profiles/profile';
import { trialSettings } from '../../../src/core/profiles/profileTrial';
import { reviewProfile, showInUnit, type ServerSettingFacts } from '../../../src/core/profiles/reviewProfile';
import { settingSql, type SettingScope } from '../../../src/core/profiles/settingSql';
import { parseRecord, parseRecords } from '../../../src/core/profiles/settingsRecord';
import { standbyObjections, startObjections } from '../../../src/core/profiles/startObjections';

function serverSetting(name: string, value: string, more: Partial<ServerSettingFacts> = {}): ServerSettingFacts {
  return {
    ...{ name, value, unit: null, context: 'sighup', bootValue: value, source: 'default', pendingRestart: false },
    ...{ shown: value, category: 'Group', description: '', sourceFile: null, sourceLine: null },
    ...more,
  };
}

const byName = (...settings: ServerSettingFacts[]): Map<string, ServerSettingFacts> =>
  new Map(settings.map(setting => [setting.name, setting]));

const ROLE: SettingScope = { kind: 'role', role: 'r' };

describe('core/profiles/reviewProfile', () => {
  const profile = findProfile('camera-optimized')!;
  const evaluated = evaluateProfile(profile, assumedFacts(profile));
  const memory = { unit: 'kB', context: 'user', shown: '4MB' };
  const server = byName(
    serverSetting('work_mem', '4096', { ...memory, source: 'command line' }),
    serverSetting('shared_buffers', '16384', { unit: '8kB', context: 'postmaster', shown: '128MB' }),
  );
  const review = (scope?: SettingScope, entries?: Map<string, string>) =>
    new Map(reviewProfile(evaluated, server, scope ?? { kind: 'system' }, entries, 18).map(each => [each.name, each]));

  it('says that a value fixed on the command line goes before ALTER SYSTEM, and not before ALTER ROLE', () => {
    assert.match(review().get('work_mem')?.caution ?? '', /command line/);
    assert.equal(review(ROLE).get('work_mem')?.caution, null);
  });

  it('compares with what the scope has, and refuses there what holds for the whole server', () => {
    const inRole = review(ROLE, new Map([['work_mem', '16MB']]));
    assert.deepEqual([inRole.get('work_mem')?.now, inRole.get('work_mem')?.origin], ['16MB', 'set here']);
    assert.equal(inRole.get('work_mem')?.state, 'same');
    assert.match(inRole.get('shared_buffers')?.refused ?? '', /cannot be set for a single role/);
    assert.match(review().get('max_connections')?.refused ?? '', /no such setting/);
  });

  it('writes amounts as people do', () => {
    assert.deepEqual(
      [showInUnit('16384', '8kB'), showInUnit('-1', 'kB'), showInUnit('300', 's'), showInUnit('on', null)],
      ['128MB', '-1', '300s', 'on'],
    );
  });

  it('sorts what a session can try from what it cannot', () => {
    const { prices, means, left } = trialSettings([...review().values()]);
    assert.deepEqual([prices, means], [{}, { work_mem: '16MB' }]);
    assert.deepEqual(left, [{ name: 'shared_buffers', why: 'needs a restart' }]);
  });
});

describe('core/profiles/preload', () => {
  const states = (...pairs: [string, LibraryState][]): Map<string, LibraryState> => new Map(pairs);

  it('adds to what is loaded, and leaves out what gains nothing', () => {
    const { value, refused, reason } = choosePreload(
      ['pg_stat_statements', 'pgcrypto'],
      ['timescaledb'],
      states(['pg_stat_statements', 'present'], ['pgcrypto', 'absent']),
    );
    assert.deepEqual([value, refused], ['timescaledb, pg_stat_statements', null]);
    assert.match(reason, /timescaledb; pgcrypto is left out/);
  });

  it('refuses a library that is not there, or that nobody could look for', () => {
    assert.match(
      choosePreload(['a'], [], states(['a', 'absent'])).refused ?? '',
      /would not start: it has no library a/,
    );
    assert.match(choosePreload(['a'], [], states()).refused ?? '', /could not be checked/);
    assert.equal(choosePreload(['a'], ['a'], states()).refused, null);
  });
});

describe('core/profiles/startObjections', () => {
  const server = byName(
    serverSetting('max_connections', '100'),
    serverSetting('superuser_reserved_connections', '3'),
    serverSetting('reserved_connections', '0'),
    serverSetting('max_wal_senders', '10'),
    serverSetting('archive_mode', 'off'),
    serverSetting('wal_level', 'replica'),
    serverSetting('wal_segment_size', String(16 * 1024 ** 2)),
    serverSetting('min_wal_size', '80', { unit: 'MB' }),
    serverSetting('max_wal_size', '1024', { unit: 'MB' }),
  );
  const objections = (values: Readonly<Record<string, string>>): string[] => [
    ...startObjections(
      Object.entries(values).map(([name, value]) => ({ name, value })),
      server,
      18,
    ).keys(),
  ];

  it('knows what does not go together', () => {
    assert.deepEqual(objections({ max_connections: '3' }), ['max_connections']);
    assert.deepEqual(objections({ max_connections: '4' }), []);
    assert.deepEqual(objections({ wal_level: 'minimal' }), ['wal_level']);
    assert.deepEqual(objections({ wal_level: 'minimal', max_wal_senders: '0' }), []);
    assert.deepEqual(objections({ min_wal_size: '16MB', max_wal_size: '1GB' }), ['min_wal_size']);
    assert.deepEqual(objections({ huge_pages: 'on', ssl: 'on' }), ['huge_pages', 'ssl']);
    assert.deepEqual(objections({ work_mem: '64MB' }), []);
  });

  it('lets a standby have no less than its primary', () => {
    const changes = [
      { name: 'max_connections', value: '50' },
      { name: 'work_mem', value: '1MB' },
    ];
    assert.deepEqual([...standbyObjections(changes, server).keys()], ['max_connections']);
  });
});

describe('core/profiles/settingsRecord', () => {
  const record = { version: 1, entriesBefore: [], changes: [{ name: 'a', wanted: null, outcome: 'sent' }] };

  it('reads one record, and those of several scopes', () => {
    assert.ok(parseRecord(JSON.stringify({ ...record, profile: 'x' })));
    const scoped = { ...record, scope: { kind: 'table', schema: 's', table: 't' } };
    assert.equal(parseRecords(JSON.stringify({ version: 1, records: [record, scoped] }))?.length, 2);
    assert.equal(parseRecord(JSON.stringify({ records: [record, scoped] })), undefined);
  });

  it('takes nothing else for a record', () => {
    for (const text of ['', 'null', '{}', '[]', '{"records":[{}]}', '{"version":2}']) {
      assert.equal(parseRecords(text), undefined, text);
    }
    for (const scope of [null, {}, { kind: 'nothing' }, { kind: 'table', schema: 's' }, { kind: 'toString' }]) {
      assert.equal(parseRecords(JSON.stringify({ ...record, scope })), undefined, JSON.stringify(scope));
    }
  });
});

describe('core/profiles/settingSql of tables', () => {
  it('quotes names, and values that are no numbers', () => {
    const scope: SettingScope = { kind: 'table', schema: 'Sales', table: 'order' };
    assert.equal(
      settingSql({ name: 'fillfactor', value: '80' }, scope),
      'ALTER TABLE "Sales"."order" SET (fillfactor = 80)',
    );
    assert.equal(
      settingSql({ name: 'fillfactor', value: null }, scope),
      'ALTER TABLE "Sales"."order" RESET (fillfactor)',
    );
    assert.equal(
      settingSql({ name: 'fillfactor', value: '80); drop table x' }, scope),
      `ALTER TABLE "Sales"."order" SET (fillfactor = '80); drop table x')`,
    );
  });
});

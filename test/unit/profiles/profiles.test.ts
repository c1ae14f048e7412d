import assert from 'node:assert/strict';
import { GIB } from '../../../src/core/base/units';
import { diffProfile, type ServerSetting } from '../../../src/core/profiles/diffProfile';
import { evaluateProfile, findProfile, PROFILES } from '../../../src/core/profiles/evaluateProfile';
import { assumedFacts, parseSize, type EvaluatedSetting, type ServerFacts } from '../../../src/core/profiles/profile';
import { formatSettingBytes, parseSettingValue, sameSettingValue } from '../../../src/core/profiles/comparableValue';

function evaluate(id: string, facts: Partial<ServerFacts> = {}): Map<string, EvaluatedSetting> {
  const profile = findProfile(id);
  assert.ok(profile, id);
  return new Map(evaluateProfile(profile, { ...assumedFacts(profile), ...facts }).map(s => [s.name, s]));
}

describe('core/profiles/comparableValue', () => {
  it('reads bare numbers in the unit of the setting', () => {
    assert.deepEqual(parseSettingValue('2048', '8kB'), { kind: 'bytes', amount: 16 * 1024 ** 2 });
    assert.deepEqual(parseSettingValue('10min', 's'), { kind: 'ms', amount: 600_000 });
    assert.deepEqual(parseSettingValue('-1', '8kB'), { kind: 'number', amount: -1 });
  });
  it('compares as PostgreSQL does', () => {
    assert.ok(sameSettingValue('16MB', '2048', '8kB'));
    assert.ok(sameSettingValue('1min', '60', 's'));
    assert.ok(sameSettingValue('true', 'on'));
    assert.ok(!sameSettingValue('16MB', '16', '8kB'));
    assert.ok(!sameSettingValue('-1', '8kB', '8kB'));
  });
  it('writes sizes in the largest whole unit', () => {
    assert.equal(formatSettingBytes(4 * GIB), '4GB');
    assert.equal(formatSettingBytes(64 * 1024), '64kB');
    assert.equal(formatSettingBytes(1.5 * GIB), '1536MB');
  });
});

describe('core/profiles/evaluateProfile', () => {
  it('keeps ids unique and every profile non-empty', () => {
    assert.equal(new Set(PROFILES.map(p => p.id)).size, PROFILES.length);
    for (const profile of PROFILES) assert.ok(profile.settings.length > 5, profile.id);
  });
  it('keeps the guide value on the machine the guide assumes', () => {
    const settings = evaluate('camera-production');
    assert.equal(settings.get('shared_buffers')?.value, '2GB');
    assert.equal(settings.get('effective_cache_size')?.value, '6GB');
  });
  it('replaces a work_mem that memory cannot hold and says so', () => {
    const workMem = evaluate('camera-production').get('work_mem');
    assert.equal(workMem?.guideValue, '64MB');
    assert.equal(workMem?.value, '10MB');
    assert.match(workMem?.reason ?? '', /200 connections .* more than the 8 GB of RAM/);
  });
  it('scales memory with the machine', () => {
    const settings = evaluate('camera-production', { ramBytes: 16 * GIB });
    assert.equal(settings.get('shared_buffers')?.value, '4GB');
    assert.equal(settings.get('effective_cache_size')?.value, '12GB');
  });
  it('refuses what would do harm', () => {
    const camera = evaluate('camera-production');
    assert.match(camera.get('shared_preload_libraries')?.refused ?? '', /does not start/);
    assert.match(camera.get('log_statement')?.refused ?? '', /every statement/);
    const dairy = evaluate('dairy-erp');
    assert.match(dairy.get('synchronous_standby_names')?.refused ?? '', /commits hang/);
    assert.match(evaluate('general-small').get('checkpoint_completion_target')?.refused ?? '', /below the default/);
  });
  it('never proposes all of the RAM as cache', () => {
    assert.equal(evaluate('task-agent').get('effective_cache_size')?.value, '768MB');
  });
  it('knows that autovacuum_max_workers needs no restart from 18', () => {
    assert.equal(evaluate('dairy-erp', { serverVersion: 17 }).get('autovacuum_max_workers')?.restart, true);
    assert.equal(evaluate('dairy-erp', { serverVersion: 18 }).get('autovacuum_max_workers')?.restart, false);
  });
  it('keeps all connections within memory on any machine', () => {
    for (const ramBytes of [1, 2, 4, 16, 64, 512].map(n => n * GIB)) {
      for (const profile of PROFILES) {
        const facts = { ...assumedFacts(profile), ramBytes };
        const byName = new Map(evaluateProfile(profile, facts).map(s => [s.name, s]));
        const bytes = (name: string) => {
          const setting = byName.get(name);
          const value = setting && parseSettingValue(setting.value, setting.unit);
          return value?.kind === 'bytes' ? value.amount : 0;
        };
        const total = bytes('shared_buffers') + bytes('work_mem') * facts.connections;
        assert.ok(total <= ramBytes, `${profile.id} with ${ramBytes / GIB} GB: ${total / GIB} GB`);
      }
    }
  });
});

describe('core/profiles/diffProfile', () => {
  const server = (name: string, value: string, unit: string | null, context: string): [string, ServerSetting] => [
    name,
    { name, value, unit, context, bootValue: value, source: 'default', pendingRestart: false },
  ];
  it('compares in the unit of the server and says how a change takes effect', () => {
    const rows = diffProfile(
      [...evaluate('camera-production').values()],
      new Map([
        server('shared_buffers', '16384', '8kB', 'postmaster'),
        server('random_page_cost', '1.1', null, 'user'),
        server('log_connections', 'off', null, 'superuser-backend'),
        server('log_statement', 'none', null, 'superuser'),
      ]),
    );
    const row = (name: string) => rows.find(r => r.setting.name === name);
    assert.deepEqual([row('shared_buffers')?.state, row('shared_buffers')?.takesEffect], ['differs', 'restart']);
    assert.equal(row('random_page_cost')?.state, 'same');
    assert.equal(row('log_connections')?.takesEffect, 'new sessions');
    assert.equal(row('log_statement')?.state, 'refused');
    assert.equal(row('work_mem')?.state, 'unknown');
  });
});

describe('core/profiles/parseSize', () => {
  it('reads sizes as people write them', () => {
    assert.equal(parseSize('16GB'), 16 * GIB);
    assert.equal(parseSize('512m'), 512 * 1024 ** 2);
    assert.equal(parseSize('lots'), undefined);
    assert.equal(parseSize('0'), undefined);
  });
});

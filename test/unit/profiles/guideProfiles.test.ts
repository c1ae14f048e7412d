import assert from 'node:assert/strict';
import { findSetting } from '../../../src/core/catalog/systemCatalog/serverSettings';
import { COMPUTED_PROFILES } from '../../../src/core/profiles/computedProfiles';
import { evaluateProfile } from '../../../src/core/profiles/evaluateProfile';
import { GUIDE_PROFILES } from '../../../src/core/profiles/guideProfiles';
import { GIB } from '../../../src/core/base/units';
import { assumedFacts } from '../../../src/core/profiles/profile';
import { sameSettingValue } from '../../../src/core/profiles/comparableValue';
import { GUIDE_SETTINGS } from './guideSettings';

describe('core/profiles/guideProfiles', () => {
  it('has every value of every guide, and no other', () => {
    let compared = 0;
    for (const [position, profile] of GUIDE_PROFILES.entries()) {
      const own = new Map(profile.settings.map(({ name, guideValue }) => [name, guideValue ?? '']));
      for (const [name, values] of Object.entries(GUIDE_SETTINGS)) {
        const wanted = (values[position] ?? '').replace(/ =$/, '');
        assert.equal((own.get(name) ?? '').trim(), wanted, `${name} of guide ${profile.guide}`);
        own.delete(name);
        if (wanted !== '') compared++;
      }
      assert.deepEqual([...own.keys()], [], `guide ${profile.guide}`);
    }
    assert.equal(compared, 114);
  });

  it('marks what is the default anyway, by version', () => {
    const replaced: string[] = [];
    let defaults = 0;
    for (const [position, profile] of GUIDE_PROFILES.entries()) {
      const settings = evaluateProfile(profile, assumedFacts(profile, 15));
      for (const { name, guideValue, value, isDefault, unit } of settings) {
        const marked = (GUIDE_SETTINGS[name]?.[position] ?? '').endsWith(' =');
        if (!sameSettingValue(value, guideValue ?? '', unit)) {
          if (marked) replaced.push(`${name} of guide ${profile.guide}`);
          continue;
        }
        assert.equal(isDefault, marked, `${name} of guide ${profile.guide}`);
        if (isDefault) defaults++;
      }
    }
    // 200 connections with 4 MB each do not fit into 1 GB beside shared buffers.
    assert.deepEqual(replaced, ['work_mem of guide 004']);
    assert.equal(defaults, 32);
  });

  it('takes units and restarts from the version', () => {
    const dairy = GUIDE_PROFILES.find(({ id }) => id === 'dairy-erp')!;
    for (const setting of evaluateProfile(dairy, assumedFacts(dairy, 16))) {
      const known = findSetting(setting.name, 16);
      assert.ok(known, setting.name);
      assert.equal(setting.restart, known.context === 'postmaster', setting.name);
      assert.equal(setting.unit ?? '', known.unit, setting.name);
    }
  });
});

describe('core/profiles/computedProfiles', () => {
  it('gives values that every version takes, within memory, on machines from tiny to huge', () => {
    for (const profile of COMPUTED_PROFILES) {
      for (const serverVersion of [14, 15, 16, 17, 18]) {
        for (const [ram, cores] of [
          [0.5, 1],
          [2, 2],
          [8, 4],
          [64, 16],
          [512, 96],
        ] as const) {
          const facts = { ...assumedFacts(profile, serverVersion), ramBytes: ram * GIB, cores };
          for (const { name, value, refused } of evaluateProfile(profile, facts)) {
            assert.equal(refused, null, `${profile.id} ${ram} GB, ${serverVersion}: ${name} = ${value}`);
            assert.notEqual(value, '', name);
          }
        }
      }
    }
  });

  it('differs by what the server is for', () => {
    const values = (id: string) => {
      const profile = COMPUTED_PROFILES.find(each => each.id === id)!;
      const facts = { ...assumedFacts(profile), ramBytes: 16 * GIB, cores: 8 };
      return new Map(evaluateProfile(profile, facts).map(({ name, value }) => [name, value]));
    };
    assert.equal(values('computed-oltp').get('shared_buffers'), '4GB');
    assert.equal(values('computed-development').get('shared_buffers'), '1GB');
    assert.equal(values('computed-analytics').get('default_statistics_target'), '500');
    assert.equal(values('computed-web').get('max_parallel_workers_per_gather'), '2');
    assert.equal(values('computed-analytics').get('max_parallel_workers_per_gather'), '4');
  });
});

import assert from 'node:assert/strict';
import { evaluateProfile } from '../../../src/core/profiles/evaluateProfile';
import { ownProfiles } from '../../../src/core/profiles/ownProfiles';
import { GIB } from '../../../src/core/base/units';
import { assumedFacts } from '../../../src/core/profiles/profile';

describe('core/profiles/ownProfiles', () => {
  it('lets a team change what another profile has, and keeps the rest', () => {
    const [ours] = ownProfiles([
      { id: 'ours', title: 'Ours', extends: 'computed-web', settings: { work_mem: '12MB', log_lock_waits: 'on' } },
    ]);
    const settings = new Map(
      evaluateProfile(ours!, { ...assumedFacts(ours!), ramBytes: 32 * GIB }).map(each => [each.name, each]),
    );
    assert.equal(settings.get('work_mem')?.value, '12MB');
    assert.equal(settings.get('work_mem')?.reason, 'as your profile gives it');
    assert.equal(settings.get('shared_buffers')?.value, '8GB');
    assert.equal(settings.get('log_lock_waits')?.value, 'on');
  });

  it('refuses the harmful values of a team as those of a guide', () => {
    const [ours] = ownProfiles([{ id: 'ours', settings: { work_mem: '1GB', fsync: 'perhaps', jit: 'off' } }]);
    const refused = evaluateProfile(ours!, assumedFacts(ours!)).filter(each => each.refused !== null);
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['work_mem', 'fsync'],
    );
  });

  it('takes profiles that build on each other, and none that builds on itself', () => {
    const made = ownProfiles([
      { id: 'a', settings: { jit: 'off' } },
      { id: 'b', extends: 'a', settings: { work_mem: '8MB' } },
      { id: 'c', extends: 'c', settings: { work_mem: '9MB' } },
      { title: 'without an id' },
    ]);
    assert.deepEqual(
      made.map(({ id, settings }) => [id, settings.map(({ name }) => name)]),
      [
        ['a', ['jit']],
        ['b', ['jit', 'work_mem']],
        ['c', ['work_mem']],
      ],
    );
  });
});

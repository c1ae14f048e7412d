import assert from 'node:assert/strict';
import { Keepers, SAVE_REQUESTS } from '../../../src/extension/keepers';
import { SAVE_MIGRATION, type SaveMigrationParams } from '../../../src/protocol/migration';
import { SAVE_PROFILE_RUN } from '../../../src/protocol/profile';

const PLAN = { id: 'plan', title: 'Partition it', notes: [], steps: [] };
const STATE: SaveMigrationParams = { connectionId: 'shop', kept: { plan: PLAN, finished: [] } };

describe('who keeps the state of a run', () => {
  it('answers once it is kept', async () => {
    const keepers = new Keepers();
    const told: string[] = [];
    let finish = (): void => {};
    keepers.set(SAVE_MIGRATION, ({ connectionId }) => {
      told.push(connectionId);
      return new Promise(resolve => (finish = resolve));
    });
    const answer = keepers.keep(SAVE_MIGRATION, STATE).then(() => told.push('answered'));
    await Promise.resolve();
    assert.deepEqual(told, ['shop']);
    finish();
    await answer;
    assert.deepEqual(told, ['shop', 'answered']);
  });

  it('refuses what nobody keeps, or keeps no longer', async () => {
    const keepers = new Keepers();
    const isRefused = /no place to keep/;
    for (const request of SAVE_REQUESTS) await assert.rejects(keepers.keep(request, STATE as never), isRefused);
    keepers.set(SAVE_MIGRATION, async () => {});
    assert.equal(await keepers.keep(SAVE_MIGRATION, STATE), null);
    await assert.rejects(keepers.keep(SAVE_PROFILE_RUN, {} as never), isRefused);
    keepers.delete(SAVE_MIGRATION);
    await assert.rejects(keepers.keep(SAVE_MIGRATION, STATE), isRefused);
  });
});

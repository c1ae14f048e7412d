import * as assert from 'node:assert/strict';
import type { MigrationPlan, MigrationStep } from '../../../src/core/advisor/migration/migrationPlan';
import { migrationLenses, stepsLeft, type ShownMigration } from '../../../src/extension/migration/migrationLenses';
import { isUnfinished, migrationKey, MigrationStorage } from '../../../src/extension/migration/migrationStore';

const step = (id: string, more: Partial<MigrationStep> = {}): MigrationStep => ({
  id,
  title: id,
  explanation: '',
  sql: ['select 1'],
  inverse: ['select 2'],
  runsInTransaction: true,
  locks: 'none',
  ...more,
});

const PLAN: MigrationPlan = {
  id: 'plan',
  title: 'Partition it',
  notes: [],
  steps: [step('one'), step('two', { irreversible: 'It drops.' }), step('three'), step('later', { onRequest: true })],
};

function shown(more: Partial<ShownMigration> = {}): ShownMigration {
  const steps = PLAN.steps.map(({ id }, place) => ({ id, line: 10 * (place + 1) }));
  return {
    key: 'k',
    connection: 'shop',
    plan: PLAN,
    header: [],
    preview: { text: '', steps, changes: [] },
    isRunning: false,
    ...more,
  };
}

const finished = (...ids: string[]) => ids.map(id => ({ id, finishedAt: '2026-01-01T00:00:00Z', tookMs: 1200 }));

/** "line title [action step]" of each lens. */
function told(migration: ShownMigration): string[] {
  return migrationLenses(migration).map(
    ({ line, title, action, stepId }) =>
      `${line} ${title}${action === undefined ? '' : ` [${action}${stepId === undefined ? '' : ` ${stepId}`}]`}`,
  );
}

describe('extension/migration', () => {
  it('offers the first step of a fresh plan, and all of them', () => {
    assert.deepEqual(told(shown()), [
      '0 $(run-all) Run all 3 steps on shop [runAll]',
      '0 $(save-as) Save as migration files [saveAsFiles]',
      '10 $(play) Run this step [runStep one]',
      '10 $(run-all) Run all from here [runAll one]',
      '20 $(circle-outline) Not run yet',
      '30 $(circle-outline) Not run yet',
      '40 $(circle-outline) Later, when you say so',
    ]);
  });

  it('tells what is done and failed, and the way back', () => {
    const kept = { plan: PLAN, finished: finished('one', 'two'), begun: 'three' };
    const failed = { stepId: 'three', message: 'no\n  room' };
    assert.deepEqual(told(shown({ kept, failed })), [
      '0 $(run-all) Run the step left on shop [runAll]',
      '0 $(discard) Undo all [undo]',
      '0 $(save-as) Save as migration files [saveAsFiles]',
      '10 $(check) Done in 1.2 s',
      '10 $(discard) Undo back to here [undo one]',
      '20 $(check) Done in 1.2 s',
      '20 $(circle-slash) No way back',
      '30 $(error) Failed: no room',
      '30 $(play) Run this step again [runStep three]',
      '40 $(circle-outline) Later, when you say so',
    ]);
  });

  it('says that a step of an earlier window is in doubt', () => {
    const kept = { plan: PLAN, finished: finished('one'), begun: 'two' };
    assert.ok(told(shown({ kept })).includes('20 $(warning) Begun, and not known to have ended'));
  });

  it('offers what waits for a word once all else is done', () => {
    const kept = { plan: PLAN, finished: finished('one', 'two', 'three') };
    const lenses = told(shown({ kept }));
    assert.equal(lenses[0], '0 $(check) All steps are done on shop');
    assert.equal(lenses.at(-1), '40 $(play) Run this step [runStep later]');
    assert.ok(lenses.includes('30 $(discard) Undo [undo three]'));
  });

  it('offers nothing while it runs', () => {
    const kept = { plan: PLAN, finished: finished('one'), begun: 'two' };
    const lenses = migrationLenses(shown({ kept, isRunning: true }));
    assert.deepEqual(lenses.filter(({ action }) => action !== undefined), []); // prettier-ignore
    assert.ok(lenses.some(({ line, title }) => line === 20 && title.includes('Running')));
  });

  it('keeps what was begun, and forgets what was taken back', async () => {
    const values = new Map<string, unknown>();
    const memento = {
      keys: () => [...values.keys()],
      get: (key: string, otherwise?: unknown) => values.get(key) ?? otherwise,
      update: async (key: string, value: unknown) => void values.set(key, JSON.parse(JSON.stringify(value))),
    } as unknown as ConstructorParameters<typeof MigrationStorage>[0];
    const storage = new MigrationStorage(memento);
    const migration = { connection: 'shop', header: ['why'], kept: { plan: PLAN, finished: finished('one') } };
    await storage.save(migration);
    await storage.save({ ...migration, connection: 'other' });
    const again = new MigrationStorage(memento);
    assert.deepEqual(again.get('shop', 'plan'), migration);
    assert.ok(again.all().every(isUnfinished));
    await again.save({ ...migration, kept: { plan: PLAN, finished: [] } });
    assert.deepEqual(again.all().map(({ connection }) => connection), ['other']); // prettier-ignore
    assert.notEqual(migrationKey('a', 'b'), migrationKey('ab', ''));
    assert.equal(
      isUnfinished({ ...migration, kept: { plan: PLAN, finished: finished('one', 'two', 'three') } }),
      false,
    );
    assert.deepEqual(stepsLeft({ plan: PLAN, kept: migration.kept }).map(({ id }) => id), ['two', 'three']); // prettier-ignore
  });
});

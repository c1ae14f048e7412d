import * as assert from 'node:assert/strict';
import { maintenancePlan, type MaintenanceSpec, type RangeScheme } from '../../../src/core/advisor/partitions';
import { memoryStore } from '../../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../../src/database/migration/runMigration';
import { onEachServer } from '../servers';
import { column, Maintained } from './maintained';
import { assertFinished, planFor } from './support';
import { EVENTS } from './writers';

describe('database/partitions: a table is partitioned, then kept', function () {
  this.timeout(120_000);

  onEachServer(EVENTS(20_000), server => {
    const scheme: RangeScheme = {
      method: 'range',
      column: 'happened',
      keyKind: 'timestamptz',
      period: 'month',
      timeZone: 'America/New_York',
    };
    const spec: MaintenanceSpec = { schema: 'public', table: 'events', scheme, ahead: 2 };

    it('without a gap or an overlap between what the migration made and what the routines make', async () => {
      const { plan } = await planFor(server().db, 'events', scheme);
      assertFinished(await runMigration(server().db, plan, { store: memoryStore() }));
      const before = await column(server(), 'select count(*)::int from events');
      const made = await new Maintained(server(), spec).install();
      // the months from the last rows on, up to two after the clock
      await made.run('2024-05-10 12:00+00');
      const bounds = (await made.partitions('America/New_York')).flatMap(line => {
        const [, from, to] = /: '(.*)' to '(.*)'/.exec(line) ?? [];
        return from && to ? [[from, to] as const] : [];
      });
      bounds.sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [i, [from]] of bounds.slice(1).entries()) assert.equal(from, bounds[i]![1]);
      assert.ok(bounds.length >= 5);
      assert.deepEqual(await column(server(), 'select count(*)::int from events'), before);
      await server().run(`insert into events (happened, writer, payload) values ('2024-07-31', 1, 'new')`);
    });

    it('by a plan that runs, runs again and is taken back', async () => {
      const store = memoryStore();
      const plan = maintenancePlan(
        { ...spec, keep: '50 years', retirement: { action: 'archive', schema: 'attic' } },
        { extensions: [] },
      );
      assertFinished(await runMigration(server().db, plan, { store }));
      assertFinished(await runMigration(server().db, plan, { store }));
      const routines = `select count(*)::int from pg_proc where proname ~ '_of_events$'`;
      assert.deepEqual(await column(server(), routines), [4]);
      assertFinished(await undoMigration(server().db, { store }));
      assert.deepEqual(await column(server(), routines), [0]);
    });
  });
});

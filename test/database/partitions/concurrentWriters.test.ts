import assert from 'node:assert/strict';
import type { RangeScheme } from '../../../src/core/advisor/partitions/scheme';
import { memoryStore } from '../../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../../src/database/migration/runMigration';
import { onEachServer } from '../servers';
import { assertFinished, planFor, value } from './support';
import { EVENTS, Writers } from './writers';

const ROWS = 60_000;
const BY_MONTH: RangeScheme = {
  method: 'range',
  column: 'happened',
  keyKind: 'timestamptz',
  period: 'month',
  timeZone: 'UTC',
};

describe('database/partitions/concurrentWriters', function () {
  this.timeout(240_000);
  onEachServer(EVENTS(ROWS), server => {
    it('loses and doubles no row while four connections write, forth and back', async () => {
      const { db, major } = server();
      const writers = new Writers(db);
      const { plan } = await planFor(db, 'events', BY_MONTH, { batchRows: 1000 });
      const store = memoryStore();

      await writers.start(major);
      await writers.more(20);
      const longest = { before: writers.takeLongestMs(), copying: 0, swap: 0, back: 0 };
      assertFinished(await runMigration(db, plan, { store, stopBefore: 'swap' }));
      longest.copying = writers.takeLongestMs();
      assertFinished(await runMigration(db, plan, { store }));
      longest.swap = writers.takeLongestMs();
      await writers.more(20);
      await writers.stop();
      assert.equal(await value(db, `select relkind::text from pg_class where oid = 'events'::regclass`), 'p');
      await writers.compare();

      await writers.start(major + 1000);
      await writers.more(20);
      writers.takeLongestMs();
      assertFinished(await undoMigration(db, { store }));
      longest.back = writers.takeLongestMs();
      await writers.more(20);
      await writers.stop();
      assert.equal(await value(db, `select relkind::text from pg_class where oid = 'events'::regclass`), 'r');
      await writers.compare();
      console.log(`        ${writers.committed} transactions; the longest statement of a writer in ms:`, longest);
    });
  });
});

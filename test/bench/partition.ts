import type { RangeScheme } from '../../src/core/advisor/partitions/scheme';
import { planPartitionMigration } from '../../src/core/advisor/partitions/migration/planPartitionMigration';
import { formatBytes, formatCount, formatMs } from '../../src/core/base/units';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { memoryStore, type MigrationOutcome } from '../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../src/database/migration/runMigration';
import { readPartitionPieces } from '../../src/database/partitions/readPartitionPieces';
import { readTableDefinition } from '../../src/database/partitions/readTableDefinition';
import { checksum } from '../database/partitions/support';
import { EVENTS, Writers } from '../database/partitions/writers';

/** Rows of the table; `QUERY_TUNER_PARTITION_ROWS` sets others. */
const ROWS = Number(process.env['QUERY_TUNER_PARTITION_ROWS'] ?? 5_000_000);

/** Writers keep a journal of every hundredth row; the rest is compared by its checksum. */
const OWN_EVERY = 100;

const BY_YEAR: RangeScheme = {
  method: 'range',
  column: 'happened',
  keyKind: 'timestamptz',
  period: 'year',
  timeZone: 'UTC',
};

/** A table in use is partitioned and taken back while four connections write; what each step and each writer takes. */
export async function benchPartition(): Promise<void> {
  const server = await startEmbedded({ settings: { max_wal_size: '4GB', maintenance_work_mem: '256MB' } });
  try {
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    try {
      await db.withSession(session => session.execute(EVENTS(ROWS, OWN_EVERY)));
      await migrate(db, server.major);
    } finally {
      await db.dispose();
    }
  } finally {
    await server.stop();
  }
}

async function migrate(db: PostgresDatabase, major: number): Promise<void> {
  const table = await readTableDefinition(db, 'events');
  const pieces = await readPartitionPieces(db, table, BY_YEAR);
  const migration = planPartitionMigration(table, BY_YEAR, pieces);
  if ('refusals' in migration) throw new Error(migration.refusals.join('\n'));
  const { plan } = migration;
  console.log(
    `partition: PostgreSQL ${major}, ${formatCount(ROWS)} rows, ${formatBytes(table.sizeBytes)}, ${pieces.pieces.length} partitions, four writers`,
  );
  const nobodys = (): Promise<string> => checksum(db, '(select * from events where writer = 9)');
  const rows = await nobodys();
  const writers = new Writers(db);
  const store = memoryStore();
  await writers.start(1);
  await writers.more(200);
  const alone = { committed: writers.committed, ms: writers.takeLongestMs() };
  console.log(`  before: the longest statement of a writer ${formatMs(alone.ms)}`);

  const startedAt = performance.now();
  expectFinished(await runMigration(db, plan, { store, stopBefore: 'swap' }));
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = Math.round((writers.committed - alone.committed) / seconds);
  console.log(
    `  until the swap: ${formatMs(seconds * 1000)}, ${formatCount(rate)} transactions of the writers a second, the longest statement of a writer ${formatMs(writers.takeLongestMs())}`,
  );
  const outcome = await runMigration(db, plan, { store });
  expectFinished(outcome);
  console.log(`  swap: the longest statement of a writer ${formatMs(writers.takeLongestMs())}`);
  for (const step of outcome.record.finished) {
    const speed = step.rows ? `, ${formatCount(Math.round(step.rows / (step.tookMs / 1000)))} rows a second` : '';
    console.log(`    ${step.id.padEnd(22)} ${formatMs(step.tookMs)}${speed}`);
  }
  await writers.more(200);
  writers.takeLongestMs();
  expectFinished(await undoMigration(db, { store }));
  console.log(`  back: the longest statement of a writer ${formatMs(writers.takeLongestMs())}`);
  await writers.stop();
  await writers.compare();
  if ((await nobodys()) !== rows) throw new Error('rows that nobody wrote have changed');
  console.log(`  ${formatCount(writers.committed)} transactions; no row lost, doubled or wrong`);
}

function expectFinished(outcome: MigrationOutcome): void {
  if (outcome.kind === 'stopped') throw new Error(`${outcome.stepId}: ${outcome.message}`);
}

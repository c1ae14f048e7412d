import assert from 'node:assert/strict';
import type { MigrationPlan } from '../../../src/core/advisor/migration/migrationPlan';
import type { PartitionMigrationOptions } from '../../../src/core/advisor/partitions/migration/migrationOptions';
import { planPartitionMigration } from '../../../src/core/advisor/partitions/migration/planPartitionMigration';
import type { KeyKind, PartitionScheme, PeriodUnit } from '../../../src/core/advisor/partitions/scheme';
import type { TableDefinition } from '../../../src/core/advisor/partitions/tableDefinition';
import type { PostgresDatabase } from '../../../src/database/connect';
import type { MigrationOutcome } from '../../../src/database/migration/migrationRecord';
import { readPartitionPieces, type PieceOptions } from '../../../src/database/partitions/readPartitionPieces';
import { readTableDefinition } from '../../../src/database/partitions/readTableDefinition';

export interface Planned {
  readonly table: TableDefinition;
  readonly plan: MigrationPlan;
}

export async function planFor(
  db: PostgresDatabase,
  name: string,
  scheme: PartitionScheme,
  options: Partial<PartitionMigrationOptions & PieceOptions> = {},
): Promise<Planned> {
  const table = await readTableDefinition(db, name);
  const migration = planPartitionMigration(
    table,
    scheme,
    await readPartitionPieces(db, table, scheme, options),
    options,
  );
  if ('refusals' in migration) assert.fail(migration.refusals.join('\n'));
  return { table, plan: migration.plan };
}

export async function refusalsFor(
  db: PostgresDatabase,
  name: string,
  scheme: PartitionScheme,
  options: Partial<PartitionMigrationOptions> = {},
): Promise<readonly string[]> {
  const table = await readTableDefinition(db, name);
  const pieces =
    table.kind === 'r' && table.columns.some(column => column.name === scheme.column)
      ? await readPartitionPieces(db, table, scheme)
      : { pieces: [], hasNulls: false };
  const migration = planPartitionMigration(table, scheme, pieces, options);
  return 'refusals' in migration ? migration.refusals : [];
}

export function assertFinished(outcome: MigrationOutcome): void {
  if (outcome.kind === 'stopped')
    assert.fail(`${outcome.reason} at ${outcome.stepId}: ${outcome.message}\n${outcome.stands.join('\n')}`);
}

/** Rows and a checksum over all of them, as text. */
export async function checksum(db: PostgresDatabase, table: string, columns = 't.*'): Promise<string> {
  const [row] = await db.query<{ sum: string }>(
    `select count(*) || ' rows, ' || coalesce(sum(hashtextextended(row(${columns})::text, 0)::numeric), 0) as sum from ${table} t`,
  );
  return row?.sum ?? '';
}

/** The first column of the first row. */
export async function value<T>(db: PostgresDatabase, sql: string): Promise<T> {
  const [row] = await db.query(sql);
  return Object.values(row ?? {})[0] as T;
}

export const range = (
  column: string,
  keyKind: KeyKind,
  period: PeriodUnit = 'month',
  timeZone = 'UTC',
): PartitionScheme => ({
  method: 'range',
  column,
  keyKind,
  period,
  timeZone,
});

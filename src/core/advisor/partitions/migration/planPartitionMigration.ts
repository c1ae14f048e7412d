import { hashText } from '../../../base/hashText';
import { quoteIdentifier, quoteQualified } from '../../../sql/identifiers';
import type { MigrationPlan, MigrationStep } from '../../migration/migrationPlan';
import { PERIOD_INTERVALS, type PartitionScheme } from '../scheme';
import type { TableDefinition } from '../tableDefinition';
import { analyzeStep, laterSteps, materializedViewStep, verifyStep } from './migrationAfter';
import { catchUpStep, copyStep, helpersStep, recordStep } from './migrationCopy';
import { validateStep } from './migrationForeignKeys';
import { indexSteps } from './migrationIndexes';
import { migrationNames, qualifier } from './migrationNames';
import { migrationNotes } from './migrationNotes';
import { DEFAULT_OPTIONS, rowKeyOf, type Migration, type PartitionMigrationOptions } from './migrationOptions';
import { migrationRefusals } from './migrationRefusals';
import { swapStep } from './migrationSwap';
import { createPartitionsStep, createTableStep } from './migrationTable';
import type { PartitionPieces } from './partitionPieces';

export type PartitionMigration =
  | { readonly plan: MigrationPlan }
  /** Why not, each a sentence that says what would help. */
  | { readonly refusals: readonly string[] };

/**
 * The complete migration of an existing table to a partitioned one, while it is in use. Nothing of it runs by itself:
 * `migrationScript` makes a script of the plan, `runMigration` runs it.
 * @param pieces how its rows fall into partitions; see `readPartitionPieces`.
 */
export function planPartitionMigration(
  table: TableDefinition,
  scheme: PartitionScheme,
  pieces: PartitionPieces,
  given: Partial<PartitionMigrationOptions> = {},
): PartitionMigration {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const refusals = migrationRefusals(table, scheme, pieces, options);
  const key = rowKeyOf(table);
  if (refusals.length > 0 || !key) return { refusals };
  const names = migrationNames(
    table,
    pieces.pieces.map(piece => piece.suffix),
  );
  const migration: Migration = {
    ...{ table, scheme, pieces, options, names, key, q: qualifier(table) },
    lockTimeoutMs: Math.round(table.runner.deadlockTimeoutMs * 1.5),
  };
  const steps: MigrationStep[] = [
    createTableStep(migration),
    createPartitionsStep(migration),
    helpersStep(migration),
    recordStep(migration),
    copyStep(migration),
    catchUpStep(migration),
    ...indexSteps(migration),
    verifyStep(migration),
    analyzeStep(migration),
    swapStep(migration),
    ...validateStep(migration),
    ...materializedViewStep(migration),
    ...laterSteps(migration),
  ];
  const name = quoteQualified(table.schema, table.name);
  return {
    plan: {
      id: `partition:${table.schema}.${table.name}:${hashText(JSON.stringify([scheme, options, table.fingerprint, names]))}`,
      title: `Partition ${name} by ${schemeText(scheme)}`,
      notes: migrationNotes(migration),
      settings: {
        // A role that may not see all rows must fail instead of copying too few.
        row_security: 'off',
        default_transaction_isolation: 'read committed',
      },
      steps,
    },
  };
}

/** `range (created_at), a partition a month`. */
export function schemeText(scheme: PartitionScheme): string {
  const key = quoteIdentifier(scheme.column);
  switch (scheme.method) {
    case 'range':
      return `range (${key}), a partition for every ${PERIOD_INTERVALS[scheme.period]}`;
    case 'list':
      return `list (${key}), ${scheme.values.length} values`;
    case 'hash':
      return `hash (${key}), ${scheme.modulus} partitions`;
  }
}

import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { assessCheck, unknownResult, type LimitOverrides } from '../../core/health/assess';
import type { HealthResult, HealthServer } from '../../core/health/check';
import { INDEX_CHECKS, type IndexConcern } from '../../core/health/indexHealth';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { reviewServer } from '../existingIndexes/reviewServer';

/**
 * The checks on existing indexes. They read the whole catalog, so they are for a report or a button, not for every
 * refresh.
 * @throws CancelledError once the signal has fired.
 */
export async function reviewIndexHealth(
  db: PostgresDatabase,
  catalog: Catalog,
  server: HealthServer,
  options: { readonly limits?: LimitOverrides; readonly signal?: CancelSignal } = {},
): Promise<HealthResult[]> {
  const { limits, signal } = options;
  try {
    const { findings } = await reviewServer(db, catalog, signal ? { signal } : {});
    const concerns = findings.map(({ problem, index, relation, evidence, sizeBytes, change }): IndexConcern => ({
      problem,
      name: index ?? relation,
      detail: evidence.text,
      bytes: sizeBytes,
      sql: change?.sql ?? null,
    }));
    return INDEX_CHECKS.map(check => assessCheck(check, concerns, server, limits));
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind === 'connection') throw error;
    return INDEX_CHECKS.map(check => unknownResult(check, error.message, limits));
  }
}

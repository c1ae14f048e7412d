import type { CancelSignal } from '../../core/base/cancelSignal';
import { throwIfCancelled } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { DatabaseError, type CostEstimator } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { findHypopg, HypopgEstimator } from './hypopg';
import { openShadow, type ShadowOptions } from './shadow';
import { TrialEstimator } from './trial';

export interface EstimatorOptions extends ShadowOptions {
  /** `auto`: HypoPG where it is installed, else the shadow. `trial` builds indexes on the target and rolls back. */
  readonly method: 'auto' | 'hypopg' | 'shadow' | 'trial';
  readonly signal?: CancelSignal;
}

/** What is off by more than this tells little about which index is better. Our own choice; the usual error is below 0.01. */
const TRUSTED_ERROR = 0.3;

/**
 * A planner that can be asked "what if these indexes existed". Dispose of it after use.
 * @throws DatabaseError `unsupported` with the reason, if the method asked for is not to be had here.
 */
export async function openCostEstimator(
  db: PostgresDatabase,
  catalog: Catalog,
  options: EstimatorOptions,
): Promise<CostEstimator> {
  throwIfCancelled(options.signal);
  if (options.method === 'trial') return new TrialEstimator(db, catalog);
  if (options.method === 'shadow') return openShadow(db, catalog, options);
  const schema = await findHypopg(db);
  if (schema !== undefined) return new HypopgEstimator(db, catalog, schema);
  if (options.method === 'hypopg')
    throw new DatabaseError('unsupported', 'the extension hypopg is not installed in this database');
  return openShadow(db, catalog, { trustedError: TRUSTED_ERROR, ...options });
}

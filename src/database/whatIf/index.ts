import type { CancelSignal } from '../../core/base/cancelSignal';
import { throwIfCancelled } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { DatabaseError, type CostEstimator } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { AutoEstimator } from './auto';
import { findHypopg, HypopgEstimator } from './hypopg';
import { openShadow, type ShadowOptions } from './shadow';
import { TrialEstimator } from './trial';

export { warmShadow } from './shadow';

export interface EstimatorOptions extends ShadowOptions {
  /** `auto`: the shadow where it plans as the server does, else HypoPG where that is installed. */
  readonly method: 'auto' | 'hypopg' | 'shadow' | 'trial';
  /** Whoever uses this server was asked: a trial builds indexes, and writers of the table wait while it lasts. */
  readonly trialAgreed?: boolean;
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
  const { method, signal, trialAgreed, ...shadow } = options;
  throwIfCancelled(signal);
  if (method === 'trial') {
    if (!trialAgreed)
      throw new DatabaseError('unsupported', 'a trial builds indexes on the server, and nobody agreed to that here');
    return new TrialEstimator(db, catalog);
  }
  if (method === 'shadow') return openShadow(db, catalog, shadow);
  const schema = await findHypopg(db, signal);
  const hypopg = schema === undefined ? undefined : new HypopgEstimator(db, catalog, schema);
  if (method === 'hypopg') {
    if (!hypopg)
      throw new DatabaseError(
        'unsupported',
        'the extension hypopg is not installed in this database, or a pooler is in between',
      );
    return hypopg;
  }
  if (!hypopg) return openShadow(db, catalog, { trustedError: TRUSTED_ERROR, ...shadow });
  try {
    return new AutoEstimator(openShadow(db, catalog, shadow), hypopg);
  } catch (error) {
    // the shadow's worker is not built
    if (error instanceof DatabaseError && error.kind === 'unsupported') return hypopg;
    throw error;
  }
}

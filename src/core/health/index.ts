import type { HealthCheck, HealthLimits } from './check';
import { INDEX_CHECKS } from './indexHealth';
import { HEALTH_CHECKS } from './registry';

/** Every check there is: those that are a query each, and those on the review of indexes. */
export const ALL_HEALTH_CHECKS: readonly HealthCheck[] = [...HEALTH_CHECKS, ...INDEX_CHECKS];

/** The checks whose limits can be set, with those they have. */
export const HEALTH_LIMITS: readonly { id: string; title: string; unit: string; limits: HealthLimits }[] =
  ALL_HEALTH_CHECKS.flatMap(({ id, title, unit, limits }) => (limits ? [{ id, title, unit, limits }] : []));

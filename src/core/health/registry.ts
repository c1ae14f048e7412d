import { CACHE_CHECKS } from './checks/cache';
import { CONNECTION_CHECKS } from './checks/connections';
import { LIMIT_CHECKS } from './checks/limits';
import { REPLICATION_CHECKS } from './checks/replication';
import { SESSION_CHECKS } from './checks/sessions';
import { STATEMENT_CHECKS } from './checks/statements';
import { STORAGE_CHECKS } from './checks/storage';
import { TABLE_CHECKS } from './checks/tables';
import { VACUUM_CHECKS } from './checks/vacuum';
import type { HealthCheck } from './check';

/** Every check that is one query, in the order they are shown. */
export const HEALTH_CHECKS: readonly HealthCheck[] = [
  ...STATEMENT_CHECKS,
  ...CACHE_CHECKS,
  ...CONNECTION_CHECKS,
  ...SESSION_CHECKS,
  ...VACUUM_CHECKS,
  ...TABLE_CHECKS,
  ...STORAGE_CHECKS,
  ...REPLICATION_CHECKS,
  ...LIMIT_CHECKS,
];

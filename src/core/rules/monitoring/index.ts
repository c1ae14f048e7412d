import type { Rule } from '../defineRule';

/** Rules over queries on statistics views and catalogs, and over scheduled jobs. */
export const MONITORING_RULES: readonly Rule[] = [];

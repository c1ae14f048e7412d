import type { Rule } from '../defineRule';
import { unknownSystemColumn } from './unknownSystemColumn';

/** Rules over queries on statistics views and catalogs, and over scheduled jobs. */
export const MONITORING_RULES: readonly Rule[] = [unknownSystemColumn];

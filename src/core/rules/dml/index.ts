import type { Rule } from '../defineRule';

/** Rules over INSERT, UPDATE, DELETE, MERGE and locking reads. */
export const DML_RULES: readonly Rule[] = [];

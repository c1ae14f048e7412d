import type { Rule } from '../defineRule';

/** Rules over the design of indexes. */
export const INDEX_RULES: readonly Rule[] = [];

import type { Rule } from '../defineRule';

/** Rules over how the relations of a query are joined and combined. */
export const JOIN_RULES: readonly Rule[] = [];

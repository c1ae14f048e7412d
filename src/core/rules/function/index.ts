import type { Rule } from '../defineRule';

/** Rules over functions, procedures, DO blocks and triggers. */
export const FUNCTION_RULES: readonly Rule[] = [];

import type { Rule } from './defineRule';

/** Every rule over SQL text, in the order of the reference. */
export const RULES: readonly Rule[] = [];

import type { Rule } from '../defineRule';

/** Rules over SET, ALTER SYSTEM and configuration. */
export const SETTINGS_RULES: readonly Rule[] = [];

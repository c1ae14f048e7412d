import type { Rule } from '../defineRule';
import { foreignKeyWithoutIndex } from './foreignKeyWithoutIndex';

/** Rules over tables, types, keys, partitions and materialized views. */
export const SCHEMA_RULES: readonly Rule[] = [foreignKeyWithoutIndex];

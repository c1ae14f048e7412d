import type { Rule } from '../defineRule';
import { addColumnNotNullWithoutDefault } from './addColumnNotNullWithoutDefault';
import { indexNotConcurrently } from './indexNotConcurrently';
import { volatileIndexPredicate } from './volatileIndexPredicate';

/** Rules over what a change of the schema locks, rewrites or breaks. */
export const DDL_RULES: readonly Rule[] = [
  volatileIndexPredicate,
  indexNotConcurrently,
  addColumnNotNullWithoutDefault,
];

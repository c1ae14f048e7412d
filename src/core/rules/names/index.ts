import type { Rule } from '../defineRule';
import { ambiguousColumn } from './ambiguousColumn';
import { unknownColumn } from './unknownColumn';
import { unknownRelation } from './unknownRelation';

/** Rules over names that mean nothing, or more than one thing. */
export const NAMES_RULES: readonly Rule[] = [unknownRelation, unknownColumn, ambiguousColumn];

import type { RewriteShape } from '../shape';
import { BLOCK_SHAPES } from './blocks';
import { CONDITION_SHAPES } from './conditions';
import { CTE_SHAPES, LIST_SHAPES } from './ctes';
import { QUERY_SHAPES } from './queries';
import { SUBQUERY_SHAPES } from './subqueries';
import { TIME_SHAPES } from './times';

/** All shapes that the property test makes statements of. */
export const SHAPES: readonly RewriteShape[] = [
  ...CONDITION_SHAPES,
  ...QUERY_SHAPES,
  ...TIME_SHAPES,
  ...SUBQUERY_SHAPES,
  ...CTE_SHAPES,
  ...LIST_SHAPES,
  ...BLOCK_SHAPES,
];

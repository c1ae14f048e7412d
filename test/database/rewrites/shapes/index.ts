import type { RewriteShape } from '../shape';
import { CONDITION_SHAPES } from './conditions';
import { QUERY_SHAPES } from './queries';

/** All shapes that the property test makes statements of. */
export const SHAPES: readonly RewriteShape[] = [...CONDITION_SHAPES, ...QUERY_SHAPES];

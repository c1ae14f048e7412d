import type { RewriteShape } from '../shape';

/** All shapes that the property test makes statements of. */
export const SHAPES: readonly RewriteShape[] = [];

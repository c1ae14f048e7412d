import type { RewriteShape } from '../shape';
import { AGGREGATE_SHAPES } from './aggregateBeforeJoin';
import { EXISTENCE_SHAPES } from './existence';
import { FIRST_OF_GROUP_SHAPES } from './firstOfGroup';
import { OR_SHAPES } from './orToUnionAll';
import { UNION_SHAPES } from './unionToUnionAll';

/** Queries that are taken apart: their joins, groups and set operations. */
export const BLOCK_SHAPES: readonly RewriteShape[] = [
  ...OR_SHAPES,
  ...UNION_SHAPES,
  ...EXISTENCE_SHAPES,
  ...FIRST_OF_GROUP_SHAPES,
  ...AGGREGATE_SHAPES,
];

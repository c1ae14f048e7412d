import type { RewriteDefinition } from './rewrite';
import { allToNotExists, correlatedInToExists } from './correlatedInToExists';
import { distinctJoinToExists } from './distinctJoinToExists';
import { leftJoinNullToNotExists } from './leftJoinNullToNotExists';
import { orToUnionAll } from './orToUnionAll';
import { orWithinTableToUnionAll } from './orWithinTableToUnionAll';
import { unionToUnionAll } from './unionToUnionAll';

/** Rewrites that take a whole query apart: its joins, groups, set operations. */
export const BLOCK_REWRITES: readonly RewriteDefinition[] = [
  orToUnionAll,
  orWithinTableToUnionAll,
  unionToUnionAll,
  distinctJoinToExists,
  leftJoinNullToNotExists,
  correlatedInToExists,
  allToNotExists,
];

import type { RewriteDefinition } from './rewrite';
import { distinctJoinToExists } from './distinctJoinToExists';
import { orToUnionAll } from './orToUnionAll';

/** Rewrites that take a whole query apart: its joins, groups, set operations. */
export const BLOCK_REWRITES: readonly RewriteDefinition[] = [distinctJoinToExists, orToUnionAll];

import type { RewriteCases } from '../rewriteCases';
import { BLOCK_CASES } from './blockCases';
import { inListToArray } from './inListToArray';
import { insertsToOne } from './insertsToOne';
import { offsetToKeyset } from './offsetToKeyset';
import { havingToWhere } from './havingToWhere';
import { timePartsToRange } from './timePartsToRange';
import { truncatedTimeToRange } from './truncatedTimeToRange';
import { subqueriesToLateral, subqueryToGroupedJoin, subqueryToLeftJoin } from './subqueries';
import { intervalToBareColumn } from './intervalToBareColumn';
import { randomOrderToSample } from './randomOrderToSample';
import { conditionIntoCte, cteMaterialized, cteNotMaterialized } from './ctes';
import { ilikeToTextSearch } from './ilikeToTextSearch';

/** The cases of rewrites of our own; those of rules' fixes are the rules' examples. */
export const REWRITE_CASES: readonly RewriteCases[] = [
  offsetToKeyset,
  inListToArray,
  insertsToOne,
  havingToWhere,
  timePartsToRange,
  truncatedTimeToRange,
  subqueriesToLateral,
  subqueryToGroupedJoin,
  subqueryToLeftJoin,
  intervalToBareColumn,
  randomOrderToSample,
  conditionIntoCte,
  cteMaterialized,
  cteNotMaterialized,
  ilikeToTextSearch,
  ...BLOCK_CASES,
];

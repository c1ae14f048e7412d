import type { Rule } from '../defineRule';
import { betweenTimestamps } from './betweenTimestamps';
import { castOnColumn } from './castOnColumn';
import { countForExistence } from './countForExistence';
import { deepOffset } from './deepOffset';
import { deleteWithoutWhere } from './deleteWithoutWhere';
import { functionOnColumn } from './functionOnColumn';
import { havingWithoutAggregate } from './havingWithoutAggregate';
import { leadingWildcardLike } from './leadingWildcardLike';
import { limitWithoutOrderBy } from './limitWithoutOrderBy';
import { notInSubquery } from './notInSubquery';
import { nullComparison } from './nullComparison';
import { orderByRandom } from './orderByRandom';
import { selectStar } from './selectStar';
import { unionDedup } from './unionDedup';
import { updateWithoutWhere } from './updateWithoutWhere';

/** Rules over what a query asks for: its filters, lists, order and grouping. */
export const QUERY_RULES: readonly Rule[] = [
  nullComparison,
  notInSubquery,
  updateWithoutWhere,
  deleteWithoutWhere,
  functionOnColumn,
  castOnColumn,
  leadingWildcardLike,
  deepOffset,
  orderByRandom,
  countForExistence,
  selectStar,
  unionDedup,
  limitWithoutOrderBy,
  havingWithoutAggregate,
  betweenTimestamps,
];

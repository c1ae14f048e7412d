import { addColumnNotNullWithoutDefault } from './ddl/addColumnNotNullWithoutDefault';
import { indexNotConcurrently } from './ddl/indexNotConcurrently';
import { volatileIndexPredicate } from './ddl/volatileIndexPredicate';
import type { Rule } from './defineRule';
import { betweenTimestamps } from './query/betweenTimestamps';
import { castOnColumn } from './query/castOnColumn';
import { countForExistence } from './query/countForExistence';
import { deepOffset } from './query/deepOffset';
import { deleteWithoutWhere } from './query/deleteWithoutWhere';
import { functionOnColumn } from './query/functionOnColumn';
import { havingWithoutAggregate } from './query/havingWithoutAggregate';
import { leadingWildcardLike } from './query/leadingWildcardLike';
import { limitWithoutOrderBy } from './query/limitWithoutOrderBy';
import { notInSubquery } from './query/notInSubquery';
import { nullComparison } from './query/nullComparison';
import { orderByRandom } from './query/orderByRandom';
import { selectStar } from './query/selectStar';
import { unionDedup } from './query/unionDedup';
import { updateWithoutWhere } from './query/updateWithoutWhere';
import { foreignKeyWithoutIndex } from './schema/foreignKeyWithoutIndex';

/** Every rule over SQL text, in the order of the reference. Rules over measured plans are in `plan/`. */
export const RULES: readonly Rule[] = [
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
  volatileIndexPredicate,
  indexNotConcurrently,
  addColumnNotNullWithoutDefault,
  foreignKeyWithoutIndex,
];

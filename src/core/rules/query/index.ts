import type { Rule } from '../defineRule';
import { anyOfArrayColumn } from './anyOfArrayColumn';
import { arithmeticOnColumn } from './arithmeticOnColumn';
import { betweenTimestamps } from './betweenTimestamps';
import { caseAsFilter } from './caseAsFilter';
import { caseInsensitiveLike } from './caseInsensitiveLike';
import { castOnColumn } from './castOnColumn';
import { coalesceOnColumn } from './coalesceOnColumn';
import { columnComparedWithItself } from './columnComparedWithItself';
import { concatenationCompared } from './concatenationCompared';
import { contradictoryConditions } from './contradictoryConditions';
import { correlatedSubquery } from './correlatedSubquery';
import { countForExistence } from './countForExistence';
import { countOfWholeTable } from './countOfWholeTable';
import { currentTime } from './currentTime';
import { deepOffset } from './deepOffset';
import { deleteWithoutWhere } from './deleteWithoutWhere';
import { distinctOnOrder } from './distinctOnOrder';
import { distinctOverJoin } from './distinctOverJoin';
import { distinctParentheses } from './distinctParentheses';
import { distinctWithGroupBy } from './distinctWithGroupBy';
import { distinctWithUniqueKey } from './distinctWithUniqueKey';
import { divisionByZero } from './divisionByZero';
import { firstRowByWindow } from './firstRowByWindow';
import { functionOnColumn } from './functionOnColumn';
import { havingWithoutAggregate } from './havingWithoutAggregate';
import { implicitCastOnColumn } from './implicitCastOnColumn';
import { inequalitiesJoinedByOr } from './inequalitiesJoinedByOr';
import { integerDivision } from './integerDivision';
import { isNotDistinctFromFilter } from './isNotDistinctFromFilter';
import { jsonTextFilter } from './jsonTextFilter';
import { keysetAsOrChain } from './keysetAsOrChain';
import { leadingWildcardLike } from './leadingWildcardLike';
import { likePrefixNeedsPatternOps } from './likePrefixNeedsPatternOps';
import { likeWithoutWildcard } from './likeWithoutWildcard';
import { limitWithoutOrderBy } from './limitWithoutOrderBy';
import { longInList } from './longInList';
import { notInSubquery } from './notInSubquery';
import { nullComparison } from './nullComparison';
import { nullInList } from './nullInList';
import { nullsOrderNotOfIndex } from './nullsOrderNotOfIndex';
import { offsetWithoutLimit } from './offsetWithoutLimit';
import { optionalFilter } from './optionalFilter';
import { orAcrossTables } from './orAcrossTables';
import { orderByInSubquery } from './orderByInSubquery';
import { orderByRandom } from './orderByRandom';
import { orderOutsideAggregate } from './orderOutsideAggregate';
import { orderWithoutIndex } from './orderWithoutIndex';
import { orOfSameColumn } from './orOfSameColumn';
import { positionInOrderBy } from './positionInOrderBy';
import { roundOfDouble } from './roundOfDouble';
import { selectInto } from './selectInto';
import { selectStar } from './selectStar';
import { setOperationColumns } from './setOperationColumns';
import { textSearchWithoutIndex } from './textSearchWithoutIndex';
import { timestampEqualsDay } from './timestampEqualsDay';
import { timestampZoneMix } from './timestampZoneMix';
import { typedLiteralWithParameter } from './typedLiteralWithParameter';
import { unanchoredRegex } from './unanchoredRegex';
import { unboundedSelect } from './unboundedSelect';
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
  arithmeticOnColumn,
  concatenationCompared,
  coalesceOnColumn,
  likeWithoutWildcard,
  likePrefixNeedsPatternOps,
  caseInsensitiveLike,
  unanchoredRegex,
  implicitCastOnColumn,
  nullInList,
  longInList,
  orOfSameColumn,
  orAcrossTables,
  optionalFilter,
  keysetAsOrChain,
  offsetWithoutLimit,
  orderByInSubquery,
  unboundedSelect,
  countOfWholeTable,
  distinctOverJoin,
  distinctWithGroupBy,
  distinctParentheses,
  distinctOnOrder,
  setOperationColumns,
  positionInOrderBy,
  correlatedSubquery,
  orderOutsideAggregate,
  selectInto,
  firstRowByWindow,
  contradictoryConditions,
  inequalitiesJoinedByOr,
  columnComparedWithItself,
  timestampZoneMix,
  timestampEqualsDay,
  currentTime,
  jsonTextFilter,
  anyOfArrayColumn,
  textSearchWithoutIndex,
  isNotDistinctFromFilter,
  caseAsFilter,
  integerDivision,
  divisionByZero,
  roundOfDouble,
  nullsOrderNotOfIndex,
  orderWithoutIndex,
  distinctWithUniqueKey,
  typedLiteralWithParameter,
];

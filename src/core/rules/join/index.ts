import type { Rule } from '../defineRule';
import { aggregateOverFanOut } from './aggregateOverFanOut';
import { conditionNotBinding } from './conditionNotBinding';
import { countStarOverLeftJoin } from './countStarOverLeftJoin';
import { crossJoinWithoutCondition } from './crossJoinWithoutCondition';
import { duplicateJoin } from './duplicateJoin';
import { joinTypeMismatch } from './joinTypeMismatch';
import { leftJoinMadeInner } from './leftJoinMadeInner';
import { materializedCteFence } from './materializedCteFence';
import { naturalJoin } from './naturalJoin';
import { recursiveWithoutStop } from './recursiveWithoutStop';
import { tooManyJoins } from './tooManyJoins';
import { unusedCte } from './unusedCte';
import { unusedLeftJoin } from './unusedLeftJoin';
import { writeNotBoundToTarget } from './writeNotBoundToTarget';

/** Rules over how the relations of a query are joined and combined. */
export const JOIN_RULES: readonly Rule[] = [
  crossJoinWithoutCondition,
  conditionNotBinding,
  writeNotBoundToTarget,
  leftJoinMadeInner,
  countStarOverLeftJoin,
  aggregateOverFanOut,
  recursiveWithoutStop,
  joinTypeMismatch,
  duplicateJoin,
  unusedLeftJoin,
  unusedCte,
  naturalJoin,
  materializedCteFence,
  tooManyJoins,
];

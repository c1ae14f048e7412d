import type { Rule } from '../defineRule';
import { ambiguousVariable } from './ambiguousVariable';
import { argumentsDoNotFit } from './argumentsDoNotFit';
import { commitInFunction } from './commitInFunction';
import { couldBeStable } from './couldBeStable';
import { discardedResult } from './discardedResult';
import { overwrittenInLoop } from './overwrittenInLoop';
import { qualifiedNameInFormat } from './qualifiedNameInFormat';
import { queryPerRow } from './queryPerRow';
import { rowByRowWrite } from './rowByRowWrite';
import { securityDefinerWithoutSearchPath } from './securityDefinerWithoutSearchPath';
import { swallowedException } from './swallowedException';
import { triggerWithoutWhen } from './triggerWithoutWhen';
import { unquotedDynamicSql } from './unquotedDynamicSql';
import { volatileFunctionInFilter } from './volatileFunctionInFilter';
import { volatilityTooStrong } from './volatilityTooStrong';

/** Rules over functions, procedures, DO blocks and triggers. */
export const FUNCTION_RULES: readonly Rule[] = [
  ambiguousVariable,
  argumentsDoNotFit,
  commitInFunction,
  couldBeStable,
  discardedResult,
  overwrittenInLoop,
  qualifiedNameInFormat,
  queryPerRow,
  rowByRowWrite,
  securityDefinerWithoutSearchPath,
  swallowedException,
  triggerWithoutWhen,
  unquotedDynamicSql,
  volatileFunctionInFilter,
  volatilityTooStrong,
];

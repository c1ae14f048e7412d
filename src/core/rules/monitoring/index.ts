import type { Rule } from '../defineRule';
import { concatenatedRelationName } from './concatenatedRelationName';
import { connectionCountScope } from './connectionCountScope';
import { cronJobInTransaction } from './cronJobInTransaction';
import { cronJobRefresh } from './cronJobRefresh';
import { cronSchedule } from './cronSchedule';
import { idleByQueryStart } from './idleByQueryStart';
import { lagOfAnotherUnit } from './lagOfAnotherUnit';
import { lockSelfJoin } from './lockSelfJoin';
import { signedStatistics } from './signedStatistics';
import { statisticsReset } from './statisticsReset';
import { unknownSystemColumn } from './unknownSystemColumn';
import { unknownSystemValue } from './unknownSystemValue';
import { unusedIndexConstraints } from './unusedIndexConstraints';
import { waitEventIsNotBlocked } from './waitEventIsNotBlocked';

/** Rules over queries on statistics views and catalogs, and over scheduled jobs. */
export const MONITORING_RULES: readonly Rule[] = [
  concatenatedRelationName,
  connectionCountScope,
  cronJobInTransaction,
  cronJobRefresh,
  cronSchedule,
  idleByQueryStart,
  lagOfAnotherUnit,
  lockSelfJoin,
  signedStatistics,
  statisticsReset,
  unknownSystemColumn,
  unknownSystemValue,
  unusedIndexConstraints,
  waitEventIsNotBlocked,
];

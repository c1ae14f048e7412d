import type { Rule } from '../defineRule';
import { alterSystemInTransaction } from './alterSystemInTransaction';
import { archiveCommand } from './archiveCommand';
import { autovacuumOff } from './autovacuumOff';
import { cannotBeSetHere } from './cannotBeSetHere';
import { checkpointCompletionTarget } from './checkpointCompletionTarget';
import { durabilityOff } from './durabilityOff';
import { equalsDefault } from './equalsDefault';
import { invalidSettingValue } from './invalidSettingValue';
import { listAsOneString } from './listAsOneString';
import { logStatementAll } from './logStatementAll';
import { plannerSwitchOff } from './plannerSwitchOff';
import { setLocalOutsideTransaction } from './setLocalOutsideTransaction';
import { synchronousStandbyNames } from './synchronousStandbyNames';
import { unknownSetting } from './unknownSetting';

/** Rules over SET, ALTER SYSTEM and configuration. */
export const SETTINGS_RULES: readonly Rule[] = [
  alterSystemInTransaction,
  archiveCommand,
  autovacuumOff,
  cannotBeSetHere,
  checkpointCompletionTarget,
  durabilityOff,
  equalsDefault,
  invalidSettingValue,
  listAsOneString,
  logStatementAll,
  plannerSwitchOff,
  setLocalOutsideTransaction,
  synchronousStandbyNames,
  unknownSetting,
];

import type { Rule } from '../defineRule';
import { cannotBeSetHere } from './cannotBeSetHere';
import { equalsDefault } from './equalsDefault';
import { invalidSettingValue } from './invalidSettingValue';
import { listAsOneString } from './listAsOneString';
import { unknownSetting } from './unknownSetting';

/** Rules over SET, ALTER SYSTEM and configuration. */
export const SETTINGS_RULES: readonly Rule[] = [
  cannotBeSetHere,
  equalsDefault,
  invalidSettingValue,
  listAsOneString,
  unknownSetting,
];

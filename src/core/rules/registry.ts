import { DDL_RULES } from './ddl';
import { DML_RULES } from './dml';
import type { Rule } from './defineRule';
import { FUNCTION_RULES } from './function';
import { INDEX_RULES } from './index/index';
import { JOIN_RULES } from './join';
import { MONITORING_RULES } from './monitoring';
import { NAMES_RULES } from './names';
import { QUERY_RULES } from './query';
import { SCHEMA_RULES } from './schema';
import { SETTINGS_RULES } from './settings';

/** Folders of rules over SQL text; each lists its own. Rules over measured plans are in `plan/`. */
export const RULE_GROUPS = {
  names: NAMES_RULES,
  query: QUERY_RULES,
  join: JOIN_RULES,
  dml: DML_RULES,
  function: FUNCTION_RULES,
  index: INDEX_RULES,
  schema: SCHEMA_RULES,
  ddl: DDL_RULES,
  monitoring: MONITORING_RULES,
  settings: SETTINGS_RULES,
} as const;

/** Every rule over SQL text, in the order of the reference. */
export const RULES: readonly Rule[] = Object.values(RULE_GROUPS).flat();

import type { Rule } from '../defineRule';
import { checkDependsOnTime } from './checkDependsOnTime';
import { columnPadding } from './columnPadding';
import { concurrentRefreshWithoutUniqueIndex } from './concurrentRefreshWithoutUniqueIndex';
import { duplicateColumn } from './duplicateColumn';
import { duplicateForeignKey } from './duplicateForeignKey';
import { enumType } from './enumType';
import { floatForMoney } from './floatForMoney';
import { foreignKeyTypeMismatch } from './foreignKeyTypeMismatch';
import { foreignKeyWithoutIndex } from './foreignKeyWithoutIndex';
import { foreignKeyWithoutUniqueTarget } from './foreignKeyWithoutUniqueTarget';
import { frozenDefault } from './frozenDefault';
import { generatedColumnNotImmutable } from './generatedColumnNotImmutable';
import { int4PrimaryKey } from './int4PrimaryKey';
import { jsonColumn } from './jsonColumn';
import { materializedViewOrderBy } from './materializedViewOrderBy';
import { materializedViewTimeWindow } from './materializedViewTimeWindow';
import { missingExtension } from './missingExtension';
import { missingPrimaryKey } from './missingPrimaryKey';
import { moneyType } from './moneyType';
import { nullableBoolean } from './nullableBoolean';
import { nullableCompositeForeignKey } from './nullableCompositeForeignKey';
import { numberedColumns } from './numberedColumns';
import { paddedChar } from './paddedChar';
import { partitionGap } from './partitionGap';
import { partitionOverlap } from './partitionOverlap';
import { partitionedKeyWithoutPartitionColumn } from './partitionedKeyWithoutPartitionColumn';
import { permissivePolicies } from './permissivePolicies';
import { policyCallsPerRow } from './policyCallsPerRow';
import { quotedMixedCase } from './quotedMixedCase';
import { randomUuidPrimaryKey } from './randomUuidPrimaryKey';
import { rewriteRule } from './rewriteRule';
import { roundedTimestamp } from './roundedTimestamp';
import { serialColumn } from './serialColumn';
import { setNullOnNotNull } from './setNullOnNotNull';
import { storageParameterOnPartitionedTable } from './storageParameterOnPartitionedTable';
import { tableCreatedTwice } from './tableCreatedTwice';
import { tableInheritance } from './tableInheritance';
import { timeWithTimeZone } from './timeWithTimeZone';
import { timestampWithoutTimeZone } from './timestampWithoutTimeZone';
import { unloggedTable } from './unloggedTable';
import { uuidAsText } from './uuidAsText';
import { varcharLimit } from './varcharLimit';

/** Rules over tables, types, keys, partitions, materialized views and policies. */
export const SCHEMA_RULES: readonly Rule[] = [
  tableCreatedTwice,
  duplicateColumn,
  partitionedKeyWithoutPartitionColumn,
  partitionOverlap,
  missingExtension,
  partitionGap,
  storageParameterOnPartitionedTable,
  generatedColumnNotImmutable,
  foreignKeyWithoutUniqueTarget,
  foreignKeyTypeMismatch,
  setNullOnNotNull,
  frozenDefault,
  concurrentRefreshWithoutUniqueIndex,
  foreignKeyWithoutIndex,
  duplicateForeignKey,
  nullableCompositeForeignKey,
  missingPrimaryKey,
  int4PrimaryKey,
  randomUuidPrimaryKey,
  uuidAsText,
  timestampWithoutTimeZone,
  floatForMoney,
  moneyType,
  jsonColumn,
  paddedChar,
  timeWithTimeZone,
  roundedTimestamp,
  checkDependsOnTime,
  numberedColumns,
  materializedViewTimeWindow,
  materializedViewOrderBy,
  policyCallsPerRow,
  permissivePolicies,
  tableInheritance,
  rewriteRule,
  unloggedTable,
  varcharLimit,
  serialColumn,
  nullableBoolean,
  enumType,
  quotedMixedCase,
  columnPadding,
];

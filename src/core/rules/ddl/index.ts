import type { Rule } from '../defineRule';
import { addColumnNotNullWithoutDefault } from './addColumnNotNullWithoutDefault';
import { addColumnRewritesTable } from './addColumnRewritesTable';
import { alterColumnTypeRewrites } from './alterColumnTypeRewrites';
import { attachPartitionWithoutCheck } from './attachPartitionWithoutCheck';
import { backfillWithSchemaChange } from './backfillWithSchemaChange';
import { checkValidatedAtOnce } from './checkValidatedAtOnce';
import { concurrentlyIfNotExists } from './concurrentlyIfNotExists';
import { concurrentlyOnPartitionedTable } from './concurrentlyOnPartitionedTable';
import { constraintBuildsIndex } from './constraintBuildsIndex';
import { createPartitionLocksParent } from './createPartitionLocksParent';
import { detachNotConcurrently } from './detachNotConcurrently';
import { domainConstraintScan } from './domainConstraintScan';
import { dropCascade } from './dropCascade';
import { dropConcurrentlyRefused } from './dropConcurrentlyRefused';
import { dropInUse } from './dropInUse';
import { dropIndexNotConcurrently } from './dropIndexNotConcurrently';
import { enumValueUsedInTransaction } from './enumValueUsedInTransaction';
import { foreignKeyValidatedAtOnce } from './foreignKeyValidatedAtOnce';
import { identifierTooLong } from './identifierTooLong';
import { ifExistsMissing } from './ifExistsMissing';
import { indexNameWithoutSchema } from './indexNameWithoutSchema';
import { indexNotConcurrently } from './indexNotConcurrently';
import { lockTimeoutNotSet } from './lockTimeoutNotSet';
import { notInTransaction } from './notInTransaction';
import { partitionMovedAttached } from './partitionMovedAttached';
import { refreshNotConcurrently } from './refreshNotConcurrently';
import { reindexNotConcurrently } from './reindexNotConcurrently';
import { renameInUse } from './renameInUse';
import { setNotNullScan } from './setNotNullScan';
import { setStorageRewrites } from './setStorageRewrites';
import { severalAlterTable } from './severalAlterTable';
import { severalTablesLocked } from './severalTablesLocked';
import { transactionShape } from './transactionShape';
import { triggersLeftDisabled } from './triggersLeftDisabled';
import { truncateTable } from './truncateTable';
import { usingAnotherColumn } from './usingAnotherColumn';
import { vacuumFull } from './vacuumFull';
import { validateInSameTransaction } from './validateInSameTransaction';
import { volatileIndexPredicate } from './volatileIndexPredicate';
import { workUnderExclusiveLock } from './workUnderExclusiveLock';

/** Rules over what a change of the schema locks, rewrites or breaks: first what fails, then what is lost, then what waits. */
export const DDL_RULES: readonly Rule[] = [
  volatileIndexPredicate,
  notInTransaction,
  concurrentlyOnPartitionedTable,
  dropConcurrentlyRefused,
  indexNameWithoutSchema,
  identifierTooLong,
  enumValueUsedInTransaction,
  addColumnNotNullWithoutDefault,
  usingAnotherColumn,
  transactionShape,
  triggersLeftDisabled,
  dropCascade,
  dropInUse,
  renameInUse,
  truncateTable,
  indexNotConcurrently,
  dropIndexNotConcurrently,
  reindexNotConcurrently,
  refreshNotConcurrently,
  detachNotConcurrently,
  concurrentlyIfNotExists,
  attachPartitionWithoutCheck,
  createPartitionLocksParent,
  foreignKeyValidatedAtOnce,
  checkValidatedAtOnce,
  validateInSameTransaction,
  constraintBuildsIndex,
  setNotNullScan,
  domainConstraintScan,
  addColumnRewritesTable,
  alterColumnTypeRewrites,
  setStorageRewrites,
  vacuumFull,
  workUnderExclusiveLock,
  backfillWithSchemaChange,
  severalAlterTable,
  severalTablesLocked,
  lockTimeoutNotSet,
  ifExistsMissing,
  partitionMovedAttached,
];

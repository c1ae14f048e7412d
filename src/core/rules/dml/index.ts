import type { Rule } from '../defineRule';
import { conflictTargetNotUnique } from './conflictTargetNotUnique';
import { conflictWithoutTarget } from './conflictWithoutTarget';
import { duplicateAssignment } from './duplicateAssignment';
import { insertSelectOrderBy } from './insertSelectOrderBy';
import { insertWithoutColumns } from './insertWithoutColumns';
import { lockTable } from './lockTable';
import { lockingJoinWithoutOf } from './lockingJoinWithoutOf';
import { lockingNotAllowed } from './lockingNotAllowed';
import { lockingSubqueryLimit } from './lockingSubqueryLimit';
import { queueWithoutSkipLocked } from './queueWithoutSkipLocked';
import { retentionDelete } from './retentionDelete';
import { selfAssignment } from './selfAssignment';
import { singleRowInserts } from './singleRowInserts';
import { unbatchedUpdate } from './unbatchedUpdate';
import { updateDefeatsHot } from './updateDefeatsHot';
import { updateOfPrimaryKey } from './updateOfPrimaryKey';

/** Rules over INSERT, UPDATE, DELETE, MERGE and locking reads. */
export const DML_RULES: readonly Rule[] = [
  conflictTargetNotUnique,
  conflictWithoutTarget,
  duplicateAssignment,
  insertSelectOrderBy,
  insertWithoutColumns,
  lockTable,
  lockingJoinWithoutOf,
  lockingNotAllowed,
  lockingSubqueryLimit,
  queueWithoutSkipLocked,
  retentionDelete,
  selfAssignment,
  singleRowInserts,
  unbatchedUpdate,
  updateDefeatsHot,
  updateOfPrimaryKey,
];

import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from './alterTable';
import { asTable, list, stringValue } from './expressions';
import type { TableName } from './expressions';

/** Table locks that make others wait, weakest first (PostgreSQL manual, 13.3.1 Table-Level Locks). */
export const LOCKS = ['SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const;

export type Lock = (typeof LOCKS)[number];

/** What must wait while a lock is held or waited for (manual, Table 13.2). */
export const BLOCKS: Readonly<Record<Lock, string>> = {
  'SHARE UPDATE EXCLUSIVE': 'other schema changes and VACUUM',
  SHARE: 'writes',
  'SHARE ROW EXCLUSIVE': 'writes',
  'ACCESS EXCLUSIVE': 'reads and writes',
};

/**
 * Locks of ALTER TABLE's actions that are weaker than ACCESS EXCLUSIVE, which all others take (manual, ALTER TABLE,
 * Description: "An ACCESS EXCLUSIVE lock is acquired unless explicitly noted"). Measured with pg_locks on 14 and 18,
 * see test/database/ddlLocks.test.ts.
 */
const WEAKER: Readonly<Record<string, Lock>> = {
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_ValidateConstraint: 'SHARE UPDATE EXCLUSIVE',
  AT_AttachPartition: 'SHARE UPDATE EXCLUSIVE',
  AT_DetachPartitionFinalize: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
};

/** The lock one action of ALTER TABLE takes on its table. */
export function lockOfCommand(subtype: string, fields: NodeFields): Lock {
  const def = unwrap(fields.def)?.fields;
  if (subtype === 'AT_AddConstraint' && def?.contype === 'CONSTR_FOREIGN') return 'SHARE ROW EXCLUSIVE';
  if (subtype === 'AT_DetachPartition' && def?.concurrent === true) return 'SHARE UPDATE EXCLUSIVE';
  return WEAKER[subtype] ?? 'ACCESS EXCLUSIVE';
}

export interface TableLock {
  readonly table: TableName;
  readonly lock: Lock;
}

/** The tables a statement locks against others, each with its strongest lock. Tables it creates are not listed. */
export function locksOf(statement: ParsedStatement): readonly TableLock[] {
  const fields = unwrap(statement.tree)?.fields;
  if (fields === undefined) return [];
  const table = fields.relation ? asTable(fields.relation as NodeFields) : undefined;
  const own = (lock: Lock): TableLock[] => (table ? [{ table, lock }] : []);
  switch (statement.kind) {
    case 'AlterTableStmt':
      return alterTableLocks(statement);
    case 'IndexStmt':
      return own(fields.concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    case 'CreateTrigStmt':
      return own('SHARE ROW EXCLUSIVE');
    case 'RuleStmt':
    case 'ClusterStmt':
      return own('ACCESS EXCLUSIVE');
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return fields.table ? [{ table: asTable(fields.table as NodeFields), lock: 'ACCESS EXCLUSIVE' }] : [];
    case 'RenameStmt':
      return isTable(fields.renameType) || isTable(fields.relationType) ? own('ACCESS EXCLUSIVE') : [];
    case 'AlterObjectSchemaStmt':
      return isTable(fields.objectType) ? own('ACCESS EXCLUSIVE') : [];
    case 'RefreshMatViewStmt':
      return fields.concurrent === true ? [] : own('ACCESS EXCLUSIVE');
    case 'TruncateStmt':
      return relations(fields.relations);
    case 'VacuumStmt':
      return isVacuumFull(fields) ? list(fields.rels).flatMap(vacuumed) : [];
    case 'CreateStmt':
      // A new partition: the parent is locked until its new bounds are known.
      return fields.partbound ? relations(fields.inhRelations) : [];
    case 'DropStmt':
      return droppedFrom(fields);
    default:
      return [];
  }
}

/** True if a lock is at least as strong as another. */
export function isAtLeast(lock: Lock, other: Lock): boolean {
  return LOCKS.indexOf(lock) >= LOCKS.indexOf(other);
}

/** VACUUM (FULL), which writes the table anew. */
export function isVacuumFull(vacuum: NodeFields): boolean {
  return vacuum.is_vacuumcmd === true && list(vacuum.options).some(option => isOn(option, 'full'));
}

/** True if an option in parentheses is there and not switched off. */
export function isOn(option: unknown, name: string): boolean {
  const element = unwrap(option)?.fields;
  if (element?.defname !== name) return false;
  const value = unwrap(element.arg)?.fields;
  return !/^(?:false|off|0)$/i.test(
    String(value?.sval ?? value?.boolval ?? (value && 'ival' in value ? value.ival : '')),
  );
}

function alterTableLocks(statement: ParsedStatement): TableLock[] {
  const alter = readAlterTable(statement);
  if (!alter) return [];
  const locks: TableLock[] = [];
  let strongest: Lock = LOCKS[0];
  for (const { subtype, fields, def } of alter.commands) {
    const lock = lockOfCommand(subtype, fields);
    if (isAtLeast(lock, strongest)) strongest = lock;
    if (subtype === 'AT_AddConstraint' && def?.fields.pktable) {
      locks.push({ table: asTable(def.fields.pktable as NodeFields), lock: 'SHARE ROW EXCLUSIVE' });
    } else if (subtype === 'AT_AttachPartition' && def?.fields.name) {
      locks.push({ table: asTable(def.fields.name as NodeFields), lock: 'ACCESS EXCLUSIVE' });
    }
  }
  return [{ table: alter.table, lock: strongest }, ...locks];
}

function droppedFrom(fields: NodeFields): TableLock[] {
  const names = list(fields.objects).map(object => list(object).map(stringValue));
  const at = { OBJECT_TABLE: -1, OBJECT_TRIGGER: -2, OBJECT_POLICY: -2, OBJECT_RULE: -2 }[String(fields.removeType)];
  if (at === undefined) return [];
  return names.flatMap(parts => {
    const name = parts.at(at);
    return name === undefined ? [] : [{ table: { name, schema: parts.at(at - 1) }, lock: 'ACCESS EXCLUSIVE' as const }];
  });
}

function relations(value: unknown): TableLock[] {
  return list(value).flatMap(item => {
    const node = unwrap(item);
    return node ? [{ table: asTable(node.fields), lock: 'ACCESS EXCLUSIVE' as const }] : [];
  });
}

function vacuumed(item: unknown): TableLock[] {
  const relation = unwrap(item)?.fields.relation as NodeFields | undefined;
  return relation ? [{ table: asTable(relation), lock: 'ACCESS EXCLUSIVE' }] : [];
}

function isTable(kind: unknown): boolean {
  return kind === 'OBJECT_TABLE' || kind === 'OBJECT_TABCONSTRAINT';
}

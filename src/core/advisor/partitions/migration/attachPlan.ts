import { cutToUtf8 } from '../../../base/utf8';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import type { MigrationPlan } from '../../migration/migrationPlan';

/** Longer than deadlock_timeout by default (1 s), after which an autovacuum gives way. */
const LOCK_TIMEOUT_MS = 1500;

export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** What the rows of the new partition have in common. Values as text, as in `FOR VALUES`. */
export type AttachBounds =
  | { readonly method: 'range'; readonly from: string; readonly to: string }
  | { readonly method: 'list'; readonly values: readonly string[] };

export interface Attachment {
  readonly partitioned: QualifiedName;
  /** An ordinary table with the same columns. */
  readonly table: QualifiedName;
  readonly keyColumn: string;
  /** As `format_type` prints it. */
  readonly keyType: string;
  readonly bounds: AttachBounds;
}

/**
 * Makes an existing table a partition without a long lock: a CHECK that says what ATTACH would have to find out is
 * validated beforehand, which lets everybody go on.
 */
export function planAttach(attachment: Attachment): MigrationPlan {
  const { partitioned, table, keyColumn, keyType, bounds } = attachment;
  const parent = quoteQualified(partitioned.schema, partitioned.name);
  const child = quoteQualified(table.schema, table.name);
  const name = `${cutToUtf8(table.name, 40)}_partition_check`;
  const constraint = quoteIdentifier(name);
  const key = quoteIdentifier(keyColumn);
  const value = (text: string): string => `${quoteLiteral(text)}::${keyType}`;
  const condition =
    bounds.method === 'range'
      ? `${key} >= ${value(bounds.from)} and ${key} < ${value(bounds.to)}`
      : `${key} in (${bounds.values.map(value).join(', ')})`;
  const forValues =
    bounds.method === 'range'
      ? `from (${quoteLiteral(bounds.from)}) to (${quoteLiteral(bounds.to)})`
      : `in (${bounds.values.map(quoteLiteral).join(', ')})`;
  const hasConstraint = `exists (select from pg_constraint where conrelid = to_regclass(${quoteLiteral(child)}) and conname = ${quoteLiteral(name)}`;
  const isAttached = `select exists (select from pg_inherits where inhrelid = to_regclass(${quoteLiteral(child)}) and inhparent = to_regclass(${quoteLiteral(parent)}))`;
  return {
    id: `attach:${partitioned.schema}.${partitioned.name}:${table.schema}.${table.name}`,
    title: `Attach ${child} to ${parent}`,
    notes: [
      `Indexes of ${parent} that ${child} lacks are built while it is locked: build them before, by CREATE INDEX CONCURRENTLY.`,
      `If ${parent} has a DEFAULT partition, ATTACH reads it under a lock to see that none of its rows belong here, unless a validated CHECK on it excludes these bounds.`,
    ],
    steps: [
      {
        id: 'add-check',
        title: `Say what ${child} holds`,
        explanation: 'A CHECK that holds for new rows at once; the rows there are come next.',
        sql: [
          `alter table ${child} add constraint ${constraint} check (${key} is not null and ${condition}) not valid`,
        ],
        inverse: [`alter table ${child} drop constraint if exists ${constraint}`],
        runsInTransaction: true,
        lockTimeoutMs: LOCK_TIMEOUT_MS,
        locks: `ACCESS EXCLUSIVE on ${child} for a moment; nothing is read.`,
        isDone: `select ${hasConstraint}) or (${isAttached})`,
      },
      {
        id: 'validate-check',
        title: 'Check the rows there are',
        explanation: 'Reads all rows. It fails, and changes nothing, if one of them belongs elsewhere.',
        sql: [`alter table ${child} validate constraint ${constraint}`],
        inverse: [],
        runsInTransaction: true,
        locks: `SHARE UPDATE EXCLUSIVE on ${child}: reads and writes go on.`,
        isDone: `select ${hasConstraint} and convalidated) or (${isAttached})`,
      },
      {
        id: 'attach',
        title: `Attach it to ${parent}`,
        explanation: 'The validated CHECK spares it reading the table.',
        sql: [`alter table ${parent} attach partition ${child} for values ${forValues}`],
        inverse: [`alter table ${parent} detach partition ${child}`],
        runsInTransaction: true,
        lockTimeoutMs: LOCK_TIMEOUT_MS,
        locks: `SHARE UPDATE EXCLUSIVE on ${parent}: reads and writes go on; ACCESS EXCLUSIVE on ${child} and on a DEFAULT partition for a moment.`,
        isDone: isAttached,
      },
      {
        id: 'drop-check',
        title: 'Drop the CHECK, which the bounds now say',
        explanation: 'It would only be evaluated a second time for every new row.',
        sql: [`alter table ${child} drop constraint if exists ${constraint}`],
        inverse: [],
        runsInTransaction: true,
        lockTimeoutMs: LOCK_TIMEOUT_MS,
        locks: `ACCESS EXCLUSIVE on ${child} for a moment.`,
      },
    ],
  };
}

import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import { dollarQuoted } from '../../migration/migrationScript';
import type { MigrationStep } from '../../migration/migrationPlan';
import { RECORDING_TRIGGER } from '../tableFingerprint';
import { drained, dropRecordingTriggers, recordingTriggers, sameTableCheck } from './migrationCopy';
import { foreignKeysAtSwap, foreignKeysAtSwapBack, lockedTables } from './migrationForeignKeys';
import type { Renamed } from './migrationNames';
import type { Migration } from './migrationOptions';
import { attachments, boundAnew, detachments, enabledStates } from './migrationAttachments';

/** The only moment at which the table in use is locked against everybody. */
export function swapStep(migration: Migration): MigrationStep {
  const { table, names, q } = migration;
  const name = q(table.name);
  const others = lockedTables(migration);
  return {
    id: 'swap',
    title: `Put the partitioned table in the place of ${name}`,
    explanation: `The last changes are brought over under the lock; just before, those up to then, so that few are left. Then both tables change names, and with them indexes, sequences, keys, triggers, policies, views and publications. ${q(names.old)} keeps the old rows, and from now on changes are written down for the way back.`,
    sql: [
      `lock table ${name} in access exclusive mode`,
      ...others.map(({ table: other, mode }) => `lock table ${other} in ${mode} mode`),
      sameTableCheck(migration),
      recordingCheck(migration),
      `select ${q(names.apply)}(null)`,
      ...sequenceValues(migration, 'forth'),
      ...dropRecordingTriggers(migration, table.name),
      ...foreignKeysAtSwap(migration).before,
      ...detachments(migration),
      ...renames(migration, 'forth'),
      ...ownedSequences(migration, table.name),
      ...foreignKeysAtSwap(migration).after,
      ...attachments(migration),
      ...boundAnew(migration),
      ...recordingTriggers(migration, table.name),
    ],
    inverse: [
      `lock table ${name}, ${q(names.old)} in access exclusive mode`,
      ...others.map(({ table: other, mode }) => `lock table ${other} in ${mode} mode`),
      `select ${q(names.applyBack)}(null)`,
      ...sequenceValues(migration, 'back'),
      ...dropRecordingTriggers(migration, table.name),
      ...foreignKeysAtSwapBack(migration).before,
      ...backFrom(migration),
      ...renames(migration, 'back'),
      ...ownedSequences(migration, table.name),
      ...foreignKeysAtSwapBack(migration).after,
      ...backTo(migration),
      ...boundAnew(migration),
      ...recordingTriggers(migration, table.name),
    ],
    runsInTransaction: true,
    beforeEachTry: [drained(migration, names.apply)],
    beforeEachInverseTry: [drained(migration, names.applyBack)],
    lockTimeoutMs: migration.lockTimeoutMs,
    locks: `ACCESS EXCLUSIVE on ${name}${others.length > 0 ? ` and locks on ${others.map(each => each.table).join(', ')}` : ''}: everybody waits, at most ${migration.lockTimeoutMs} ms for each lock that is not to be had, and then until the last changes are over and the names are changed.`,
    isDone: `select to_regclass(${quoteLiteral(q(names.old))}) is not null and exists (select from pg_class where oid = to_regclass(${quoteLiteral(name)}) and relkind = 'p')`,
    undoObstacle: undoObstacle(migration),
  };
}

/** Nothing may have kept the trigger from writing changes down. */
function recordingCheck({ table, q }: Migration): string {
  const name = quoteLiteral(q(table.name));
  return `do ${dollarQuoted(
    `begin
  if not exists (select from pg_trigger where tgrelid = to_regclass(${name}) and tgname = '${RECORDING_TRIGGER}' and tgenabled = 'A') then
    raise exception using message = 'changes were not written down: the trigger ${RECORDING_TRIGGER} is off or gone', hint = 'take the migration back and begin anew';
  end if;
end`,
    'check',
  )}`;
}

function undoObstacle({ table, names, q }: Migration): string {
  const [current, old] = [quoteLiteral(q(table.name)), quoteLiteral(q(names.old))];
  const columns = (relation: string): string =>
    `(select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod)), ', ' order by attname) from pg_attribute where attrelid = to_regclass(${relation}) and attnum > 0 and not attisdropped)`;
  return `select case
  when to_regclass(${old}) is null then 'the old table is gone'
  when not exists (select from pg_trigger where tgrelid = to_regclass(${current}) and tgname = '${RECORDING_TRIGGER}' and tgenabled = 'A')
    then 'changes since the swap were not all written down, and going back would lose them'
  when ${columns(current)} is distinct from ${columns(old)} then 'columns were changed since the swap, and going back would lose them'
  end`;
}

function renames({ names, table, q }: Migration, way: 'forth' | 'back'): string[] {
  const rename = (each: Renamed, from: string, to: string): string =>
    `alter ${each.kind} ${quoteQualified(each.schema, from)} rename to ${quoteIdentifier(to)}`;
  const tables = (from: string, to: string): string => `alter table ${q(from)} rename to ${quoteIdentifier(to)}`;
  return way === 'forth'
    ? [
        ...names.renamed.flatMap(each => [rename(each, each.name, each.after), rename(each, each.before, each.name)]),
        tables(table.name, names.old),
        tables(names.next, table.name),
      ]
    : [
        ...names.renamed.flatMap(each => [rename(each, each.name, each.before), rename(each, each.after, each.name)]),
        tables(table.name, names.next),
        tables(names.old, table.name),
      ];
}

/** Identity columns have a sequence each; the new one goes on where the other one is. */
function sequenceValues({ table, names }: Migration, way: 'forth' | 'back'): string[] {
  return table.sequences
    .filter(each => each.isIdentity)
    .map(each => {
      const renamed = names.renamed.find(({ kind, name }) => kind === 'sequence' && name === each.name);
      const other = quoteQualified(each.schema, (way === 'forth' ? renamed?.before : renamed?.after) ?? '');
      return `select setval(${quoteLiteral(other)}::regclass, last_value, is_called) from ${quoteQualified(each.schema, each.name)}`;
    });
}

/** The sequence of a serial column must not go with the table that does not use it any more. */
function ownedSequences({ table, q }: Migration, owner: string): string[] {
  return table.sequences
    .filter(each => !each.isIdentity)
    .map(
      each =>
        `alter sequence ${quoteQualified(each.schema, each.name)} owned by ${q(owner)}.${quoteIdentifier(each.column)}`,
    );
}

/** Takes from the partitioned table what it got at the swap, so that it can be swapped in again. */
function backFrom(migration: Migration): string[] {
  const { table, q } = migration;
  const name = q(table.name);
  return [
    ...table.triggers.map(each => `drop trigger if exists ${quoteIdentifier(each.name)} on ${name}`),
    ...table.rules.map(each => `drop rule if exists ${quoteIdentifier(each.name)} on ${name}`),
    ...table.policies.map(each => `drop policy if exists ${quoteIdentifier(each.name)} on ${name}`),
    ...(table.rowSecurity.enabled ? [`alter table ${name} disable row level security`] : []),
    ...(table.rowSecurity.forced ? [`alter table ${name} no force row level security`] : []),
    ...table.constraints
      .filter(each => !each.validated && (each.kind === 'c' || each.kind === 'n'))
      .map(each => `alter table ${name} drop constraint if exists ${quoteIdentifier(each.name)}`),
    ...table.publications
      .filter(each => !each.implicit)
      .map(each => `alter publication ${quoteIdentifier(each.name)} drop table ${name}`),
  ];
}

/** Gives the old table back what it lost at the swap. */
function backTo(migration: Migration): string[] {
  const { table, q } = migration;
  const name = q(table.name);
  return [
    ...enabledStates(name, 'trigger', table.triggers, true),
    ...enabledStates(name, 'rule', table.rules, true),
    ...table.publications
      .filter(each => !each.implicit)
      .map(each => `alter publication ${quoteIdentifier(each.name)} add table ${name}${each.suffix}`),
  ];
}

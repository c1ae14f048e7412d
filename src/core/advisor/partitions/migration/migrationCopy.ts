import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import { dollarQuoted } from '../../migration/migrationScript';
import type { MigrationStep } from '../../migration/migrationPlan';
import { RECORDING_TRIGGER, tableFingerprint, TRUNCATE_TRIGGER } from '../tableFingerprint';
import type { Migration } from './migrationOptions';

/**
 * How rows get over while the table is in use. A trigger writes down the key of every row that is changed, in the
 * writer's own transaction, and nothing else: it can neither fail on the new table, nor wait for the copy, nor miss a
 * row because of the writer's isolation level. The copy reads batches along the key. Rows changed meanwhile are stale
 * in it, and each of them is in the list of keys: once the copy has ended, the keys are taken from the list and their
 * rows made anew from what the old table has now, taking keys and reading rows in one statement, that is as of one
 * moment. A row deleted between being read and being inserted is in the list too, and so goes.
 */

/** What a writer's row is called in the list of changed keys. */
const keyColumn = (i: number): string => `key_${i + 1}`;

export interface KeyText {
  /** `key_1, key_2` */
  readonly listed: string;
  /** `"Id", "Day"`, with an alias if given. */
  own(alias?: string): string;
  /** `a."Id" = b.key_1 and …` */
  matches(alias: string, listAlias: string): string;
}

export function keyText({ key }: Migration): KeyText {
  const operator = key.operatorSchema === 'pg_catalog' ? '=' : `operator(${quoteIdentifier(key.operatorSchema)}.=)`;
  return {
    listed: key.columns.map((_, i) => keyColumn(i)).join(', '),
    own: alias => key.columns.map(name => (alias ? `${alias}.` : '') + quoteIdentifier(name)).join(', '),
    matches: (alias, listAlias) =>
      key.columns
        .map((name, i) => `${alias}.${quoteIdentifier(name)} ${operator} ${listAlias}.${keyColumn(i)}`)
        .join(' and '),
  };
}

/** Columns that are written; generated ones come by themselves. */
export function writtenColumns({ table }: Migration, alias?: string): string {
  return table.columns
    .filter(column => !column.generated)
    .map(column => (alias ? `${alias}.` : '') + quoteIdentifier(column.name))
    .join(', ');
}

/** Raises an error if the table is no longer the one that was read. */
export function sameTableCheck({ table, q }: Migration, name = table.name): string {
  const again = `make the plan anew; to take back what was begun, run the way back`;
  return `do ${dollarQuoted(
    `begin
  if (${tableFingerprint(`to_regclass(${quoteLiteral(q(name))})`)}) is distinct from ${quoteLiteral(table.fingerprint)} then
    raise exception using message = ${quoteLiteral(`${q(table.name)} was changed since this plan was made`)}, hint = ${quoteLiteral(again)};
  end if;
end`,
    'check',
  )}`;
}

export function helpersStep(migration: Migration): MigrationStep {
  const { names, q, table } = migration;
  const unlogged = table.persistence === 'unlogged' ? 'unlogged ' : '';
  const keys = keyColumns(migration);
  const functions = [names.record, names.copy, names.apply, names.applyBack];
  return {
    id: 'create-helpers',
    title: 'Create what follows the changes',
    explanation: `${q(names.changes)} takes the keys of changed rows, ${q(names.state)} says how far the copy is. The functions copy a batch, and make changed rows anew.`,
    sql: [
      `create ${unlogged}table ${q(names.changes)} (\n  entry bigint generated always as identity primary key,\n  ${keys.join(',\n  ')},\n  truncated boolean not null default false\n)`,
      `create ${unlogged}table ${q(names.state)} (\n  one boolean primary key default true check (one),\n  ${keys.join(',\n  ')},\n  copied bigint not null default 0,\n  copy_ended boolean not null default false,\n  expected bigint\n)`,
      `insert into ${q(names.state)} (expected) values (${table.rowEstimate === null ? 'null' : Math.round(table.rowEstimate)})`,
      // What default privileges grant on new tables would show the keys to others.
      ...table.defaultGrantees.table.flatMap(grantee =>
        [names.changes, names.state].map(name => `revoke all on ${q(name)} from ${grantee}`),
      ),
      recordFunction(migration),
      copyFunction(migration),
      applyFunction(migration, names.apply, table.name, names.next),
      applyFunction(migration, names.applyBack, table.name, names.old),
      ...functions.map(name => `revoke all on function ${q(name)} from public`),
    ],
    inverse: [
      ...functions.map(name => `drop function if exists ${q(name)}`),
      `drop table if exists ${q(names.changes)}, ${q(names.state)}`,
    ],
    runsInTransaction: true,
    locks: 'None on the table in use.',
    isDone: `select to_regclass(${quoteLiteral(q(names.state))}) is not null`,
  };
}

function keyColumns({ table, key }: Migration): string[] {
  return key.columns.map((name, i) => {
    const column = table.columns.find(each => each.name === name);
    return `${keyColumn(i)} ${column?.type ?? ''}${column?.collation ? ` collate ${column.collation}` : ''}`;
  });
}

/** Runs with its owner's rights, because a writer has none on the list. */
function recordFunction(migration: Migration): string {
  const { names, q } = migration;
  const { listed, own } = keyText(migration);
  const insert = (row: string): string => `insert into ${q(names.changes)} (${listed}) values (${own(row)})`;
  const body = `
begin
  if tg_op = 'TRUNCATE' then
    insert into ${q(names.changes)} (truncated) values (true);
  elsif tg_op = 'INSERT' then
    ${insert('new')};
  else
    ${insert('old')};
    -- By their text, because what counts as equal may still be written in two ways.
    if tg_op = 'UPDATE' and row(${own('old')})::text is distinct from row(${own('new')})::text then
      ${insert('new')};
    end if;
  end if;
  return null;
end
`;
  return `create function ${q(names.record)}() returns trigger\nlanguage plpgsql security definer set search_path = pg_catalog, pg_temp as ${dollarQuoted(body, 'body')}`;
}

/**
 * Variables have names that no column has, and a name that is both means the column: the bodies below list the columns
 * of any table.
 */
const VARIABLES_LAST = '#variable_conflict use_column';

/** Copies the next rows along the key. Returns how many; 0 at the end. */
function copyFunction(migration: Migration): string {
  const { names, q, table, key } = migration;
  const { listed, own } = keyText(migration);
  const greater = key.operatorSchema === 'pg_catalog' ? '>' : `operator(${quoteIdentifier(key.operatorSchema)}.>)`;
  const row = (text: string): string => (key.columns.length === 1 ? text : `(${text})`);
  const last = key.columns.map((_, i) => `qt_state.${keyColumn(i)}`).join(', ');
  const named = key.columns.map((name, i) => `b.${quoteIdentifier(name)} as ${keyColumn(i)}`).join(', ');
  const batch = (where: string): string => `
    with batch as materialized (
      select ${writtenColumns(migration, 'o')} from only ${q(table.name)} o${where}
      order by ${own('o')} limit $1
    ), put as (
      insert into ${q(names.next)} (${writtenColumns(migration)}) overriding system value
      select ${writtenColumns(migration, 'b')} from batch b
    )
    select count(*) over () as qt_rows, ${named} into qt_last from batch b
    order by ${key.columns.map(name => `b.${quoteIdentifier(name)} desc`).join(', ')} limit 1;`;
  const keyValues = key.columns.map((_, i) => `qt_last.${keyColumn(i)}`).join(', ');
  const body = `
${VARIABLES_LAST}
declare
  qt_state ${q(names.state)}%rowtype;
  qt_last record;
  qt_moved bigint := 0;
begin
  -- One copy at a time.
  select * into strict qt_state from ${q(names.state)} for update;
  if qt_state.copy_ended then return 0; end if;
  if qt_state.copied = 0 then${batch('')}
  else${batch(`\n      where ${row(own('o'))} ${greater} ${row(last)}`)}
  end if;
  if found then
    qt_moved := qt_last.qt_rows;
    update ${q(names.state)} set copied = copied + qt_moved, (${listed}) = row(${keyValues});
  end if;
  update ${q(names.state)} set copy_ended = qt_moved < $1;
  return qt_moved;
end
`;
  return `create function ${q(names.copy)}(int) returns bigint language plpgsql as ${dollarQuoted(body, 'body')}`;
}

/** One of so many rows, or fewer, is looked up by its key; for more, reading everything once is quicker. Our own choice. */
const LOOKED_UP_SHARE = 50;

/**
 * Makes rows of the target anew whose keys are in the list. With a number it takes so many entries and returns 0 when
 * there were fewer; with null it takes all, and then the target equals the source as of one moment.
 */
function applyFunction(migration: Migration, name: string, from: string, to: string): string {
  const { names, q } = migration;
  const { listed, matches } = keyText(migration);
  const statement = `
    with taken as (
      delete from ${q(names.changes)} where entry <= $1 returning ${listed}, truncated
    ), keys as materialized (
      select distinct ${listed} from taken where not truncated
    ), gone as (
      delete from ${q(to)} t using keys k where ${matches('t', 'k')} returning 1
    )
    insert into ${q(to)} (${writtenColumns(migration)}) overriding system value
    select ${writtenColumns(migration, 'o')} from ${q(from)} o join keys k on ${matches('o', 'k')}
    where (select count(*) from gone) >= 0
  `;
  const body = `
${VARIABLES_LAST}
declare
  qt_through bigint;
  qt_taken bigint;
  qt_reads_all text;
begin
  -- One at a time. And no TRUNCATE from here on: whoever is at one is waited for first.
  perform from ${q(names.state)} for update;
  lock table only ${q(from)} in access share mode;
  select max(c.entry), count(*) into qt_through, qt_taken
  from (select entry from ${q(names.changes)} order by entry limit $1) c;
  if qt_taken = 0 then return 0; end if;
  if exists (select from ${q(names.changes)} where truncated and entry <= qt_through) then
    truncate ${q(to)};
  end if;
  -- Few keys are looked up one by one; a planner without statistics would read both tables from end to end.
  select case when qt_taken * ${LOOKED_UP_SHARE} < copied then 'off' else 'on' end into qt_reads_all from ${q(names.state)};
  perform set_config(name, qt_reads_all, true)
  from unnest(array['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan']) name;
  -- One statement sees one moment: the entries that it takes, and the rows as these changes left them. It is planned
  -- anew each time, because of the settings.
  execute ${dollarQuoted(statement, 'one')} using qt_through;
  perform set_config(name, 'on', true)
  from unnest(array['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan']) name;
  return case when qt_taken < $1 then 0 else qt_taken end;
end
`;
  return `create function ${q(name)}(bigint) returns bigint language plpgsql as ${dollarQuoted(body, 'body')}`;
}

/** The triggers that write down changes of whichever table bears the name; they fire for replicated changes too. */
export function recordingTriggers({ names, q }: Migration, name: string): string[] {
  return [
    `create trigger ${RECORDING_TRIGGER} after insert or update or delete on ${q(name)} for each row execute function ${q(names.record)}()`,
    `create trigger ${TRUNCATE_TRIGGER} after truncate on ${q(name)} for each statement execute function ${q(names.record)}()`,
    `alter table ${q(name)} enable always trigger ${RECORDING_TRIGGER}`,
    `alter table ${q(name)} enable always trigger ${TRUNCATE_TRIGGER}`,
  ];
}

export function dropRecordingTriggers({ q }: Migration, name: string): string[] {
  return [
    `drop trigger if exists ${RECORDING_TRIGGER} on ${q(name)}`,
    `drop trigger if exists ${TRUNCATE_TRIGGER} on ${q(name)}`,
  ];
}

export function recordStep(migration: Migration): MigrationStep {
  const { table, q } = migration;
  return {
    id: 'record-changes',
    title: `Write down which rows of ${q(table.name)} change`,
    explanation:
      'From here on each write costs one more short row: the key of what was changed. It is written in the same transaction, whatever its isolation level.',
    sql: [sameTableCheck(migration), ...recordingTriggers(migration, table.name)],
    inverse: dropRecordingTriggers(migration, table.name),
    runsInTransaction: true,
    locks: `SHARE ROW EXCLUSIVE on ${q(table.name)} for a moment, after waiting for transactions that write to it; reads go on, writes wait meanwhile.`,
    lockTimeoutMs: migration.lockTimeoutMs,
    isDone: `select exists (select from pg_trigger where tgrelid = to_regclass(${quoteLiteral(q(table.name))}) and tgname = '${RECORDING_TRIGGER}')`,
  };
}

export function copyStep(migration: Migration): MigrationStep {
  const { table, names, q, options } = migration;
  return {
    id: 'copy-rows',
    title: 'Copy the rows',
    explanation: `Batches of ${options.batchRows} rows along the key, each in a transaction of its own that also notes how far it came: it can be stopped and resumed at any time.`,
    sql: [`select ${q(names.copy)}(${options.batchRows})`],
    inverse: [],
    runsInTransaction: true,
    repeatUntilZero: true,
    locks: `ACCESS SHARE on ${q(table.name)}, as any reader has: no writer waits for it.`,
    progress: `select copied::float8 as done, expected::float8 as total from ${q(names.state)}`,
    isDone: `select copy_ended from ${q(names.state)}`,
  };
}

/** Changes are brought over again and again until few are left, which takes the less time the fewer they are. */
export function drained({ q }: Migration, apply: string): string {
  return `do $drain$\nbegin\n  for i in 1..20 loop\n    exit when ${q(apply)}(null) < ${FEW_CHANGES};\n  end loop;\nend $drain$`;
}

/** So few are brought over in a moment, under the lock of the swap. */
const FEW_CHANGES = 500;

export function catchUpStep(migration: Migration): MigrationStep {
  const { names, q, options, table } = migration;
  return {
    id: 'catch-up',
    title: 'Bring changed rows up to date',
    explanation: 'Rows changed since they were copied are made anew, in batches, until less than a batch is left.',
    sql: [`select ${q(names.apply)}(${options.batchRows})`],
    inverse: [],
    runsInTransaction: true,
    repeatUntilZero: true,
    locks: `ACCESS SHARE on ${q(table.name)}: no writer waits for it.`,
  };
}

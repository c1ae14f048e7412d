import { cutToUtf8 } from '../../../base/utf8';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import { dollarQuoted } from '../../migration/migrationScript';
import type { MigrationStep } from '../../migration/migrationPlan';
import type { DependentMaterializedView } from '../tableDefinition';
import { dropRecordingTriggers, keyText } from './migrationCopy';
import { validateOldForeignKeys } from './migrationForeignKeys';
import { statisticsStatements } from './migrationIndexes';
import { grantStatements } from './migrationTable';
import type { Migration } from './migrationOptions';

/** Compares all rows that are not waiting in the list of changes, as of one moment. */
export function verifyStep(migration: Migration): MigrationStep {
  const { table, names, q } = migration;
  const { matches } = keyText(migration);
  const row = `row(${table.columns.map(column => `r.${quoteIdentifier(column.name)}`).join(', ')})::text`;
  const sums = (relation: string): string =>
    `select count(*) as rows, coalesce(sum(hashtextextended(${row}, 0)::numeric), 0) as checksum from ${relation} r
    where not exists (select from ${q(names.changes)} c where ${matches('r', 'c')})`;
  const body = `
declare both_sides record;
begin
  perform ${q(names.apply)}(null);
  with a as (${sums(`only ${q(table.name)}`)}),
    b as (${sums(q(names.next))})
  select a.rows, a.checksum, b.rows as copied, b.checksum as copied_checksum into both_sides from a, b;
  if (both_sides.rows, both_sides.checksum) is distinct from (both_sides.copied, both_sides.copied_checksum) then
    raise exception using
      message = format('the copy differs: %s rows with checksum %s in the table, %s rows with checksum %s in the copy',
        both_sides.rows, both_sides.checksum, both_sides.copied, both_sides.copied_checksum),
      hint = 'take the migration back; the table itself is untouched';
  end if;
  raise notice '% rows and their checksums are equal', both_sides.rows;
end
`;
  return {
    id: 'verify',
    title: 'Compare both tables',
    explanation:
      'Counts the rows and sums up a hash of each, on both sides as of one moment, without those that changed since the last catching up.',
    sql: [`do ${dollarQuoted(body, 'verify')}`],
    inverse: [],
    runsInTransaction: true,
    locks: 'ACCESS SHARE: it reads all rows of both tables; nobody waits for it.',
  };
}

/** The last step before the swap; its inverse is the first thing to do after a swap back. */
export function analyzeStep(migration: Migration): MigrationStep {
  const { names, q, table } = migration;
  const statistics = statisticsStatements(migration);
  const made = names.renamed.filter(each => each.kind === 'statistics');
  return {
    id: 'analyze',
    title: 'Gather statistics',
    explanation:
      'So that the planner knows the new table from its first query on. After a swap back, the inverse makes foreign keys and materialized views whole again.',
    sql: [
      ...(statistics.length > 0
        ? [...made.map(each => `drop statistics if exists ${quoteQualified(each.schema, each.before)}`), ...statistics]
        : []),
      `analyze ${q(names.next)}`,
    ],
    inverse: [
      ...validateOldForeignKeys(migration),
      ...table.dependents.materializedViews.map(view => rebuilt(migration, view)),
    ],
    runsInTransaction: false,
    locks: 'None on the table in use.',
  };
}

/** Materialized views cannot be replaced: each is filled anew beside the old one, and takes its name. */
export function materializedViewStep(migration: Migration): MigrationStep[] {
  const views = migration.table.dependents.materializedViews;
  if (views.length === 0) return [];
  return [
    {
      id: 'materialized-views',
      title: `Make ${views.map(view => view.name).join(', ')} anew`,
      explanation:
        'A materialized view goes on reading the table that it was made for, the old one by now. A new one is filled beside it and takes its place; until then its rows are those of the last refresh.',
      sql: views.map(view => rebuilt(migration, view)),
      inverse: [],
      runsInTransaction: false,
      locks: 'ACCESS EXCLUSIVE on the materialized view when it changes places, for a moment.',
    },
  ];
}

/** One block, so that nothing is left half-made; run again it makes the view once more. */
function rebuilt(migration: Migration, view: DependentMaterializedView): string {
  const base = `${cutToUtf8(view.bareName, 40)}_being_made`;
  const next = quoteQualified(view.schema, base);
  const options = view.options.length > 0 ? ` with (${view.options.join(', ')})` : '';
  const tablespace = view.tablespace ? ` tablespace ${view.tablespace}` : '';
  const indexName = (i: number): string => quoteIdentifier(`${base}_${i + 1}`);
  const definition = view.definition.trim();
  const sql = [
    `create materialized view ${next}${options}${tablespace} as ${definition} with ${view.populated ? '' : 'no '}data`,
    ...view.indexes.map(
      (index, i) => `create ${index.unique ? 'unique ' : ''}index ${indexName(i)} on ${next} using ${index.rest}`,
    ),
    `alter materialized view ${next} owner to ${quoteIdentifier(view.owner)}`,
    ...grantStatements({ table: { ...migration.table, owner: view.owner } }, 'table', next, view.grants),
    ...(view.comment === null ? [] : [`comment on materialized view ${next} is ${quoteLiteral(view.comment)}`]),
    `drop materialized view ${view.name}`,
    `alter materialized view ${next} rename to ${quoteIdentifier(view.bareName)}`,
    ...view.indexes.map(
      (index, i) =>
        `alter index ${quoteIdentifier(view.schema)}.${indexName(i)} rename to ${quoteIdentifier(index.name)}`,
    ),
  ];
  return `do ${dollarQuoted(`\nbegin\n${sql.map(each => `  ${each};`).join('\n')}\nend\n`, 'rebuild')}`;
}

/** What the user does some day, when the partitioned table has proved itself. */
export function laterSteps(migration: Migration): MigrationStep[] {
  const { table, names, q } = migration;
  const functions = [names.record, names.copy, names.apply, names.applyBack];
  return [
    {
      id: 'end-recording',
      title: 'Stop writing down changes for the way back',
      explanation: `Until then each write to ${q(table.name)} also adds its key to ${q(names.changes)}, which grows. Afterwards ${q(names.old)} falls behind.`,
      sql: [
        ...dropRecordingTriggers(migration, table.name),
        ...functions.map(name => `drop function if exists ${q(name)}`),
        `drop table if exists ${q(names.changes)}, ${q(names.state)}`,
      ],
      inverse: [],
      runsInTransaction: true,
      lockTimeoutMs: migration.lockTimeoutMs,
      locks: `ACCESS EXCLUSIVE on ${q(table.name)} for a moment.`,
      onRequest: true,
      irreversible: 'changes made from then on are no longer known.',
    },
    {
      id: 'drop-old-table',
      title: `Drop ${q(names.old)}`,
      explanation: 'Gives its space back. Anything that still depends on it makes this fail, and is named.',
      sql: [`drop table if exists ${q(names.old)}`],
      inverse: [],
      runsInTransaction: true,
      lockTimeoutMs: migration.lockTimeoutMs,
      locks: `ACCESS EXCLUSIVE on ${q(names.old)}, which nobody uses.`,
      onRequest: true,
      irreversible: 'its rows are gone.',
    },
  ];
}

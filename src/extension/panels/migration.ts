import type { Change, Suggestion } from '../../core/advisor/suggestion';

/** What a migration is made of. */
export type MigratedChange = Pick<Suggestion, 'title' | 'change' | 'evidence'>;

export const MIGRATION_STYLES = ['sql', 'flyway', 'golang-migrate', 'dbmate', 'rails'] as const;
export type MigrationStyle = (typeof MIGRATION_STYLES)[number];

export interface MigrationFile {
  readonly name: string;
  readonly text: string;
}

/** A suggestion as a migration: what it does and why, the way up, and the way down in comments. */
export function migrationText({ title, change, evidence }: MigratedChange): string {
  return [
    comment(title),
    comment(`${evidence.how}: ${evidence.text}`),
    ...(change.runsInTransaction ? [] : [comment('Runs outside a transaction.')]),
    ...change.sql.map(statement => `${statement};`),
    '',
    comment('Undo:'),
    ...change.inverse.map(statement => comment(`${statement};`)),
    '',
  ].join('\n');
}

/**
 * The files of one or more changes in a tool's own form. `at` names the first version. Tools that send a whole file at
 * once get one statement a file: PostgreSQL takes several sent together for a transaction, in which CONCURRENTLY is
 * refused.
 */
export function migrationFiles(changes: readonly MigratedChange[], style: MigrationStyle, at: Date): MigrationFile[] {
  if (style === 'sql') {
    return changes.length === 0 ? [] : [{ name: 'indexes.sql', text: changes.map(migrationText).join('\n') }];
  }
  const steps = style === 'golang-migrate' || style === 'dbmate' ? changes.flatMap(oneByOne) : changes;
  return steps.flatMap((step, position) => WRITERS[style](step, versionOf(at, position)));
}

/** Flyway holds its lock in a transaction unless told otherwise, and a concurrent build waits for all transactions. */
const FLYWAY_LOCK =
  'Flyway needs flyway.postgresql.transactional.lock=false, or it waits for itself where an index is built CONCURRENTLY.\n';

type Writer = (change: MigratedChange, version: string) => MigrationFile[];

const WRITERS: Readonly<Record<Exclude<MigrationStyle, 'sql'>, Writer>> = {
  flyway: (migrated, version) => {
    const name = `${version}__${slugOf(migrated)}`;
    const ways = migrated.change.inverse.length > 0 ? ['V', 'U'] : ['V'];
    const configurations = ways.map(way => ({ name: `${way}${name}.sql.conf`, text: 'executeInTransaction=false\n' }));
    return [
      { name: `V${name}.sql`, text: `${builds(migrated) ? comment(FLYWAY_LOCK) : ''}${upText(migrated)}` },
      ...(migrated.change.inverse.length > 0
        ? [{ name: `U${name}.sql`, text: statements(migrated.change.inverse) }]
        : []),
      ...(migrated.change.runsInTransaction ? [] : configurations),
    ];
  },
  'golang-migrate': (migrated, version) => [
    { name: `${version}_${slugOf(migrated)}.up.sql`, text: upText(migrated) },
    { name: `${version}_${slugOf(migrated)}.down.sql`, text: statements(migrated.change.inverse) },
  ],
  dbmate: (migrated, version) => {
    const mode = migrated.change.runsInTransaction ? '' : ' transaction:false';
    const text = `-- migrate:up${mode}\n${upText(migrated)}\n-- migrate:down${mode}\n${statements(migrated.change.inverse)}`;
    return [{ name: `${version}_${slugOf(migrated)}.sql`, text }];
  },
  rails: (migrated, version) => [{ name: `${version}_${slugOf(migrated)}.rb`, text: railsText(migrated) }],
};

function builds({ change }: MigratedChange): boolean {
  return [...change.sql, ...change.inverse].some(sql => /^\w+ (?:UNIQUE )?INDEX CONCURRENTLY /i.test(sql));
}

function upText({ title, change, evidence }: MigratedChange): string {
  return `${comment(title)}\n${comment(`${evidence.how}: ${evidence.text}`)}\n${statements(change.sql)}`;
}

function statements(sql: readonly string[]): string {
  return sql.map(statement => `${statement};\n`).join('');
}

function comment(text: string): string {
  return text.replace(/^(?=.)/gm, '-- ');
}

/** One change for each statement; the first takes the way down along, if that is one statement. */
function oneByOne(migrated: MigratedChange): MigratedChange[] {
  const { change, title } = migrated;
  return change.sql.map((sql, position) => {
    const inverse = position === 0 ? change.inverse.slice(0, 1) : [];
    const single: Change = { ...change, sql: [sql], inverse };
    return { ...migrated, title: position === 0 ? title : sql, change: single };
  });
}

function railsText({ title, change, evidence }: MigratedChange): string {
  const name = slugOf({ title, change, evidence })
    .split('_')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const method = (way: string, sql: readonly string[]): string[] => [
    `  def ${way}`,
    ...sql.map(statement => `    execute <<~'SQL'\n${statement.replace(/^/gm, '      ')}\n    SQL`),
    '  end',
  ];
  return [
    `# ${title}`,
    `# ${evidence.how}: ${evidence.text.replace(/\n/g, ' ')}`,
    `class ${name} < ActiveRecord::Migration[7.0]`,
    ...(change.runsInTransaction ? [] : ['  disable_ddl_transaction!', '']),
    ...method('up', change.sql),
    '',
    ...method('down', change.inverse),
    'end',
    '',
  ].join('\n');
}

/** `create_orders_customer_id_idx`: what is done to which index. */
function slugOf({ change, title }: MigratedChange): string {
  const match =
    /^(CREATE|DROP|REINDEX|ANALYZE)\s+(?:UNIQUE\s+)?(?:INDEX\s+)?(?:CONCURRENTLY\s+)?(.+?)(?:\s+ON\b|$)/is.exec(
      change.sql[0] ?? '',
    );
  const words = match ? `${match[1]} ${match[2]}` : title;
  const slug = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return slug.slice(0, 80) || 'change';
}

/** `20260131120000`, UTC, a second later for each further file. */
function versionOf(at: Date, position: number): string {
  return new Date(at.getTime() + position * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

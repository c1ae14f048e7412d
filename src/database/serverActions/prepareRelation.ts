import type { PreparedAction } from '../../core/health/preparedAction';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { ServerAction } from './actionTargets';
import type { ActionServer } from './prepareAction';

export type RelationAction = Extract<ServerAction, 'analyze' | 'vacuum' | 'freeze' | 'reindex' | 'refresh'>;

interface RelationRow {
  readonly [column: string]: unknown;
  readonly name: string;
  readonly kind: string;
  readonly owner: string;
  /** Owns it, or is a member of the role that does. */
  readonly owns: boolean;
  readonly owns_database: boolean;
  readonly database_owner: string;
  /** From 17 on. */
  readonly maintains: boolean;
  readonly is_populated: boolean;
  readonly has_unique_index: boolean;
}

const KINDS: Readonly<Record<RelationAction, string>> = {
  analyze: 'rpm',
  vacuum: 'rpm',
  freeze: 'rpm',
  reindex: 'iI',
  refresh: 'm',
};

/** For an index everything is about its table. */
function relationQuery({ version }: ActionServer): string {
  const maintains = version >= 170000 ? `pg_catalog.has_table_privilege(t.oid, 'MAINTAIN')` : 'false';
  return `
    select format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
      pg_catalog.pg_get_userbyid(t.relowner)::text as owner, pg_catalog.pg_has_role(t.relowner, 'USAGE') as owns,
      pg_catalog.pg_has_role(d.datdba, 'USAGE') as owns_database,
      pg_catalog.pg_get_userbyid(d.datdba)::text as database_owner, ${maintains} as maintains,
      t.relispopulated as is_populated,
      exists (select from pg_catalog.pg_index u where u.indrelid = t.oid and u.indisunique and u.indisvalid
        and u.indimmediate and u.indpred is null and u.indexprs is null) as has_unique_index
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_index i on i.indexrelid = c.oid
      join pg_catalog.pg_class t on t.oid = coalesce(i.indrelid, c.oid)
      join pg_catalog.pg_database d on d.datname = current_database()
    where c.oid = pg_catalog.to_regclass($1)`;
}

export async function prepareRelation(
  db: PostgresDatabase,
  action: RelationAction,
  target: string,
  server: ActionServer,
  signal: CancelSignal | undefined,
): Promise<PreparedAction> {
  const [row] = await db.query<RelationRow>(relationQuery(server), [target], signal);
  if (!row) throw new DatabaseError('sql', `there is no ${target} any more`, undefined, '42P01');
  if (!KINDS[action].includes(row.kind)) throw new DatabaseError('unsupported', `${row.name} is nothing to ${action}`);
  return { ...describe(action, row), ...refusal(action, row, server) };
}

function describe(action: RelationAction, { name, kind, is_populated, has_unique_index }: RelationRow): PreparedAction {
  const goesOn = 'Reads and writes go on meanwhile; other changes of the table wait (SHARE UPDATE EXCLUSIVE).';
  switch (action) {
    case 'analyze':
      return {
        title: `ANALYZE ${name}`,
        sql: [`ANALYZE ${name}`],
        notes: ['Reads a sample of the rows and writes the statistics the planner goes by.', goesOn],
      };
    case 'vacuum':
      return {
        title: `VACUUM ${name}`,
        sql: [`VACUUM (ANALYZE) ${name}`],
        notes: [
          'Makes the space of dead rows usable again, and analyses the table. Takes disk reads and writes.',
          goesOn,
        ],
      };
    case 'freeze':
      return {
        title: `VACUUM (FREEZE) ${name}`,
        sql: [`VACUUM (FREEZE) ${name}`],
        notes: [
          'Reads the whole table and marks its rows as old for good. Takes disk reads and writes, and WAL.',
          goesOn,
        ],
      };
    case 'reindex':
      return {
        title: `Rebuild the index ${name}`,
        sql: [`REINDEX INDEX CONCURRENTLY ${name}`],
        notes: [
          `Builds the index${kind === 'I' ? ' of each partition' : ''} anew beside the old one, which needs its space twice.`,
          'It waits for transactions that were open before. A cancel leaves an INVALID index, which is dropped then.',
          goesOn,
        ],
      };
    case 'refresh':
      if (has_unique_index && is_populated) {
        return {
          title: `Refresh ${name}`,
          sql: [`REFRESH MATERIALIZED VIEW CONCURRENTLY ${name}`],
          notes: ['Runs its query and changes only the rows that differ. Reads go on meanwhile; other refreshes wait.'],
        };
      }
      return {
        title: `Refresh ${name}`,
        sql: [`REFRESH MATERIALIZED VIEW ${name}`],
        notes: [
          'Locks the view: nobody can read it until its query has run (ACCESS EXCLUSIVE).',
          is_populated
            ? 'With a unique index on plain columns, without WHERE, it could be refreshed while it is read (CONCURRENTLY).'
            : 'It was never populated, so there is nothing yet that could be read meanwhile.',
        ],
      };
  }
}

/** Manual, "Privileges", and the pages of VACUUM, ANALYZE, REINDEX and REFRESH MATERIALIZED VIEW. */
function refusal(
  action: RelationAction,
  { name, owner, owns, owns_database, database_owner, maintains }: RelationRow,
  { role, version, is_superuser }: ActionServer,
): { refusal?: string } {
  // Owning the database is enough for its tables, not for a single index or for a view that runs with its owner's rights.
  const viaDatabase = action !== 'refresh' && action !== 'reindex';
  if (is_superuser || owns || maintains || (viaDatabase && owns_database)) return {};
  const who = [
    `its owner ${owner}`,
    ...(viaDatabase ? [`the database's owner ${database_owner}`] : []),
    ...(version >= 170000 ? ['a role with the MAINTAIN privilege on it or in pg_maintain'] : []),
    'a superuser',
  ];
  return { refusal: `${role} may not do this to ${name}: ${who.slice(0, -1).join(', ')} or ${who.at(-1)} may` };
}

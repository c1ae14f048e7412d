/** What PostgreSQL has counted of a table, and how the table stands now. */
export interface TableActivity {
  readonly schema: string;
  readonly table: string;
  /** `pg_class.relkind`: `r` a table, `m` a materialized view, `p` a partitioned table. */
  readonly kind: 'r' | 'm' | 'p';
  /** Rows as the planner counts them (`reltuples`), or as the statistics do where it was never analyzed. */
  readonly rows: number;
  /** Of the table alone, without indexes and TOAST. */
  readonly bytes: number;
  readonly deadRows: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  /** Updates whose new version stayed on the page of the old one, with no new index entry. */
  readonly hotUpdates: number;
  /** Updates whose new version went to another page for want of room; counted since PostgreSQL 16. */
  readonly newPageUpdates: number | null;
  readonly autovacuums: number;
  /** Days since the counters began; null where nobody knows. */
  readonly days: number | null;
  /** Storage parameters set on the table, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The server's own values of what a table may have a parameter for. */
export type AutovacuumDefaults = Readonly<Record<StorageParameter, number>>;

export const STORAGE_PARAMETERS = [
  'autovacuum_vacuum_scale_factor',
  'autovacuum_vacuum_threshold',
  'autovacuum_analyze_scale_factor',
  'autovacuum_analyze_threshold',
  'autovacuum_vacuum_insert_scale_factor',
  'autovacuum_vacuum_insert_threshold',
  'fillfactor',
] as const;

export type StorageParameter = (typeof STORAGE_PARAMETERS)[number];

/** The value that counts for a table: its own, or the server's. */
export function parameterOf(activity: TableActivity, defaults: AutovacuumDefaults, name: StorageParameter): number {
  const own = Number(activity.parameters[name] ?? NaN);
  return Number.isFinite(own) ? own : defaults[name];
}

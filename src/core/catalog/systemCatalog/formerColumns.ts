/** Where a name that a system relation has not, or no longer has, went; or what is meant by it. */
export interface FormerColumn {
  /** Name of the column in the same relation; absent when it is no longer a column of it. */
  readonly now?: string;
  /** What gives the same today, when no column of the relation does. */
  readonly instead?: string;
  /** Version that renamed or removed it; absent for a name taken from a similar view. */
  readonly since?: string;
}

type Names = Readonly<Record<string, FormerColumn>>;

const mistaken = (now: string): FormerColumn => ({ now });
const renamed = (now: string, since: string): FormerColumn => ({ now, since });
const replaced = (instead: string, since: string): FormerColumn => ({ instead, since });

const TABLE_STATISTICS: Names = {
  tablename: mistaken('relname'),
  table_name: mistaken('relname'),
  table_schema: mistaken('schemaname'),
  schema_name: mistaken('schemaname'),
};

const INDEX_STATISTICS: Names = {
  ...TABLE_STATISTICS,
  indexname: mistaken('indexrelname'),
  index_name: mistaken('indexrelname'),
};

const SCHEMA_AND_TABLE: Names = {
  relname: mistaken('tablename'),
  table_name: mistaken('tablename'),
  table_schema: mistaken('schemaname'),
  schema_name: mistaken('schemaname'),
  nspname: mistaken('schemaname'),
};

const BY_RELATION: Readonly<Record<string, Names>> = {
  pg_tables: SCHEMA_AND_TABLE,
  pg_indexes: { ...SCHEMA_AND_TABLE, indexrelname: mistaken('indexname'), index_name: mistaken('indexname') },
  pg_stats: { ...SCHEMA_AND_TABLE, column_name: mistaken('attname'), columnname: mistaken('attname') },
  pg_matviews: { relname: mistaken('matviewname'), viewname: mistaken('matviewname') },
  pg_views: { relname: mistaken('viewname'), view_name: mistaken('viewname') },
  pg_class: {
    tablename: mistaken('relname'),
    indexname: mistaken('relname'),
    relhasoids: replaced('nothing, no table has OIDs', '12'),
    relhaspkey: replaced('pg_index.indisprimary', '11'),
  },
  pg_namespace: { schemaname: mistaken('nspname'), schema_name: mistaken('nspname') },
  pg_database: {
    datlastsysoid: replaced('16383, the last OID of initdb', '15'),
    daticulocale: renamed('datlocale', '17'),
  },
  pg_collation: { colliculocale: renamed('colllocale', '17') },
  pg_constraint: { consrc: replaced('pg_get_constraintdef(oid)', '12') },
  pg_attrdef: { adsrc: replaced('pg_get_expr(adbin, adrelid)', '12') },
  pg_proc: {
    proisagg: replaced("prokind = 'a'", '11'),
    proiswindow: replaced("prokind = 'w'", '11'),
  },
  pg_stat_activity: {
    procpid: renamed('pid', '9.2'),
    current_query: renamed('query', '9.2'),
    waiting: replaced('wait_event_type, which is NULL for a session that does not wait', '9.6'),
    username: mistaken('usename'),
    database: mistaken('datname'),
    dbname: mistaken('datname'),
  },
  pg_stat_replication: {
    procpid: renamed('pid', '9.2'),
    sent_location: renamed('sent_lsn', '10'),
    write_location: renamed('write_lsn', '10'),
    flush_location: renamed('flush_lsn', '10'),
    replay_location: renamed('replay_lsn', '10'),
  },
  pg_stat_wal_receiver: { received_lsn: renamed('flushed_lsn', '13') },
  pg_stat_statements: {
    total_time: renamed('total_exec_time', '13'),
    mean_time: renamed('mean_exec_time', '13'),
    min_time: renamed('min_exec_time', '13'),
    max_time: renamed('max_exec_time', '13'),
    stddev_time: renamed('stddev_exec_time', '13'),
    blk_read_time: renamed('shared_blk_read_time', '17'),
    blk_write_time: renamed('shared_blk_write_time', '17'),
  },
  pg_stat_bgwriter: {
    checkpoints_timed: replaced('pg_stat_checkpointer.num_timed', '17'),
    checkpoints_req: replaced('pg_stat_checkpointer.num_requested', '17'),
    checkpoint_write_time: replaced('pg_stat_checkpointer.write_time', '17'),
    checkpoint_sync_time: replaced('pg_stat_checkpointer.sync_time', '17'),
    buffers_checkpoint: replaced('pg_stat_checkpointer.buffers_written', '17'),
    buffers_backend: replaced('pg_stat_io', '17'),
    buffers_backend_fsync: replaced('pg_stat_io', '17'),
  },
  pg_stat_wal: {
    wal_write: replaced('pg_stat_io', '18'),
    wal_sync: replaced('pg_stat_io', '18'),
    wal_write_time: replaced('pg_stat_io', '18'),
    wal_sync_time: replaced('pg_stat_io', '18'),
  },
  pg_stat_io: { op_bytes: replaced('read_bytes, write_bytes and extend_bytes', '18') },
  pg_stat_progress_vacuum: {
    max_dead_tuples: replaced('max_dead_tuple_bytes', '17'),
    num_dead_tuples: renamed('num_dead_item_ids', '17'),
  },
  pg_backend_memory_contexts: { parent: replaced('path', '18') },
  pg_settings: { value: mistaken('setting') },
};

/** What became of a column, or which one a common mistake means. */
export function findFormerColumn(relation: string, column: string): FormerColumn | undefined {
  const names =
    BY_RELATION[relation] ??
    (/^pg_stat(?:io)?_(?:xact_)?(?:all|user|sys)_tables$/.test(relation) ? TABLE_STATISTICS : undefined) ??
    (/^pg_stat(?:io)?_(?:all|user|sys)_indexes$/.test(relation) ? INDEX_STATISTICS : undefined);
  return names !== undefined && Object.hasOwn(names, column) ? names[column] : undefined;
}

/**
 * In which major version a catalog column or a setting came or went, as far as the servers at hand (14 and 18) differ.
 * They tell that it happened, not when: the version is derived from PostgreSQL's release notes, and is not measured for
 * 15, 16 and 17. The generator refuses a difference that is not explained here.
 */
export interface DerivedVersions {
  /** First version that has it. */
  readonly since: Readonly<Record<number, string>>;
  /** First version without it. */
  readonly until: Readonly<Record<number, string>>;
}

/** Relations, by name, blanks between. */
export const RELATION_VERSIONS: DerivedVersions = {
  since: {
    15: 'pg_ident_file_mappings pg_parameter_acl pg_publication_namespace pg_stat_recovery_prefetch pg_stat_subscription_stats',
    16: 'pg_stat_io',
    17: 'pg_stat_checkpointer pg_wait_events',
    18: 'pg_aios pg_shmem_allocations_numa',
  },
  until: {},
};

/** Columns, as `relation.column`; `relation.{a,b}` for several. */
export const COLUMN_VERSIONS: DerivedVersions = {
  since: {
    15:
      'pg_constraint.confdelsetcols pg_database.{datlocprovider,datcollversion} pg_index.indnullsnotdistinct ' +
      'pg_publication_rel.{prqual,prattrs} pg_publication_tables.{attnames,rowfilter} ' +
      'pg_stat_statements.{temp_blk_read_time,temp_blk_write_time,jit_functions,jit_generation_time,' +
      'jit_inlining_count,jit_inlining_time,jit_optimization_count,jit_optimization_time,jit_emission_count,' +
      'jit_emission_time} pg_statistic_ext_data.stxdinherit pg_stats_ext.inherited pg_stats_ext_exprs.inherited ' +
      'pg_subscription.{subskiplsn,subtwophasestate,subdisableonerr}',
    16:
      'pg_auth_members.{oid,inherit_option,set_option} pg_collation.collicurules pg_database.daticurules ' +
      'pg_hba_file_rules.{rule_number,file_name} pg_ident_file_mappings.{map_number,file_name} ' +
      'pg_prepared_statements.result_types pg_replication_slots.conflicting ' +
      'pg_stat_{all,sys,user}_indexes.last_idx_scan ' +
      'pg_stat_{all,sys,user}_tables.{last_seq_scan,last_idx_scan,n_tup_newpage_upd} ' +
      'pg_stat_xact_{all,sys,user}_tables.n_tup_newpage_upd pg_stat_database_conflicts.confl_active_logicalslot ' +
      'pg_stat_gssapi.credentials_delegated pg_stat_subscription.leader_pid ' +
      'pg_subscription.{subpasswordrequired,subrunasowner,suborigin}',
    17:
      'pg_collation.colllocale pg_database.{datlocale,dathasloginevt} ' +
      'pg_replication_slots.{inactive_since,invalidation_reason,failover,synced} ' +
      'pg_stat_progress_copy.tuples_skipped pg_stat_subscription.worker_type pg_subscription.subfailover ' +
      'pg_stat_progress_vacuum.{max_dead_tuple_bytes,dead_tuple_bytes,num_dead_item_ids,indexes_total,' +
      'indexes_processed} pg_stat_statements.{shared_blk_read_time,shared_blk_write_time,local_blk_read_time,' +
      'local_blk_write_time,jit_deform_count,jit_deform_time,stats_since,minmax_stats_since} ' +
      'pg_stats.{range_length_histogram,range_empty_frac,range_bounds_histogram}',
    18:
      'pg_backend_memory_contexts.{type,path} pg_class.relallfrozen pg_constraint.{conenforced,conperiod} ' +
      'pg_publication.pubgencols pg_replication_slots.two_phase_at ' +
      'pg_stat_{all,sys,user}_tables.{total_vacuum_time,total_autovacuum_time,total_analyze_time,' +
      'total_autoanalyze_time} pg_stat_checkpointer.{num_done,slru_written} ' +
      'pg_stat_database.{parallel_workers_to_launch,parallel_workers_launched} ' +
      'pg_stat_io.{read_bytes,write_bytes,extend_bytes} pg_stat_progress_analyze.delay_time ' +
      'pg_stat_progress_vacuum.delay_time ' +
      'pg_stat_statements.{wal_buffers_full,parallel_workers_to_launch,parallel_workers_launched} ' +
      'pg_stat_subscription_stats.{confl_insert_exists,confl_update_origin_differs,confl_update_exists,' +
      'confl_update_missing,confl_delete_origin_differs,confl_delete_missing,confl_multiple_unique_conflicts}',
  },
  until: {
    15: 'pg_database.datlastsysoid',
    17:
      'pg_stat_bgwriter.{checkpoints_timed,checkpoints_req,checkpoint_write_time,checkpoint_sync_time,' +
      'buffers_checkpoint,buffers_backend,buffers_backend_fsync} ' +
      'pg_stat_progress_vacuum.{max_dead_tuples,num_dead_tuples} pg_stat_statements.{blk_read_time,blk_write_time}',
    18:
      'pg_attribute.attcacheoff pg_backend_memory_contexts.parent ' +
      'pg_stat_wal.{wal_write,wal_sync,wal_write_time,wal_sync_time}',
  },
};

/** Columns that neither 14 nor 18 has, with the versions that do. */
export const PASSING_COLUMNS: readonly {
  readonly relation: string;
  readonly column: string;
  readonly since: number;
  readonly until: number;
}[] = [
  { relation: 'pg_collation', column: 'colliculocale', since: 15, until: 17 },
  { relation: 'pg_database', column: 'daticulocale', since: 15, until: 17 },
  { relation: 'pg_stat_io', column: 'op_bytes', since: 16, until: 18 },
];

/** Settings by name. */
export const SETTING_VERSIONS: DerivedVersions = {
  since: {
    15:
      'archive_library log_startup_progress_interval recovery_prefetch recursive_worktable_factor ' +
      'shared_memory_size shared_memory_size_in_huge_pages stats_fetch_consistency wal_decode_buffer_size',
    16:
      'createrole_self_grant debug_io_direct debug_logical_replication_streaming debug_parallel_query ' +
      'enable_presorted_aggregate gss_accept_delegation icu_validation_level ' +
      'max_parallel_apply_workers_per_subscription reserved_connections scram_iterations send_abort_for_crash ' +
      'send_abort_for_kill vacuum_buffer_usage_limit',
    17:
      'allow_alter_system commit_timestamp_buffers enable_group_by_reordering event_triggers huge_pages_status ' +
      'io_combine_limit max_notify_queue_pages multixact_member_buffers multixact_offset_buffers notify_buffers ' +
      'serializable_buffers subtransaction_buffers summarize_wal sync_replication_slots synchronized_standby_slots ' +
      'trace_connection_negotiation transaction_buffers transaction_timeout wal_summary_keep_time',
    18:
      'autovacuum_vacuum_max_threshold autovacuum_worker_slots enable_distinct_reordering ' +
      'enable_self_join_elimination extension_control_path file_copy_method idle_replication_slot_timeout ' +
      'io_max_combine_limit io_max_concurrency io_method io_workers log_lock_failures ' +
      'max_active_replication_origins md5_password_warnings num_os_semaphores oauth_validator_libraries ssl_groups ' +
      'ssl_tls13_ciphers track_cost_delay_timing vacuum_max_eager_freeze_failure_rate vacuum_truncate',
  },
  until: {
    15: 'stats_temp_directory',
    16: 'force_parallel_mode lc_collate lc_ctype promote_trigger_file vacuum_defer_cleanup_age',
    17: 'db_user_namespace old_snapshot_threshold trace_recovery_messages',
    18: 'ssl_ecdh_curve',
  },
};

/** Came in minor releases of several majors: no version to compare with. */
export const SETTINGS_OF_MINOR_RELEASES: ReadonlySet<string> = new Set(['file_extend_method']);

/** From which version on a setting has the type, context, default or limit that 18 has. */
export const SETTING_FACT_VERSIONS: Readonly<Record<string, number>> = {
  autovacuum_max_workers: 18,
  effective_io_concurrency: 18,
  hash_mem_multiplier: 15,
  log_autovacuum_min_duration: 15,
  log_checkpoints: 15,
  log_connections: 18,
  log_rotation_size: 18,
  maintenance_io_concurrency: 18,
  maintenance_work_mem: 18,
  wal_compression: 15,
};

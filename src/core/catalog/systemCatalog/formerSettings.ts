/** Settings that no version from 14 to 18 has, or that some lost, and what took their place. */
const FORMER: Readonly<Record<string, { readonly instead?: string; readonly gone: string }>> = {
  checkpoint_segments: { instead: 'max_wal_size', gone: '9.5' },
  wal_keep_segments: { instead: 'wal_keep_size', gone: '13' },
  replacement_sort_tuples: { gone: '11' },
  vacuum_cleanup_index_scale_factor: { gone: '14' },
  operator_precedence_warning: { gone: '14' },
  max_fsm_pages: { gone: '8.4' },
  max_fsm_relations: { gone: '8.4' },
  sql_inheritance: { gone: '10' },
  min_parallel_relation_size: { instead: 'min_parallel_table_scan_size', gone: '10' },
  max_parallel_degree: { instead: 'max_parallel_workers_per_gather', gone: '9.6' },
  custom_variable_classes: { gone: '9.2' },
  unix_socket_directory: { instead: 'unix_socket_directories', gone: '9.3' },
  trigger_file: { instead: 'pg_promote()', gone: '12' },
  promote_trigger_file: { instead: 'pg_promote()', gone: '16' },
  standby_mode: { instead: 'a file standby.signal', gone: '12' },
  recovery_target_timeline_name: { instead: 'recovery_target_timeline', gone: '12' },
  stats_temp_directory: { gone: '15' },
  force_parallel_mode: { instead: 'debug_parallel_query', gone: '16' },
  vacuum_defer_cleanup_age: { instead: 'hot_standby_feedback or replication slots', gone: '16' },
  lc_collate: { gone: '16' },
  lc_ctype: { gone: '16' },
  db_user_namespace: { gone: '17' },
  old_snapshot_threshold: { gone: '17' },
  trace_recovery_messages: { gone: '17' },
};

/** Names the server takes although `pg_settings` does not list them. */
const UNLISTED: ReadonlySet<string> = new Set([
  // Not shown to anybody.
  'role',
  'session_authorization',
  'seed',
  'is_superuser',
  'default_with_oids',
  'ssl_renegotiation_limit',
  // Old names that are translated.
  'sort_mem',
  'vacuum_mem',
  'ssl_ecdh_curve',
  // Only in servers built for debugging, or on other platforms.
  'trace_locks',
  'trace_userlocks',
  'trace_lwlocks',
  'trace_lock_oidmin',
  'trace_lock_table',
  'trace_syncscan',
  'trace_btree_build_stats',
  'debug_deadlocks',
  'log_btree_build_stats',
  'wal_debug',
  'optimize_bounded_sort',
  'debug_discard_caches',
  'clobber_cache_always',
  'bonjour',
  'bonjour_name',
  'event_source',
]);

/** When a setting went and what took its place. */
export function findFormerSetting(
  name: string,
): { readonly instead?: string | undefined; readonly gone: string } | undefined {
  return Object.hasOwn(FORMER, name) ? FORMER[name] : undefined;
}

/** True for a name that is fine although it is in no list of ours. */
export function isUnlistedSetting(name: string): boolean {
  return UNLISTED.has(name);
}

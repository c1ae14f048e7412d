/**
 * Settings whose entries the server's own code quotes one by one (GUC_LIST_QUOTE in guc_tables.c): a comma inside the
 * quotes of SET is part of a name.
 */
export const QUOTED_LIST_SETTINGS: ReadonlySet<string> = new Set([
  'shared_preload_libraries',
  'session_preload_libraries',
  'local_preload_libraries',
  'search_path',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** All settings whose value is a list of names. */
export const LIST_SETTINGS: ReadonlySet<string> = new Set([
  ...QUOTED_LIST_SETTINGS,
  'listen_addresses',
  'log_destination',
  'synchronous_standby_names',
  'debug_io_direct',
  'restrict_nonsystem_relation_kind',
]);

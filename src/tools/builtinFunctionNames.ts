/** Functions of pg_catalog that people call by name, by what they are about. Operators' and types' own are left out. */
export const BUILTIN_FUNCTION_NAMES: readonly string[] = `
  count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every
  bit_and bit_or any_value stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp
  regr_slope regr_intercept regr_r2 regr_count mode percentile_cont percentile_disc range_agg range_intersect_agg
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  abs ceil ceiling floor round trunc sign mod div power pow sqrt cbrt exp ln log log10 gcd lcm factorial pi degrees
  radians sin cos tan asin acos atan atan2 sinh cosh tanh random random_normal setseed width_bucket scale trim_scale
  min_scale erf erfc gamma lgamma
  length char_length character_length octet_length bit_length lower upper initcap concat concat_ws left right lpad rpad
  ltrim rtrim btrim replace translate reverse repeat split_part strpos substr starts_with format quote_ident quote_literal
  quote_nullable chr ascii md5 sha224 sha256 sha384 sha512 crc32 crc32c encode decode convert_from convert_to to_hex
  to_bin to_oct to_ascii normalize unistr casefold string_to_array string_to_table array_to_string
  regexp_replace regexp_match regexp_matches regexp_split_to_array regexp_split_to_table regexp_count regexp_instr
  regexp_like regexp_substr
  now clock_timestamp statement_timestamp transaction_timestamp timeofday date_trunc date_part date_bin age to_char
  to_date to_timestamp to_number make_date make_time make_timestamp make_timestamptz make_interval justify_days
  justify_hours justify_interval date_add date_subtract isfinite timezone
  array_length array_ndims array_dims array_lower array_upper cardinality array_append array_prepend array_cat
  array_remove array_replace array_position array_positions array_fill array_shuffle array_sample array_reverse
  array_sort trim_array unnest generate_series generate_subscripts
  to_json to_jsonb row_to_json array_to_json json_build_object jsonb_build_object json_build_array jsonb_build_array
  json_object jsonb_object json_array_length jsonb_array_length json_array_elements jsonb_array_elements
  json_array_elements_text jsonb_array_elements_text json_each jsonb_each json_each_text jsonb_each_text
  json_object_keys jsonb_object_keys json_extract_path jsonb_extract_path json_extract_path_text
  jsonb_extract_path_text json_typeof jsonb_typeof json_strip_nulls jsonb_strip_nulls jsonb_set jsonb_set_lax
  jsonb_insert jsonb_pretty jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_path_exists
  jsonb_path_match json_populate_record jsonb_populate_record json_populate_recordset jsonb_populate_recordset
  json_to_record jsonb_to_record json_to_recordset jsonb_to_recordset
  gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version
  to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline
  setweight tsvector_to_array numnode querytree ts_delete ts_filter ts_rewrite strip
  lower_inc upper_inc isempty range_merge int4range int8range numrange tsrange tstzrange daterange multirange
  nextval currval lastval setval
  current_setting set_config version pg_backend_pid pg_cancel_backend pg_terminate_backend pg_sleep pg_sleep_for
  pg_sleep_until pg_typeof pg_column_size pg_column_compression pg_relation_size pg_table_size pg_indexes_size
  pg_total_relation_size pg_database_size pg_tablespace_size pg_size_pretty pg_size_bytes pg_get_viewdef
  pg_get_indexdef pg_get_constraintdef pg_get_functiondef pg_get_expr pg_get_triggerdef pg_get_serial_sequence
  pg_get_userbyid pg_relation_filepath pg_is_in_recovery pg_last_wal_receive_lsn pg_last_wal_replay_lsn
  pg_current_wal_lsn pg_wal_lsn_diff pg_walfile_name pg_stat_reset pg_stat_get_activity pg_blocking_pids
  pg_postmaster_start_time pg_conf_load_time pg_reload_conf pg_try_advisory_lock pg_advisory_lock
  pg_advisory_unlock pg_advisory_xact_lock pg_try_advisory_xact_lock pg_notify pg_listening_channels
  pg_input_is_valid pg_partition_tree pg_partition_ancestors pg_snapshot_xmin pg_current_snapshot
  pg_current_xact_id pg_options_to_table pg_get_keywords pg_describe_object
  has_table_privilege has_schema_privilege has_column_privilege has_database_privilege has_function_privilege
  pg_has_role obj_description col_description shobj_description format_type to_regclass to_regtype to_regproc
  num_nulls num_nonnulls inet_client_addr inet_server_addr host masklen network set_masklen
  pg_export_snapshot pg_logical_slot_get_changes txid_current lo_import hashtext
  suppress_redundant_updates_trigger bit_count get_bit set_bit get_byte set_byte
  xmlagg xmlcomment xpath xpath_exists query_to_xml
  pg_stat_get_progress_info brin_summarize_new_values gin_clean_pending_list pg_collation_for
`
  .trim()
  .split(/\s+/);

/**
 * In which version a signature came or went, where 14 and 18 differ; from the release notes, as for catalog columns. A
 * name stands for all its signatures that differ, unless one is named with its types.
 */
export const BUILTIN_FUNCTION_VERSIONS: {
  readonly since: Readonly<Record<number, string>>;
  readonly until: Readonly<Record<number, string>>;
} = {
  since: {
    15: 'regexp_count regexp_instr regexp_like regexp_substr range_agg regexp_replace max(xid8) min(xid8)',
    16: 'any_value random_normal array_shuffle array_sample date_add date_subtract erf erfc pg_input_is_valid generate_series',
    17: 'random to_bin to_oct uuid_extract_timestamp uuid_extract_version timezone',
    18: 'gamma lgamma uuidv4 uuidv7 casefold crc32 crc32c array_reverse array_sort max min reverse json_strip_nulls jsonb_strip_nulls',
  },
  until: { 18: 'json_strip_nulls jsonb_strip_nulls' },
};

-- Settings, as installation scripts change them.

-- expect settings/list-as-one-string
ALTER SYSTEM SET session_preload_libraries = 'auto_explain, pg_stat_statements';

-- expect nothing
ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements';

-- expect settings/log-statement-all
ALTER SYSTEM SET log_statement TO 'all';

-- expect settings/equals-default
ALTER SYSTEM SET bgwriter_delay = '200ms';

-- expect settings/checkpoint-completion-target
ALTER SYSTEM SET checkpoint_completion_target = 0.6;

-- expect settings/synchronous-standby-names
ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (east, west)';

-- expect settings/archive-command
ALTER SYSTEM SET archive_command = 'keep_wal.sh %p';

-- expect settings/cannot-be-set-here
SET max_worker_processes = 16;

-- expect settings/unknown-setting
ALTER SYSTEM SET innodb_buffer_pool_size = '8GB';

-- expect settings/invalid-setting-value
ALTER SYSTEM SET maintenance_work_mem = '512 mb';

-- expect settings/autovacuum-off
ALTER TABLE readings SET (autovacuum_enabled = off, fillfactor = 90);

-- expect syntax
effective_cache_size = 6GB        # three quarters
random_page_cost = 1.1
;

-- expect nothing
ALTER SYSTEM SET effective_cache_size = '6GB';

-- Statistics views, as dashboards and maintenance scripts ask them.

-- expect monitoring/unknown-system-column
SELECT queryid, calls, total_time / calls AS average
FROM pg_stat_statements
ORDER BY total_time DESC
LIMIT 5;

-- expect monitoring/unknown-system-column
CREATE FUNCTION vacuum_candidates() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT tablename::text FROM pg_stat_user_tables WHERE n_dead_tup > 5000;
END $$;

-- expect monitoring/unknown-system-column
SELECT c.relname, indexname FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid;

-- expect nothing
SELECT queryid, calls, mean_exec_time FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 5;

-- expect nothing
SELECT t.tablename, s.n_dead_tup
FROM pg_tables t
JOIN pg_stat_user_tables s ON s.schemaname = t.schemaname AND s.relname = t.tablename
WHERE t.tableowner = current_user
ORDER BY t.tablename;

-- expect monitoring/concatenated-relation-name
SELECT relname, pg_size_pretty(pg_table_size(schemaname || '.' || relname)) FROM pg_stat_all_tables;

-- expect monitoring/connection-count-scope
SELECT count(*) >= 0.9 * current_setting('max_connections')::int AS nearly_full FROM pg_stat_activity;

-- expect monitoring/connection-count-scope
CREATE FUNCTION busy() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE used int;
DECLARE allowed int;
BEGIN
  SELECT count(*) FILTER (WHERE state = 'active'), (SELECT setting::int FROM pg_settings WHERE name = 'max_connections')
  INTO used, allowed FROM pg_stat_activity;
  RETURN used > 0.8 * allowed;
END $$;

-- expect monitoring/idle-by-query-start
SELECT pg_cancel_backend(a.pid) FROM pg_stat_activity a
WHERE a.state = 'idle in transaction' AND clock_timestamp() - a.query_start > interval '20 minutes';

-- expect monitoring/lock-self-join
SELECT waiting.pid, holding.pid
FROM pg_locks waiting
JOIN pg_locks holding ON holding.relation = waiting.relation AND holding.pid <> waiting.pid
WHERE holding.granted AND NOT waiting.granted;

-- expect monitoring/unused-index-constraints
SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan = 0 AND indexrelname NOT LIKE 'pk%';

-- expect monitoring/wait-event-is-not-blocked
SELECT sum(1) FILTER (WHERE wait_event IS NOT NULL) AS blocked FROM pg_stat_activity;

-- expect monitoring/lag-of-another-unit
SELECT round(extract(epoch FROM now() - pg_last_xact_replay_timestamp())) AS behind;

-- expect monitoring/signed-statistics
SELECT tablename, attname FROM pg_stats WHERE schemaname = 'app' AND n_distinct > 500;

-- expect monitoring/unknown-system-value
SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction (abort)';

-- expect monitoring/cron-schedule
SELECT cron.schedule('totals', '*/15 * * * * *', 'CALL refresh_totals()');

-- expect monitoring/cron-job-in-transaction
SELECT cron.schedule('weekly', '30 3 * * 6', 'VACUUM orders; ANALYZE customers');

-- expect nothing
SELECT cron.schedule('weekly', '30 3 * * 6', 'VACUUM (ANALYZE) orders');

-- expect monitoring/statistics-reset
SELECT pg_stat_reset();

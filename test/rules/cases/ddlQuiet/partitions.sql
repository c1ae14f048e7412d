-- Rolling a partitioned table on by a month.
SET lock_timeout = '2s';

CREATE TABLE counting_results_2026_12 (LIKE counting_results INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE counting_results_2026_12 ADD CONSTRAINT in_2026_12
  CHECK (counted_at >= '2026-12-01' AND counted_at < '2027-01-01');
CREATE INDEX ON counting_results_2026_12 (camera_id, counted_at);
ALTER TABLE counting_results ATTACH PARTITION counting_results_2026_12
  FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');
ALTER TABLE counting_results_2026_12 DROP CONSTRAINT in_2026_12;

ALTER TABLE counting_results DETACH PARTITION counting_results_2023_12 CONCURRENTLY;
DROP TABLE counting_results_2023_12;

-- A new index on all partitions without blocking writes.
CREATE INDEX counting_results_zone_idx ON ONLY counting_results (zone_id);
CREATE INDEX CONCURRENTLY counting_results_2026_11_zone_idx ON counting_results_2026_11 (zone_id);
ALTER INDEX counting_results_zone_idx ATTACH PARTITION counting_results_2026_11_zone_idx;

CREATE OR REPLACE FUNCTION create_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF counting_results FOR VALUES FROM (%L) TO (%L)',
                 'counting_results_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
  CREATE TEMP TABLE IF NOT EXISTS partition_log (at timestamptz);
  CREATE INDEX ON partition_log (at);
  TRUNCATE partition_log;
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'positive') THEN
    ALTER TABLE counting_results ADD CONSTRAINT positive CHECK (persons >= 0) NOT VALID;
  END IF;
END $$;

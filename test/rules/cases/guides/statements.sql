-- Statements of the classes in which the guides' other mistakes fall, with tables of their own.

CREATE TABLE farm_readings (id bigint, taken_at timestamptz NOT NULL, sensor_id bigint NOT NULL, amount numeric, PRIMARY KEY (id, taken_at)) PARTITION BY RANGE (taken_at);
CREATE MATERIALIZED VIEW daily_readings AS SELECT taken_at::date AS day, sensor_id, sum(amount) AS amount FROM farm_readings GROUP BY 1, 2;

-- expect ddl/volatile-index-predicate
CREATE INDEX recent_readings ON farm_readings (sensor_id) WHERE taken_at > now() - interval '1 day';

-- expect ddl/concurrently-on-partitioned-table
CREATE INDEX CONCURRENTLY readings_by_sensor ON farm_readings (sensor_id);

-- expect schema/concurrent-refresh-without-unique-index
REFRESH MATERIALIZED VIEW CONCURRENTLY daily_readings;

-- expect schema/partitioned-key-without-partition-column
CREATE TABLE scans (id bigint PRIMARY KEY, scanned_at timestamptz) PARTITION BY RANGE (scanned_at);

-- expect function/ambiguous-variable
CREATE FUNCTION latest(sensor_id bigint) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT amount FROM farm_readings WHERE sensor_id = sensor_id ORDER BY taken_at DESC LIMIT 1);
END $$;

-- expect ddl/not-in-transaction
CREATE PROCEDURE tidy() LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'VACUUM ANALYZE farm_readings';
END $$;

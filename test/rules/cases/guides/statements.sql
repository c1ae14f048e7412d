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

-- expect schema/partition-gap
CREATE TABLE readings_2024_01 PARTITION OF farm_readings FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- expect ddl/partition-moved-attached
CREATE FUNCTION archive_readings() RETURNS void LANGUAGE plpgsql AS $$
DECLARE old record;
BEGIN
  FOR old IN SELECT inhrelid::regclass AS name FROM pg_inherits WHERE inhparent = 'farm_readings'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET SCHEMA archive', old.name);
  END LOOP;
END $$;

CREATE TABLE herds (id bigint PRIMARY KEY, name text NOT NULL, tag text NOT NULL, limits jsonb, created_at timestamptz);
CREATE TABLE visits (id bigint PRIMARY KEY, herd_id bigint REFERENCES herds, created_at timestamptz);

-- expect schema/missing-extension
CREATE INDEX herds_by_name ON herds USING gin (name gin_trgm_ops);

-- expect index/hash-index
CREATE INDEX herds_by_tag ON herds USING hash (tag);

-- expect index/gin-on-document-path
CREATE INDEX herds_limits ON herds USING gin ((limits -> 'limits'));

-- expect join/left-join-made-inner
SELECT h.id, count(v.id) FROM herds h LEFT JOIN visits v ON v.herd_id = h.id
WHERE v.created_at IS NULL OR v.created_at > now() - interval '30 days' GROUP BY h.id;

-- expect query/typed-literal-with-parameter
SELECT id FROM visits WHERE created_at > now() - interval :age;

-- expect names/ambiguous-column
CREATE FUNCTION last_visit() RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT max(created_at) FROM visits v JOIN herds h ON h.id = v.herd_id);
END $$;

-- expect function/swallowed-exception
DO $$
DECLARE failed int := 0;
BEGIN
  FOR i IN 1..3 LOOP
    BEGIN
      PERFORM latest(i);
    EXCEPTION WHEN OTHERS THEN
      failed := failed + 1;
    END;
  END LOOP;
END $$;

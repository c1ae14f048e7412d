-- A year's corner of a camera counting system: sites, their zones and cameras, and a million counts.
-- The same rows on every server and at every run: all "random" values come from the row's number.
-- What is missing on purpose: the index that most of queries.sql would need.

CREATE TABLE sites (
  id       integer PRIMARY KEY,
  name     text NOT NULL,
  region   text NOT NULL,
  opened   date NOT NULL
);

CREATE TABLE zones (
  id       integer PRIMARY KEY,
  site_id  integer NOT NULL REFERENCES sites,
  name     text NOT NULL,
  capacity integer NOT NULL
);

CREATE TABLE cameras (
  id         integer PRIMARY KEY,
  zone_id    integer NOT NULL REFERENCES zones,
  serial     text NOT NULL UNIQUE,
  status     text NOT NULL,
  settings   jsonb NOT NULL,
  installed  timestamptz NOT NULL
);

CREATE TABLE counting_results (
  id          bigint NOT NULL,
  camera_id   integer NOT NULL,
  zone_id     integer NOT NULL,
  captured_at timestamptz NOT NULL,
  people_in   integer NOT NULL,
  people_out  integer NOT NULL,
  confidence  real NOT NULL,
  class       text NOT NULL
);

CREATE TABLE daily_summaries (
  camera_id  integer NOT NULL REFERENCES cameras,
  day        date NOT NULL,
  people_in  bigint NOT NULL,
  people_out bigint NOT NULL,
  PRIMARY KEY (camera_id, day)
);

CREATE TABLE alerts (
  id         integer PRIMARY KEY,
  camera_id  integer NOT NULL REFERENCES cameras,
  raised_at  timestamptz NOT NULL,
  kind       text NOT NULL,
  resolved   boolean NOT NULL,
  details    jsonb NOT NULL
);

INSERT INTO sites
SELECT n, 'Site ' || n, (ARRAY['north', 'east', 'south', 'west'])[1 + n % 4], date '2023-01-01' + n * 11
FROM generate_series(1, 12) AS n;

INSERT INTO zones
SELECT n, 1 + n % 12, (ARRAY['Entrance', 'Hall', 'Gate', 'Car park'])[1 + n % 4] || ' ' || n, 50 + n * 37 % 400
FROM generate_series(1, 60) AS n;

INSERT INTO cameras
SELECT n, 1 + n % 60, 'SN-' || lpad(to_hex(n * 7919), 8, '0'),
  CASE WHEN n % 25 = 0 THEN 'offline' WHEN n % 40 = 0 THEN 'maintenance' ELSE 'active' END,
  jsonb_build_object('model', (ARRAY['A1', 'B2', 'C3'])[1 + n % 3], 'fps', 15 + n % 15),
  timestamptz '2024-01-01 00:00:00+00' + n * interval '1 day'
FROM generate_series(1, 200) AS n;

-- 90 days, one count every 7.776 s. The fourth power makes a few cameras very busy: camera 1 has 266,000 counts,
-- camera 187 about 1,300.
INSERT INTO counting_results
SELECT n, camera, 1 + camera % 60, timestamptz '2025-01-01 00:00:00+00' + n * interval '7.776 seconds',
  (h % 23)::integer, (h / 23 % 19)::integer, (0.4 + (h / 437 % 600) / 1000.0)::real,
  CASE WHEN h % 100 < 88 THEN 'person' WHEN h % 100 < 96 THEN 'vehicle' WHEN h % 100 < 99 THEN 'bicycle' ELSE 'unknown' END
FROM (
  SELECT n, (n * 40503 + n / 7) % 4294967296 * 1103515245 % 4294967296 AS h,
    1 + floor(200 * power((n * 2654435761 % 4294967296) / 4294967296.0::float8, 4))::integer AS camera
  FROM generate_series(1::bigint, 1000000) AS n
) AS counts;

ALTER TABLE counting_results
  ADD PRIMARY KEY (id),
  ADD FOREIGN KEY (camera_id) REFERENCES cameras,
  ADD FOREIGN KEY (zone_id) REFERENCES zones;

INSERT INTO daily_summaries
SELECT camera_id, (captured_at AT TIME ZONE 'UTC')::date, sum(people_in), sum(people_out)
FROM counting_results
GROUP BY 1, 2
ORDER BY 2, 1;

-- One alert for every 20th count; 2 % are still open.
INSERT INTO alerts
SELECT (id / 20)::integer, camera_id, captured_at, (ARRAY['crowd', 'blocked view', 'no signal', 'low light'])[1 + id / 2000 % 4],
  (id / 20 * 2654435761 % 100) >= 2, jsonb_build_object('level', id / 20 % 5, 'confidence', confidence)
FROM counting_results
WHERE id % 20 = 0;

-- The first of these two is of no use beside the second.
CREATE INDEX alerts_camera_id_idx ON alerts (camera_id);
CREATE INDEX alerts_camera_id_raised_at_idx ON alerts (camera_id, raised_at);

VACUUM ANALYZE;

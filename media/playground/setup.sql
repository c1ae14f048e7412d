-- The sample of the playground: three months of a camera counting system, 100,000 counts.
-- The same rows every time: all "random" values come from the row's number.
-- What is missing on purpose: the index that most of the queries would need.

CREATE TABLE sites (
  id     integer PRIMARY KEY,
  name   text NOT NULL,
  region text NOT NULL
);

CREATE TABLE cameras (
  id        integer PRIMARY KEY,
  site_id   integer NOT NULL REFERENCES sites,
  serial    text NOT NULL UNIQUE,
  status    text NOT NULL,
  installed timestamptz NOT NULL
);

CREATE TABLE counting_results (
  id          bigint NOT NULL,
  camera_id   integer NOT NULL,
  captured_at timestamptz NOT NULL,
  people_in   integer NOT NULL,
  people_out  integer NOT NULL,
  confidence  real NOT NULL,
  class       text NOT NULL
);

CREATE TABLE alerts (
  id        integer PRIMARY KEY,
  camera_id integer NOT NULL REFERENCES cameras,
  raised_at timestamptz NOT NULL,
  kind      text NOT NULL,
  resolved  boolean NOT NULL
);

INSERT INTO sites
SELECT n, 'Site ' || n, (ARRAY['north', 'east', 'south', 'west'])[1 + n % 4]
FROM generate_series(1, 12) AS n;

INSERT INTO cameras
SELECT n, 1 + n % 12, 'SN-' || lpad(to_hex(n * 7919), 8, '0'),
  CASE WHEN n % 25 = 0 THEN 'offline' WHEN n % 40 = 0 THEN 'maintenance' ELSE 'active' END,
  timestamptz '2024-01-01 00:00:00+00' + n * interval '1 day'
FROM generate_series(1, 200) AS n;

-- The fourth power makes a few cameras very busy: camera 1 has more than a quarter of all counts.
INSERT INTO counting_results
SELECT n, camera, timestamptz '2025-01-01 00:00:00+00' + n * interval '77.76 seconds',
  (h % 23)::integer, (h / 23 % 19)::integer, (0.4 + (h / 437 % 600) / 1000.0)::real,
  CASE WHEN h % 100 < 88 THEN 'person' WHEN h % 100 < 96 THEN 'vehicle' ELSE 'bicycle' END
FROM (
  SELECT n, (n * 40503 + n / 7) % 4294967296 * 1103515245 % 4294967296 AS h,
    1 + floor(200 * power((n * 2654435761 % 4294967296) / 4294967296.0::float8, 4))::integer AS camera
  FROM generate_series(1::bigint, 100000) AS n
) AS counts;

ALTER TABLE counting_results
  ADD PRIMARY KEY (id),
  ADD FOREIGN KEY (camera_id) REFERENCES cameras;

-- One alert for every fifth count; 2 % are still open.
INSERT INTO alerts
SELECT (id / 5)::integer, camera_id, captured_at,
  (ARRAY['crowd', 'blocked view', 'no signal', 'low light'])[1 + id / 500 % 4], (id / 5 * 2654435761 % 100) >= 2
FROM counting_results
WHERE id % 5 = 0;

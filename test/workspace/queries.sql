-- Queries of a camera counting system. Put the cursor into one and explain it.

-- The latest counts of one quiet camera
SELECT id, captured_at, people_in, people_out
FROM counting_results
WHERE camera_id = 187
  AND captured_at >= timestamptz '2025-03-01'
ORDER BY captured_at DESC
LIMIT 20;

-- One camera's day, hour by hour; the editor asks for the camera
SELECT date_trunc('hour', captured_at) AS hour, sum(people_in) AS people_in, sum(people_out) AS people_out
FROM counting_results
WHERE camera_id = :camera_id
  AND captured_at >= timestamptz '2025-03-14'
  AND captured_at < timestamptz '2025-03-15'
GROUP BY 1
ORDER BY 1;

-- All of one day: the cast keeps an index on captured_at from being used
SELECT zone_id, count(*) AS counts, sum(people_in) AS people_in
FROM counting_results
WHERE captured_at::date = date '2025-03-15'
GROUP BY zone_id
ORDER BY people_in DESC;

-- Cameras that have been silent
SELECT c.id, c.serial
FROM cameras c
WHERE c.status = 'active'
  AND c.id NOT IN (SELECT r.camera_id FROM counting_results r WHERE r.captured_at >= timestamptz '2025-03-31');

-- A page far down the list
SELECT id, camera_id, captured_at, people_in
FROM counting_results
ORDER BY captured_at DESC, id DESC
LIMIT 50 OFFSET 100000;

-- Doubtful counts of one zone, with every column
SELECT *
FROM counting_results
WHERE zone_id = 42
  AND confidence < 0.42
ORDER BY captured_at DESC;

-- Visitors per site in a week
SELECT s.name, sum(r.people_in) AS people_in, count(DISTINCT r.camera_id) AS cameras
FROM counting_results r
JOIN zones z ON z.id = r.zone_id
JOIN sites s ON s.id = z.site_id
WHERE r.captured_at >= timestamptz '2025-03-24'
  AND r.captured_at < timestamptz '2025-03-31'
  AND r.class = 'person'
GROUP BY s.name
ORDER BY people_in DESC;

-- What needs attention now
SELECT a.id, a.raised_at, a.kind, c.serial
FROM alerts a
JOIN cameras c ON c.id = a.camera_id
WHERE NOT a.resolved
  AND a.kind = 'no signal'
ORDER BY a.raised_at DESC
LIMIT 10;

-- The last count of each camera of a site
SELECT c.id, c.serial,
  (SELECT max(r.captured_at) FROM counting_results r WHERE r.camera_id = c.id) AS last_seen
FROM cameras c
JOIN zones z ON z.id = c.zone_id
WHERE z.site_id = 7
ORDER BY last_seen DESC NULLS LAST;

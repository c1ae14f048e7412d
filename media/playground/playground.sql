-- Query Tuner: the playground
--
-- A small PostgreSQL runs inside this window, with 100,000 counts of
-- cameras in it. Nothing outside is contacted, and what you change
-- goes when the window closes.


-- 1. A hint. A line below is underlined: rest the pointer on it to
--    read why, press Ctrl+. on it to see it put right. The cast keeps
--    any index on the column from being used.
SELECT camera_id, count(*) AS counts, sum(people_in) AS people_in
FROM counting_results
WHERE captured_at::date = date '2025-03-15'
GROUP BY camera_id;


-- 2. A plan. Click "Explain Analyze" above the SELECT, or press
--    Ctrl+Alt+E in it: it runs, is rolled back, and its time shows
--    beside each line. 100,000 rows are read to find 20.
-- 3. An index. The plan proposes one: look at its CREATE INDEX and
--    create it. The plan is measured again, before beside after.
SELECT id, captured_at, people_in, people_out
FROM counting_results
WHERE camera_id = 187
  AND captured_at >= timestamptz '2025-03-01'
ORDER BY captured_at DESC
LIMIT 20;


-- 4. A rewrite. Right-click the statement, "Rewrite Statement...":
--    the same rows, asked for another way. "Verify" runs both and
--    compares them row by row.
SELECT c.id, c.serial,
  (SELECT max(r.captured_at) FROM counting_results r WHERE r.camera_id = c.id) AS last_seen
FROM cameras c
WHERE c.site_id = 7
ORDER BY last_seen DESC NULLS LAST;


-- 5. A budget: what a statement may cost, written above it. Explain
--    it: the budget is broken, until there is an index on the open
--    alerts. "query-tuner check" holds budgets in CI.
-- @budget shared hit < 20, no seq scan on alerts
SELECT id, camera_id, raised_at, kind
FROM alerts
WHERE NOT resolved
  AND kind = 'no signal'
ORDER BY raised_at DESC
LIMIT 10;

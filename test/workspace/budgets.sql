-- What these queries may cost. Explain one with Analyze, or run them all: `query-tuner check budgets.sql`.
-- Blocks and indexes are the same on every machine; times are not, so the limits on them are wide.

-- @budget execution < 100 ms, buffers <= 12, rows = 1, uses counting_results_pkey
SELECT camera_id, captured_at, people_in
FROM counting_results
WHERE id = 187;

-- @budget buffers <= 60, rows <= 10, no seq scan on alerts, uses alerts_camera_id_raised_at_idx
SELECT id, raised_at, kind
FROM alerts
WHERE camera_id = 12
ORDER BY raised_at DESC
LIMIT 10;

/* @budget no seq scan on daily_summaries, no sort on disk, temp written = 0,
 *   rows estimate within 10x
 */
SELECT day, people_in, people_out
FROM daily_summaries
WHERE camera_id = 12
  AND day BETWEEN date '2025-02-01' AND date '2025-02-28'
ORDER BY day;

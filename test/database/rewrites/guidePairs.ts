/** What our tool makes of a query that a guide calls slow, optimized, or an example. */
export type Ours =
  | {
      readonly by: 'rewrite';
      readonly id: string;
      /** `differs`: the rewrite says so, and on these rows it does. */
      readonly rows: 'equal' | 'differs';
      /** Indexes that go with it: those that are proposed for the rewritten form, or these. */
      readonly andIndexes?: 'proposed' | readonly string[];
    }
  | { readonly by: 'indexes' }
  /** The table afterwards is the same. */
  | { readonly by: 'write'; readonly id: string; readonly table: string }
  | { readonly by: 'nothing' };

/** A pair of the guides, or one query of theirs that could be one. */
export interface GuidePair {
  /** Guide and line of the query, `001:382`. */
  readonly place: string;
  readonly title: string;
  /** A query of the same shape; for parameters a value that finds rows. */
  readonly sql: string;
  readonly ours: Ours;
  /** Why it is this and not what the guide makes of it. */
  readonly because: string;
  /** At least so many times fewer pages are read; absent where it is not pages that are saved. */
  readonly fewerPages?: number;
  /** What the guide makes of it, where that finds other rows: statements to set it up, and the query. */
  readonly guide?: { readonly setup: string; readonly sql: string; readonly undo: string };
  /** A query for the values of `$1`, `$2`... of the rewritten form, as one row. */
  readonly values?: string;
}

export const GUIDE_PAIRS: readonly GuidePair[] = [
  {
    place: '000:156',
    title: 'counts of each camera, last day',
    sql: `SELECT c.camera_id, c.location, count(cr.id) AS total_count, avg(cr.count_value) AS avg_count, max(cr.created_at) AS last_count
FROM cameras c
JOIN counting_results cr ON c.id = cr.camera_id
WHERE cr.created_at > localtimestamp - interval '24 hours'
GROUP BY c.camera_id, c.location
ORDER BY total_count DESC, c.camera_id`,
    ours: { by: 'rewrite', id: 'aggregate-before-join', rows: 'equal', andIndexes: 'proposed' },
    because: 'the counts are added up for each camera before the cameras are looked up; an index has the day',
    fewerPages: 5,
  },
  {
    place: '000:465',
    title: 'expired entries removed',
    sql: 'DELETE FROM query_cache WHERE expires_at < localtimestamp',
    ours: { by: 'write', id: 'write-in-batches', table: 'query_cache' },
    because: 'no row is locked for long',
  },
  {
    place: '001:370→376',
    title: 'cameras of a tenant',
    sql: 'SELECT c.*, ch.status, ch.last_heartbeat FROM camera_configurations c LEFT JOIN camera_health ch ON c.camera_id = ch.camera_id WHERE c.tenant_id = 42 AND c.is_active = true',
    ours: { by: 'indexes' },
    because: "the guide's index of six columns serves the condition only, since all columns are selected",
    fewerPages: 1.5,
  },
  {
    place: '001:382→392',
    title: 'latest counts of a camera',
    sql: `SELECT cr.*, c.camera_name, z.zone_name FROM counting_results cr JOIN camera_configurations c ON cr.camera_id = c.camera_id JOIN counting_zones z ON cr.zone_id = z.id
WHERE cr.camera_id = 'cam_42' AND cr.result_timestamp > localtimestamp - interval '1 hour' ORDER BY cr.result_timestamp DESC LIMIT 100`,
    ours: { by: 'indexes' },
    because:
      "an index has these rows at once and is never stale; the guide's materialized view is as old as its refresh",
    fewerPages: 3,
  },
  {
    place: '001:422→431',
    title: 'next frames of a queue',
    sql: `SELECT fq.*, vs.stream_url FROM frame_queue fq JOIN video_streams vs ON fq.stream_id = vs.stream_id
WHERE fq.processing_status = 'pending' AND fq.processing_priority > 0 ORDER BY fq.processing_priority DESC, fq.frame_timestamp LIMIT 50`,
    ours: { by: 'indexes' },
    because:
      "an index finds the pending frames; the guide's has whole frames as a key, which a btree refuses beyond 2.7 kB",
    fewerPages: 2,
  },
  {
    place: '001:437→445',
    title: 'poor streams of the last hour',
    sql: `SELECT sqm.*, vs.camera_id FROM stream_quality_metrics sqm JOIN video_streams vs ON sqm.stream_id = vs.stream_id
WHERE sqm.metric_timestamp > localtimestamp - interval '1 hour' AND sqm.quality_score < 0.8 ORDER BY sqm.metric_timestamp DESC`,
    ours: { by: 'indexes' },
    because:
      'an index that begins with the time; that of the guide begins with the stream, which the query does not name',
    fewerPages: 5,
  },
  {
    place: '001:457→472',
    title: 'daily sums of a camera',
    sql: `SELECT camera_id, date(period_start) AS date, sum(total_count_in) AS daily_in, avg(avg_count) AS avg_daily_count FROM historical_analytics
WHERE camera_id = 'cam_42' AND period_start >= '2025-01-10' AND period_start < '2025-02-10' AND time_period = 'day' GROUP BY camera_id, date(period_start) ORDER BY date`,
    ours: { by: 'indexes' },
    because: 'an index has the rows of the camera and period; a materialized view is no faster and a day old',
    fewerPages: 4,
  },
  {
    place: '002:227→249',
    title: 'milk of a month',
    sql: `SELECT
    a.name AS animal_name,
    a.breed_id,
    b.name AS breed_name,
    EXTRACT(MONTH FROM mp.production_date) AS month,
    SUM(mp.quantity_liters) AS total_milk,
    AVG(mp.fat_percentage) AS avg_fat
FROM farm.animal a
JOIN farm.milk_production mp ON mp.animal_id = a.id
LEFT JOIN farm.breed b ON b.id = a.breed_id
WHERE mp.production_date >= '2026-01-01'
    AND mp.production_date < '2026-02-01'
GROUP BY a.name, a.breed_id, b.name, EXTRACT(MONTH FROM mp.production_date)
ORDER BY total_milk DESC`,
    ours: { by: 'rewrite', id: 'aggregate-before-join', rows: 'equal', andIndexes: 'proposed' },
    because: "the same groups, always fresh; the guide's view groups by animal and not by name",
    fewerPages: 1.5,
    guide: {
      setup: `CREATE MATERIALIZED VIEW monthly AS SELECT animal_id, date_trunc('month', production_date) AS month, sum(quantity_liters) AS total_milk FROM farm.milk_production GROUP BY 1, 2`,
      sql: "SELECT a.name, b.name, m.month, m.total_milk FROM farm.animal a JOIN monthly m ON m.animal_id = a.id LEFT JOIN farm.breed b ON b.id = a.breed_id WHERE m.month = '2026-01-01'",
      undo: 'DROP MATERIALIZED VIEW monthly',
    },
  },
  {
    place: '002:283→303',
    title: 'search in two tables',
    sql: `SELECT p.id, p.name, p.default_code, p.list_price, c.name AS category_name
FROM product_product p
JOIN product_template pt ON pt.id = p.product_tmpl_id
LEFT JOIN product_category c ON c.id = pt.categ_id
WHERE pt.active = true
    AND pt.sale_ok = true
    AND (
        p.name ILIKE '%milk%'
        OR p.default_code ILIKE '%milk%'
        OR pt.description ILIKE '%milk%'
    )
ORDER BY p.name
LIMIT 50 OFFSET 0`,
    ours: {
      by: 'rewrite',
      id: 'or-to-union-all',
      rows: 'equal',
      andIndexes: [
        'CREATE INDEX ON product_product USING gin (name gin_trgm_ops)',
        'CREATE INDEX ON product_product USING gin (default_code gin_trgm_ops)',
        'CREATE INDEX ON product_template USING gin (description gin_trgm_ops)',
      ],
    },
    because: 'the same products, each table by its own indexes; full text search finds words only, and no buttermilk',
    guide: {
      setup: `ALTER TABLE product_template ADD COLUMN search_vector tsvector; UPDATE product_template SET search_vector = to_tsvector('english', coalesce(name, '') || ' ' || coalesce(description, ''))`,
      sql: "SELECT p.id FROM product_product p JOIN product_template pt ON pt.id = p.product_tmpl_id WHERE pt.active AND pt.sale_ok AND pt.search_vector @@ plainto_tsquery('english', 'milk') LIMIT 50",
      undo: 'ALTER TABLE product_template DROP COLUMN search_vector',
    },
  },
  {
    place: '002:317',
    title: 'a column filled in all rows',
    sql: 'UPDATE product_template SET description = lower(description)',
    ours: { by: 'write', id: 'write-in-batches', table: 'product_template' },
    because: 'no row is locked for long, and what dies can be reused by the next batch',
  },
  {
    place: '003:125',
    title: 'a page of active tasks',
    sql: `SELECT t.id, t.title, t.status, t.priority, u.name, t.created_at FROM tasks t LEFT JOIN users u ON t.assigned_to = u.id
WHERE t.organization_id = 7 AND t.status IN ('pending', 'in_progress', 'assigned') ORDER BY t.priority, t.created_at DESC, t.id LIMIT 20 OFFSET 60`,
    values: `SELECT t.priority, t.created_at, t.id FROM tasks t WHERE t.organization_id = 7 AND t.status IN ('pending', 'in_progress', 'assigned') ORDER BY t.priority, t.created_at DESC, t.id LIMIT 1 OFFSET 59`,
    ours: {
      by: 'rewrite',
      id: 'offset-to-keyset',
      rows: 'equal',
      andIndexes: [
        "CREATE INDEX ON tasks (organization_id, priority, created_at DESC, id) WHERE status IN ('pending', 'in_progress', 'assigned')",
      ],
    },
    because: 'a page begins where the last one ended, and an index has it in order',
    fewerPages: 1.5,
  },
  {
    place: '003:160',
    title: 'figures of active agents',
    sql: `SELECT a.id, a.name, count(at.id) AS task_count, sum(at.cost_estimate) AS total_cost FROM codegen_agents a LEFT JOIN agent_tasks at ON a.id = at.agent_id
WHERE a.organization_id = 7 AND a.is_active = true AND (at.created_at IS NULL OR at.created_at >= timestamptz '2026-05-25') GROUP BY a.id, a.name`,
    ours: { by: 'rewrite', id: 'null-or-condition-to-on', rows: 'differs' },
    because: 'agents whose tasks are all older are lost now; in ON the condition keeps them',
  },
  {
    place: '003:214',
    title: 'tasks of each day',
    sql: `SELECT date(created_at) AS date, count(*) FILTER (WHERE type = 'task') AS tasks, avg(cost) AS avg_cost FROM (
  SELECT created_at, 'task' AS type, NULL AS cost FROM tasks WHERE organization_id = 7
  UNION ALL
  SELECT at.created_at, 'agent_task', at.cost_estimate FROM agent_tasks at JOIN codegen_agents ca ON at.agent_id = ca.id WHERE ca.organization_id = 7
) combined WHERE date(created_at) BETWEEN '2026-05-20' AND '2026-05-31' GROUP BY date(created_at)`,
    ours: { by: 'rewrite', id: 'query/function-on-column', rows: 'equal', andIndexes: 'proposed' },
    because: 'a range of the bare column can be looked up in both tables',
    fewerPages: 1.2,
  },
  {
    place: '003:281',
    title: 'daily summary of tasks and executions',
    sql: `SELECT date(t.created_at) AS date, t.organization_id, count(*) AS total_tasks, avg(t.actual_hours) AS avg_hours, count(te.id) FILTER (WHERE te.status = 'completed') AS successful_executions
FROM tasks t LEFT JOIN task_executions te ON t.id = te.task_id WHERE t.created_at >= timestamptz '2026-03-01' GROUP BY date(t.created_at), t.organization_id`,
    ours: { by: 'rewrite', id: 'aggregate-before-join', rows: 'differs' },
    because: 'a task with two executions is counted twice now; added up before the join it is counted once',
  },
  {
    place: '003:313',
    title: 'daily summary of agents',
    sql: `SELECT ca.id, ca.name, date(at.created_at) AS date, count(*) AS total_tasks, sum(at.cost_estimate) AS total_cost FROM codegen_agents ca LEFT JOIN agent_tasks at ON ca.id = at.agent_id
WHERE ca.is_active = true AND (at.created_at IS NULL OR at.created_at >= timestamptz '2026-05-01') GROUP BY ca.id, ca.name, date(at.created_at)`,
    ours: { by: 'rewrite', id: 'join/count-star-over-left-join', rows: 'differs' },
    because: 'an agent without tasks has one task now, and none afterwards',
  },
  {
    place: '003:331',
    title: 'hourly figures of metrics',
    sql: "SELECT date_trunc('hour', timestamp) AS hour, metric_name, count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY value) FROM system_metrics WHERE timestamp >= timestamptz '2026-05-25' GROUP BY 1, 2",
    ours: { by: 'nothing' },
    because: 'every row is needed, once; what helps is to store the result, as the guide does',
  },
  {
    place: '004:46',
    title: 'a page far down',
    sql: 'SELECT * FROM orders ORDER BY id LIMIT 20 OFFSET 9000',
    values: 'SELECT id FROM orders ORDER BY id LIMIT 1 OFFSET 8999',
    ours: { by: 'rewrite', id: 'offset-to-keyset', rows: 'equal' },
    because: 'the program passes the last row it has shown; the guide looks it up with OFFSET once more',
    fewerPages: 20,
    guide: {
      setup: 'SELECT 1',
      sql: 'SELECT * FROM orders WHERE id > (SELECT id FROM orders ORDER BY id OFFSET 8999 LIMIT 1) ORDER BY id LIMIT 20',
      undo: 'SELECT 1',
    },
  },
  {
    place: '004:65',
    title: 'revenue of each day',
    sql: `SELECT date_trunc('day', created_at) AS date, count(id) AS order_count, sum(total_amount) AS revenue FROM orders
WHERE created_at BETWEEN '2024-03-01' AND '2024-03-31' AND status = 'completed' GROUP BY date_trunc('day', created_at) ORDER BY date`,
    ours: { by: 'rewrite', id: 'query/between-timestamps', rows: 'differs', andIndexes: 'proposed' },
    because: 'BETWEEN ends at the first moment of the last day; the range takes in all of it',
    fewerPages: 5,
  },
  {
    place: '004:80',
    title: 'orders changed one by one',
    sql: [3, 5, 8, 13, 21]
      .map(id => `UPDATE orders SET status = 'shipped', shipped_at = '2026-01-01' WHERE id = ${id}`)
      .join(';\n'),
    ours: { by: 'write', id: 'writes-to-one', table: 'orders' },
    because: 'one statement in place of five',
  },
  {
    place: '004:103',
    title: 'all columns of the orders of a user',
    sql: 'SELECT * FROM orders WHERE user_id = 123',
    ours: { by: 'rewrite', id: 'query/select-star', rows: 'equal', andIndexes: 'proposed' },
    because: 'the columns are listed, to be shortened by hand; an index has the rows of the user',
    fewerPages: 10,
  },
  {
    place: '004:123',
    title: 'running total, rank, previous order',
    sql: 'SELECT id, sum(total_amount) OVER (ORDER BY created_at ROWS UNBOUNDED PRECEDING) AS running_total, row_number() OVER (ORDER BY total_amount DESC, id) AS amount_rank, lag(total_amount) OVER (ORDER BY created_at) AS prev_amount FROM orders ORDER BY created_at',
    ours: { by: 'nothing' },
    because: 'every row is asked for with its rank among all: they have to be sorted',
  },
  {
    place: '004:629',
    title: 'old log entries removed',
    sql: "DELETE FROM audit_logs WHERE created_at < localtimestamp - interval '90 days'",
    ours: { by: 'write', id: 'write-in-batches', table: 'audit_logs' },
    because: 'no row is locked for long; months as partitions would be dropped at once',
  },
];

-- Complex but sound SQL: no query rule has anything to warn about here.
-- The sizes make the rules that know the schema look closely.
-- orders: 5000000 rows
-- order_items: 20000000 rows
-- customers: 400000 rows
-- counting_results: 80000000 rows
-- cameras: 300 rows
-- events: 9000000 rows

CREATE TABLE public.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    country char(2) NOT NULL,
    referrer_id bigint REFERENCES public.customers (id),
    vip boolean NOT NULL DEFAULT false,
    preferences jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customers_lower_email ON public.customers (lower(email));
CREATE INDEX customers_name_trgm ON public.customers USING gin (name gin_trgm_ops);
CREATE INDEX customers_referrer ON public.customers (referrer_id);

CREATE TABLE public.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES public.customers (id),
    status text NOT NULL DEFAULT 'new',
    total numeric(12,2) NOT NULL,
    discount numeric(12,2),
    note text,
    tags text[] NOT NULL DEFAULT '{}',
    order_date date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    shipped_at timestamptz
);
CREATE INDEX orders_customer_created ON public.orders (customer_id, created_at DESC);
CREATE INDEX orders_created_id ON public.orders (created_at, id);
CREATE INDEX orders_tags ON public.orders USING gin (tags);
CREATE INDEX orders_day ON public.orders (order_date);

CREATE TABLE public.order_items (
    order_id bigint NOT NULL REFERENCES public.orders (id),
    line integer NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL,
    price numeric(12,2) NOT NULL,
    PRIMARY KEY (order_id, line)
);
CREATE INDEX order_items_product ON public.order_items (product_id);

CREATE TABLE public.cameras (id integer PRIMARY KEY, name text NOT NULL, zone_id integer, status text NOT NULL);

CREATE TABLE public.counting_results (
    id bigint GENERATED ALWAYS AS IDENTITY,
    camera_id integer NOT NULL REFERENCES public.cameras (id),
    zone_id integer,
    result_timestamp timestamptz NOT NULL,
    people integer NOT NULL,
    confidence double precision NOT NULL,
    PRIMARY KEY (id, result_timestamp)
) PARTITION BY RANGE (result_timestamp);
CREATE INDEX counting_results_camera ON public.counting_results (camera_id, result_timestamp DESC);

CREATE TABLE public.events (
    id bigint PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX events_kind ON public.events ((payload ->> 'kind'));
CREATE INDEX events_payload ON public.events USING gin (payload jsonb_path_ops);
CREATE INDEX events_body ON public.events USING gin (to_tsvector('english', body));
CREATE INDEX events_at ON public.events (at);

-- A monthly report with windows, ratios and guards.
WITH months AS (
    SELECT generate_series(date_trunc('month', now()) - interval '11 months', date_trunc('month', now()), interval '1 month') AS month
),
sales AS (
    SELECT date_trunc('month', o.created_at) AS month,
           c.country,
           count(*) AS orders,
           count(*) FILTER (WHERE o.shipped_at IS NULL) AS open_orders,
           count(DISTINCT o.customer_id) AS buyers,
           sum(o.total - coalesce(o.discount, 0)) AS revenue
      FROM orders o
      JOIN customers c ON c.id = o.customer_id
     WHERE o.created_at >= date_trunc('month', now()) - interval '11 months'
       AND o.status <> 'cancelled'
     GROUP BY 1, 2
    HAVING count(*) > 10
),
ranked AS (
    SELECT s.*,
           rank() OVER (PARTITION BY s.month ORDER BY s.revenue DESC) AS place,
           lag(s.revenue) OVER w AS previous,
           round(100.0 * s.open_orders / s.orders, 1) AS open_percent,
           sum(s.revenue) OVER (PARTITION BY s.country ORDER BY s.month ROWS UNBOUNDED PRECEDING) AS running
      FROM sales s
    WINDOW w AS (PARTITION BY s.country ORDER BY s.month)
)
SELECT m.month::date AS month,
       r.country,
       r.revenue,
       r.place,
       r.running,
       CASE WHEN r.previous > 0 THEN round((r.revenue - r.previous) / r.previous * 100, 2) END AS growth_percent,
       r.revenue / NULLIF(r.buyers, 0) AS per_buyer
  FROM months m
  LEFT JOIN ranked r ON r.month = m.month AND r.place <= 5
 ORDER BY m.month DESC, r.place NULLS LAST, r.country;

-- The latest result of each camera, read from the index.
SELECT c.id, c.name, latest.people, latest.result_timestamp
  FROM cameras c
  LEFT JOIN LATERAL (
        SELECT cr.people, cr.result_timestamp
          FROM counting_results cr
         WHERE cr.camera_id = c.id
         ORDER BY cr.result_timestamp DESC
         LIMIT 1
       ) latest ON true
 WHERE c.status = 'active'
 ORDER BY c.id;

-- Gaps and islands.
SELECT camera_id, min(result_timestamp) AS from_time, max(result_timestamp) AS to_time, count(*) AS results
  FROM (
        SELECT camera_id, result_timestamp,
               sum(CASE WHEN result_timestamp - previous > interval '5 minutes' THEN 1 ELSE 0 END)
                   OVER (PARTITION BY camera_id ORDER BY result_timestamp) AS island
          FROM (
                SELECT camera_id, result_timestamp,
                       lag(result_timestamp) OVER (PARTITION BY camera_id ORDER BY result_timestamp) AS previous
                  FROM counting_results
                 WHERE result_timestamp >= $1 AND result_timestamp < $2 AND camera_id = ANY ($3)
               ) steps
       ) islands
 GROUP BY camera_id, island
HAVING count(*) > 1
 ORDER BY camera_id, from_time;

-- A hierarchy.
WITH RECURSIVE tree AS (
    SELECT id, referrer_id, name, 1 AS depth, ARRAY[id] AS path
      FROM customers
     WHERE id = $1
    UNION ALL
    SELECT c.id, c.referrer_id, c.name, t.depth + 1, t.path || c.id
      FROM customers c
      JOIN tree t ON c.referrer_id = t.id
     WHERE t.depth < 10 AND c.id <> ALL (t.path)
)
SELECT id, name, depth FROM tree ORDER BY path;

-- JSON built in an order of its own.
SELECT o.id,
       jsonb_build_object(
           'customer', jsonb_build_object('id', c.id, 'name', c.name),
           'items', (SELECT coalesce(jsonb_agg(jsonb_build_object('line', i.line, 'price', i.price * i.quantity) ORDER BY i.line), '[]')
                       FROM order_items i
                      WHERE i.order_id = o.id)
       ) AS document
  FROM orders o
  JOIN customers c ON c.id = o.customer_id
 WHERE o.customer_id = $1
 ORDER BY o.created_at DESC
 LIMIT 50;

SELECT json_agg(t) FROM (SELECT id, total FROM orders WHERE customer_id = 7 ORDER BY created_at DESC LIMIT 10) t;

-- Keyset paging in both directions, and with mixed directions, which no row comparison says.
SELECT id, created_at FROM orders WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 50;
SELECT id, total FROM orders
 WHERE customer_id = $3 AND (total < $1 OR (total = $1 AND id > $2))
 ORDER BY total DESC, id LIMIT 50;

-- A search page as an ORM writes it.
SELECT "orders"."id", "orders"."status", "customers"."name"
  FROM "orders"
 INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id")
 WHERE (LOWER("customers"."email") = LOWER($1)
        AND "orders"."created_at" >= $2
        AND "orders"."status" IN ($3, $4, $5)
        AND NOT ("orders"."note" IS NULL))
 ORDER BY "orders"."created_at" DESC
 LIMIT 21;
SELECT "t0"."id" AS "t0_c0", "t1"."name" AS "t1_c0" FROM "orders" "t0" LEFT OUTER JOIN "customers" "t1" ON "t1"."id" = "t0"."customer_id" WHERE "t0"."id" = $1 AND 1 = 1;
SELECT EXISTS (SELECT 1 FROM "orders" WHERE "orders"."customer_id" = $1 AND "orders"."status" = $2) AS "exists";
SELECT DISTINCT ON ("orders"."customer_id") "orders"."customer_id", "orders"."id", "orders"."total"
  FROM "orders" WHERE "orders"."customer_id" = ANY ($1) ORDER BY "orders"."customer_id", "orders"."created_at" DESC;

-- Permissions: own rows, or a flag that does not depend on the row.
SELECT o.id FROM orders o
 WHERE o.customer_id = $1 AND (o.status = 'new' OR o.shipped_at IS NULL OR o.total > 100);

-- Arrays, ranges, JSON and text search with the operators of their indexes.
SELECT id FROM orders WHERE tags @> ARRAY['gift', $1] AND created_at <@ tstzrange($2, $3);
SELECT id FROM orders WHERE tags && $1::text[] ORDER BY id LIMIT 10;
SELECT id FROM events WHERE payload @> '{"kind": "door"}' AND at >= now() - interval '1 day';
SELECT id FROM events WHERE payload ->> 'kind' = 'door' ORDER BY at DESC LIMIT 10;
SELECT id, ts_rank(to_tsvector('english', body), q) AS rank
  FROM events, websearch_to_tsquery('english', $1) AS q
 WHERE to_tsvector('english', body) @@ q
 ORDER BY rank DESC LIMIT 20;
SELECT id, name FROM customers WHERE name ILIKE '%mil%' ORDER BY name LIMIT 10;
SELECT e.id, j.key, j.value FROM events e CROSS JOIN LATERAL jsonb_each_text(e.payload) AS j WHERE e.id = 7 AND j.key LIKE 'door%';

-- Sets.
SELECT customer_id, 'order' AS kind, created_at FROM orders WHERE customer_id = $1
UNION ALL
SELECT id, 'signup', created_at FROM customers WHERE id = $1
 ORDER BY created_at DESC LIMIT 20;
(SELECT id FROM orders WHERE status = 'new' ORDER BY id LIMIT 5) UNION ALL (SELECT id FROM orders WHERE status = 'failed' ORDER BY id LIMIT 5);
SELECT customer_id FROM orders WHERE order_date >= '2024-01-01' EXCEPT SELECT id FROM customers WHERE vip;
VALUES (1, 'one'), (2, 'two');

-- NULL-safe comparisons that only look at changed rows.
INSERT INTO customers (email, name, country)
SELECT s.email, s.name, s.country
  FROM staging s
 WHERE NOT EXISTS (SELECT FROM customers c WHERE c.email = s.email)
ON CONFLICT (email) DO UPDATE
   SET name = excluded.name, country = excluded.country
 WHERE (customers.name, customers.country) IS DISTINCT FROM (excluded.name, excluded.country);

-- Cohorts, percentiles, grouping sets.
WITH first_order AS (
    SELECT customer_id, min(order_date) AS first_date FROM orders GROUP BY customer_id
)
SELECT date_trunc('month', f.first_date) AS cohort,
       (extract(year FROM age(o.order_date, f.first_date)) * 12 + extract(month FROM age(o.order_date, f.first_date)))::int AS month_number,
       count(DISTINCT o.customer_id) AS active,
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY o.total) AS totals,
       round((avg(o.total))::numeric, 2) AS mean,
       avg(o.total) FILTER (WHERE o.total BETWEEN 10 AND 1000) AS usual
  FROM first_order f
  JOIN orders o USING (customer_id)
 WHERE o.order_date BETWEEN date '2024-01-01' AND date '2024-12-31'
 GROUP BY 1, 2
 ORDER BY 1, 2;
SELECT country, vip, GROUPING(country, vip) AS level, count(*) FROM customers GROUP BY GROUPING SETS ((country, vip), (country), ()) ORDER BY 3, 1;
SELECT DISTINCT country, count(*) OVER (PARTITION BY country) FROM customers;

-- Integer arithmetic that is meant.
SELECT id % 16 AS bucket, count(*) / 60 AS minutes, (id / 1000) * 1000 AS thousand FROM orders WHERE id BETWEEN 1 AND 5000 GROUP BY 1, 3;
SELECT width_bucket(total, 0, 1000, 10) AS bucket, count(*) * 100.0 / sum(count(*)) OVER () AS percent
  FROM orders WHERE order_date = CURRENT_DATE GROUP BY 1 ORDER BY 1;

-- Zones named, days compared with days.
SELECT (result_timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, sum(people)
  FROM counting_results
 WHERE camera_id = $1
   AND result_timestamp >= timestamp '2024-05-01' AT TIME ZONE 'Asia/Ho_Chi_Minh'
   AND result_timestamp < timestamp '2024-06-01' AT TIME ZONE 'Asia/Ho_Chi_Minh'
 GROUP BY 1;
SELECT round(avg(confidence)::numeric, 3), stddev_samp(confidence) FROM counting_results
 WHERE camera_id = 7 AND result_timestamp > now() - interval '7 days';

-- Queues and locks.
WITH picked AS (
    SELECT id FROM orders WHERE status = 'new' ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 10
)
UPDATE orders o SET status = 'processing' FROM picked p WHERE p.id = o.id RETURNING o.id;

-- dbt style, one step after the other.
with source as (
    select * from orders where created_at > (select max(t.created_at) from orders_enriched t)
),
renamed as (
    select id as order_id, customer_id, lower(status) as status, coalesce(discount, 0) as discount, total from source
),
deduplicated as (
    select *, row_number() over (partition by order_id order by total desc) as row_number from renamed
),
final as (
    select d.order_id, d.customer_id, d.status, d.total - d.discount as net,
           case when d.total >= 1000 then 'large' when d.total >= 100 then 'medium' else 'small' end as size
      from deduplicated d
     where d.row_number = 1 and d.status in ('paid', 'shipped')
)
select * from final;

-- What pg_dump and the catalogs look like.
SELECT pg_catalog.set_config('search_path', '', false);
SELECT pg_catalog.setval('public.orders_id_seq', 1, false);
SELECT c.relname, pg_size_pretty(pg_total_relation_size(c.oid)), s.n_live_tup,
       round(100.0 * s.n_dead_tup / NULLIF(s.n_live_tup + s.n_dead_tup, 0), 1) AS dead_percent
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
 WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY pg_total_relation_size(c.oid) DESC
 LIMIT 20;
SELECT a.attname, 1 = ANY (i.indkey) AS leads FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid WHERE i.indrelid = 'orders'::regclass;
CREATE VIEW public.big_orders AS
 SELECT o.id, o.total FROM public.orders o WHERE ((o.total > (1000)::numeric) AND ((o.status)::text = ANY ((ARRAY['paid'::character varying, 'shipped'::character varying])::text[])));
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_status_check CHECK ((status = ANY (ARRAY['new'::text, 'paid'::text, 'shipped'::text])));

-- Conditions that look contradictory and are not.
SELECT a.id FROM orders a JOIN orders b ON b.customer_id = a.customer_id AND b.id <> a.id WHERE a.status = 'new' AND b.status = 'failed';
SELECT id FROM orders WHERE (status = 'new' AND total > 100) OR (status = 'failed' AND total < 50);
SELECT customer_id FROM orders GROUP BY customer_id HAVING count(*) FILTER (WHERE status = 'new') > 0 AND count(*) FILTER (WHERE status = 'failed') = 0;
SELECT id FROM orders WHERE NOT (status = 'new' AND status = 'failed');
SELECT id FROM orders WHERE total >= 10 AND total <= 10 AND id = 5 AND customer_id = 6;
SELECT id FROM orders WHERE status <> 'new' AND status <> 'failed' AND customer_id = 1;
SELECT id FROM customers WHERE country = 'DE' AND id NOT IN (1, 2, 3);

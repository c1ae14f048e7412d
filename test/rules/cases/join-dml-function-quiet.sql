-- Statements as good code has them, each close to something a rule of join/, dml/ or function/ points out.

-- Joins ---------------------------------------------------------------------------------------------------------------

-- The newest order of each customer.
SELECT c.id, c.name, last.id AS order_id, last.total
FROM customers c
LEFT JOIN LATERAL (
  SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.created_at DESC LIMIT 1
) last ON true
WHERE c.region_id = $1;

-- A calendar without gaps.
SELECT d.day::date, coalesce(sum(o.total), 0) AS total
FROM generate_series($1::date, $2::date, interval '1 day') AS d(day)
LEFT JOIN orders o ON o.created_at >= d.day AND o.created_at < d.day + interval '1 day'
GROUP BY d.day
ORDER BY d.day;

-- Every camera with every hour, then what was counted.
SELECT c.id, h.hour, coalesce(sum(r.entered), 0)
FROM cameras c
CROSS JOIN generate_series(0, 23) AS h(hour)
LEFT JOIN counting_results r
  ON r.camera_id = c.id AND r.taken_at >= $1 AND r.taken_at < $1 + interval '1 day' AND extract(hour FROM r.taken_at) = h.hour
GROUP BY c.id, h.hour;

-- Parameters in a CTE, and totals of one row.
WITH params AS (SELECT $1::timestamptz AS since, $2::timestamptz AS until),
  whole AS (SELECT sum(total) AS total FROM orders, params WHERE created_at >= params.since AND created_at < params.until)
SELECT c.region_id, sum(o.total) / nullif(max(whole.total), 0) AS share
FROM orders o
JOIN customers c ON c.id = o.customer_id
CROSS JOIN whole, params
WHERE o.created_at >= params.since AND o.created_at < params.until
GROUP BY c.region_id;

-- The old style of joining.
SELECT o.id, c.name, r.code
FROM orders o, customers c, regions r
WHERE c.id = o.customer_id AND r.id = c.region_id AND o.status = 'open';

SELECT p.sku, t.name FROM products p, product_tags pt, tags t WHERE pt.product_id = p.id AND (t.id = pt.tag_id);

SELECT id, item ->> 'sku', (item ->> 'quantity')::int
FROM jobs, jsonb_array_elements(payload -> 'items') AS item
WHERE kind = 'import';

SELECT j.id, x.sku, x.quantity
FROM jobs j, jsonb_to_recordset(j.payload -> 'items') AS x(sku text, quantity int);

SELECT o.id, v.label FROM orders o JOIN (VALUES ('new', 'New'), ('open', 'Open')) AS v(status, label) ON v.status = o.status;

-- Each piece of a text.
SELECT c.id, word FROM customers c, regexp_split_to_table(c.name, '\s+') AS word WHERE c.region_id = 3;

-- An anti join and a semi join in the old way.
SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL;
SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'open' WHERE o.customer_id IS NULL AND c.deleted_at IS NULL;

-- What may be missing is named in WHERE without being required.
SELECT o.id, p.settled_at FROM orders o LEFT JOIN payments p ON p.order_id = o.id
WHERE coalesce(p.amount, 0) < o.total;
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE p.id IS NULL OR p.settled_at < o.created_at;
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE o.status = 'open' OR p.settled_at > now();
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE p.amount IS DISTINCT FROM o.total;
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE (p.amount > 0) IS NOT TRUE;
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE CASE WHEN p.id IS NULL THEN true ELSE p.amount > 5 END;
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE NOT coalesce(p.amount > o.total, false);
SELECT o.id, (SELECT max(p2.settled_at) FROM payments p2 WHERE p2.order_id = o.id AND p2.amount > p.amount)
FROM orders o LEFT JOIN payments p ON p.order_id = o.id;

-- A setting beside each row.
SELECT o.id, o.total * s.value::numeric FROM orders o LEFT JOIN settings s ON s.key = 'tax_rate' WHERE o.status = 'open';
SELECT o.id FROM orders o JOIN settings s ON s.key = 'since' AND o.created_at >= s.value::timestamptz;

-- Ranges, inequalities and expressions bind as well.
SELECT r.camera_id, p.id FROM counting_results r JOIN products p ON r.entered BETWEEN p.price AND p.price + 1;
SELECT a.id, b.id FROM transfers a JOIN transfers b ON a.from_account = b.to_account AND b.at > a.at AND b.at < a.at + interval '1 hour';
SELECT c.id, d.id FROM customers c JOIN customers d ON lower(c.email) = lower(d.email) AND c.id < d.id;
SELECT * FROM regions child JOIN regions parent ON parent.id = child.parent_id;

-- Two tags of one product, two joins of one table.
SELECT p.id FROM products p
JOIN product_tags a ON a.product_id = p.id AND a.tag_id = 1
JOIN product_tags b ON b.product_id = p.id AND b.tag_id = 2;

SELECT t.id, s.owner_id, d.owner_id
FROM transfers t JOIN accounts s ON s.id = t.from_account JOIN accounts d ON d.id = t.to_account;

-- Counting.
SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id;
SELECT c.region_id, count(*) FROM customers c LEFT JOIN regions r ON r.id = c.region_id GROUP BY c.region_id;
SELECT r.name, count(*) FROM customers c LEFT JOIN regions r ON r.id = c.region_id GROUP BY r.name;
SELECT c.id, count(*) FILTER (WHERE o.status = 'open') FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id;
SELECT o.status, count(*), sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id JOIN regions r ON r.id = c.region_id GROUP BY o.status;

-- Sums over joins that keep the rows they sum.
SELECT c.id, sum(i.quantity * i.price) FROM customers c
JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id
GROUP BY c.id;
SELECT c.region_id, avg(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.region_id;
WITH items AS (SELECT order_id, sum(quantity) AS pieces FROM order_items GROUP BY order_id),
  paid AS (SELECT order_id, sum(amount) AS amount FROM payments GROUP BY order_id)
SELECT o.customer_id, sum(items.pieces), sum(paid.amount)
FROM orders o LEFT JOIN items ON items.order_id = o.id LEFT JOIN paid ON paid.order_id = o.id
GROUP BY o.customer_id;
SELECT i.product_id, max(o.total), min(o.created_at), count(DISTINCT o.customer_id)
FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY i.product_id;

-- Windows.
SELECT o.id, o.total, sum(o.total) OVER (PARTITION BY o.customer_id ORDER BY o.created_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
FROM orders o WHERE o.customer_id = $1;
SELECT camera_id, taken_at, entered - lag(entered) OVER w FROM counting_results WINDOW w AS (PARTITION BY camera_id ORDER BY taken_at);

-- Recursion.
WITH RECURSIVE tree AS (
  SELECT id, parent_id, name, 1 AS depth, ARRAY[id] AS path FROM regions WHERE parent_id IS NULL
  UNION ALL
  SELECT r.id, r.parent_id, r.name, t.depth + 1, t.path || r.id FROM regions r JOIN tree t ON r.parent_id = t.id
  WHERE NOT r.id = ANY (t.path)
)
SELECT t.id, repeat('  ', t.depth) || t.name FROM tree t ORDER BY t.path;

WITH RECURSIVE months (m) AS (VALUES (date '2024-01-01') UNION ALL SELECT (m + interval '1 month')::date FROM months WHERE m < date '2024-12-01')
SELECT m FROM months;

-- Skipping along an index.
WITH RECURSIVE t AS (
  (SELECT camera_id FROM counting_results ORDER BY camera_id LIMIT 1)
  UNION ALL
  SELECT (SELECT r.camera_id FROM counting_results r WHERE r.camera_id > t.camera_id ORDER BY r.camera_id LIMIT 1)
  FROM t WHERE t.camera_id IS NOT NULL
)
SELECT camera_id FROM t WHERE camera_id IS NOT NULL;

WITH RECURSIVE walk AS (
  SELECT id, parent_id FROM regions WHERE id = $1
  UNION SELECT r.id, r.parent_id FROM regions r, walk w WHERE r.id = w.parent_id
)
SELECT array_agg(id) FROM walk;

-- WITH queries that change data run whether or not anybody reads them.
WITH moved AS (DELETE FROM jobs WHERE status = 'done' AND run_at < now() - interval '7 days' RETURNING id, kind),
  logged AS (INSERT INTO audit_log (row_id, operation, at) SELECT id, 'archived', now() FROM moved)
SELECT count(*) FROM moved;

WITH "Totals" AS (SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id)
SELECT c.name, "Totals".total FROM customers c JOIN "Totals" ON "Totals".customer_id = c.id;

-- Writes --------------------------------------------------------------------------------------------------------------

INSERT INTO stock (warehouse_id, product_id, quantity) VALUES ($1, $2, $3), ($4, $5, $6)
ON CONFLICT (product_id, warehouse_id) DO UPDATE SET quantity = stock.quantity + EXCLUDED.quantity
WHERE stock.quantity IS DISTINCT FROM stock.quantity + EXCLUDED.quantity
RETURNING warehouse_id, product_id, quantity;

INSERT INTO customers (email, name) VALUES ($1, $2) ON CONFLICT (lower(email)) DO UPDATE SET name = EXCLUDED.name, deleted_at = NULL;
INSERT INTO tags (id, name) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET name = tags.name RETURNING id;
INSERT INTO settings (key, value) VALUES ('a', '1') ON CONFLICT DO NOTHING;
INSERT INTO settings (key, value) VALUES ('a', '1') ON CONFLICT ON CONSTRAINT settings_pkey DO UPDATE SET value = EXCLUDED.value;

INSERT INTO daily_totals (day, region_id, total, orders)
SELECT o.created_at::date, c.region_id, sum(o.total), count(*)
FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.created_at >= current_date - 1 AND o.created_at < current_date
GROUP BY 1, 2
ON CONFLICT (day, region_id) DO UPDATE SET total = EXCLUDED.total, orders = EXCLUDED.orders;

UPDATE orders o SET total = i.total, updated_at = now()
FROM (SELECT order_id, sum(quantity * price) AS total FROM order_items GROUP BY order_id) i
WHERE i.order_id = o.id AND o.total <> i.total;

UPDATE products SET price = v.price FROM (VALUES (1, 9.5), (2, 7.25)) AS v(id, price) WHERE v.id = products.id;
UPDATE products SET price = price * (1 + r.rate) FROM (SELECT value::numeric AS rate FROM settings WHERE key = 'raise') r WHERE active;
UPDATE accounts SET balance = balance - t.amount FROM transfers t WHERE t.id = $1 AND accounts.id = t.from_account;
UPDATE regions SET name = parent.name || ' / ' || regions.name FROM regions parent WHERE parent.id = regions.parent_id;
UPDATE orders SET (status, updated_at) = ('closed', now()) WHERE id = ANY ($1::bigint[]);
UPDATE jobs SET payload['retries'] = '1', payload['last'] = '"x"' WHERE id = $1;
UPDATE orders SET note = nullif(note, '') WHERE id = $1;

DELETE FROM order_items i USING orders o WHERE o.id = i.order_id AND o.status = 'cancelled' AND o.id BETWEEN $1 AND $2;
DELETE FROM customers a USING customers b WHERE a.email = b.email AND a.id > b.id;
DELETE FROM payments WHERE ctid = ANY (ARRAY(SELECT ctid FROM payments WHERE settled_at < now() - interval '7 years' LIMIT 10000));
DELETE FROM jobs WHERE id = $1 AND run_at < now() - interval '1 day';

MERGE INTO stock s USING (SELECT $1::int AS warehouse_id, $2::bigint AS product_id, $3::int AS quantity) d
ON s.warehouse_id = d.warehouse_id AND s.product_id = d.product_id
WHEN MATCHED THEN UPDATE SET quantity = s.quantity + d.quantity
WHEN NOT MATCHED THEN INSERT (warehouse_id, product_id, quantity) VALUES (d.warehouse_id, d.product_id, d.quantity);

-- Workers of a queue.
WITH next AS MATERIALIZED (
  SELECT id FROM jobs WHERE status = 'new' AND run_at <= now() ORDER BY run_at, id LIMIT 10 FOR UPDATE SKIP LOCKED
)
UPDATE jobs SET status = 'running', locked_at = now(), locked_by = $1, attempts = attempts + 1
FROM next WHERE jobs.id = next.id
RETURNING jobs.id, jobs.kind, jobs.payload;

UPDATE jobs SET status = 'running' WHERE id = (SELECT id FROM jobs WHERE status = 'new' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id;
DELETE FROM jobs WHERE id = (SELECT j.id FROM jobs j WHERE j.status = 'done' ORDER BY j.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
SELECT id, balance FROM accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE;
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1 FOR UPDATE OF o;
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE o.id = $1 FOR NO KEY UPDATE OF o;
SELECT sum(balance) FROM (SELECT balance FROM accounts WHERE owner_id = $1 FOR SHARE) locked;
SELECT o.id, (SELECT count(*) FROM order_items i WHERE i.order_id = o.id) FROM orders o WHERE o.id = $1 FOR UPDATE;

BEGIN;
LOCK TABLE regions IN SHARE UPDATE EXCLUSIVE MODE;
INSERT INTO regions (id, code) VALUES (1, 'vn');
INSERT INTO regions (id, code) VALUES (2, 'la');
COMMIT;

-- Functions -----------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE OR REPLACE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, pg_temp AS $$
DECLARE
  v_old jsonb;
  v_new jsonb;
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    v_old := to_jsonb(OLD);
  END IF;
  IF TG_OP IN ('UPDATE', 'INSERT') THEN
    v_new := to_jsonb(NEW);
  END IF;
  IF TG_OP = 'UPDATE' AND v_old = v_new THEN
    RETURN NEW;
  END IF;
  INSERT INTO audit_log (table_name, operation, row_id, old_row, new_row, at, by)
  VALUES (TG_TABLE_NAME, TG_OP, coalesce((v_new ->> 'id')::bigint, (v_old ->> 'id')::bigint), v_old, v_new, now(), current_user);
  INSERT INTO orders_history SELECT NEW.*;
  RETURN coalesce(NEW, OLD);
END
$$;

CREATE TRIGGER orders_audit AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION audit_row();

-- A transfer: long, with locks, checks and errors.
CREATE OR REPLACE FUNCTION transfer(p_from bigint, p_to bigint, p_amount numeric, OUT transfer_id bigint, OUT new_balance numeric)
LANGUAGE plpgsql
AS $$
DECLARE
  v_account accounts%ROWTYPE;
  v_count int;
  v_ids bigint[];
BEGIN
  IF p_amount <= 0 THEN
    RAISE EXCEPTION 'amount must be positive: %', p_amount USING ERRCODE = '22023';
  END IF;
  IF p_from = p_to THEN
    RAISE EXCEPTION 'same account';
  END IF;

  -- Always in the same order, so that two transfers cannot wait for each other.
  PERFORM 1 FROM accounts a WHERE a.id IN (p_from, p_to) ORDER BY a.id FOR UPDATE;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count <> 2 THEN
    RAISE EXCEPTION 'unknown account' USING HINT = 'Both accounts must exist.';
  END IF;

  SELECT * INTO STRICT v_account FROM accounts WHERE accounts.id = p_from;
  IF v_account.balance < p_amount THEN
    RAISE EXCEPTION 'insufficient funds';
  END IF;

  UPDATE accounts SET balance = balance - p_amount WHERE accounts.id = p_from RETURNING accounts.balance INTO new_balance;
  UPDATE accounts SET balance = balance + p_amount WHERE accounts.id = p_to;

  INSERT INTO transfers (id, from_account, to_account, amount, at)
  VALUES (nextval('transfers_id_seq'), p_from, p_to, p_amount, clock_timestamp())
  RETURNING id INTO transfer_id;

  SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM transfers t WHERE t.from_account = p_from;
  PERFORM pg_notify('transfers', json_build_object('id', transfer_id, 'all', v_ids)::text);
EXCEPTION
  WHEN check_violation THEN
    RAISE EXCEPTION 'account % would be overdrawn', p_from;
  WHEN OTHERS THEN
    RAISE LOG 'transfer failed: % (%)', SQLERRM, SQLSTATE;
    RAISE;
END
$$;

-- Partitions made ahead, with every name quoted.
CREATE OR REPLACE PROCEDURE make_partitions(p_months int DEFAULT 3)
LANGUAGE plpgsql
AS $$
DECLARE
  v_start date := date_trunc('month', now())::date;
  v_name text;
  v_made int := 0;
BEGIN
  FOR i IN 0..p_months LOOP
    v_name := format('counting_results_%s', to_char(v_start + make_interval(months => i), 'YYYY_MM'));
    IF to_regclass(format('%I.%I', 'public', v_name)) IS NULL THEN
      EXECUTE format(
        'CREATE TABLE %I.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
        'public', v_name, 'public', 'counting_results',
        v_start + make_interval(months => i), v_start + make_interval(months => i + 1)
      );
      v_made := v_made + 1;
      COMMIT;
    END IF;
  END LOOP;
  RAISE NOTICE '% partitions', v_made;
END
$$;

-- Rows in batches, each with its own commit.
CREATE OR REPLACE PROCEDURE purge_jobs(p_age interval, p_batch int DEFAULT 5000)
LANGUAGE plpgsql
AS $$
DECLARE
  v_deleted bigint;
BEGIN
  LOOP
    DELETE FROM jobs
    WHERE id = ANY (ARRAY(
      SELECT j.id FROM jobs j WHERE j.status = 'done' AND j.run_at < now() - p_age ORDER BY j.run_at LIMIT p_batch FOR UPDATE SKIP LOCKED
    ));
    GET DIAGNOSTICS v_deleted = ROW_COUNT;
    EXIT WHEN v_deleted = 0;
    COMMIT;
    PERFORM pg_sleep(0.1);
  END LOOP;
END
$$;

-- Each row may fail on its own.
CREATE OR REPLACE FUNCTION import_rows(p_job bigint)
RETURNS TABLE (imported int, failed int)
LANGUAGE plpgsql
AS $$
DECLARE
  r record;
BEGIN
  imported := 0;
  failed := 0;
  FOR r IN
    SELECT x.sku, x.price FROM jobs j CROSS JOIN LATERAL jsonb_to_recordset(j.payload -> 'rows') AS x(sku text, price numeric)
    WHERE j.id = p_job
  LOOP
    BEGIN
      INSERT INTO products (id, sku, price, active) VALUES (nextval('products_id_seq'), r.sku, r.price, true)
      ON CONFLICT (sku) DO UPDATE SET price = EXCLUDED.price;
      imported := imported + 1;
    EXCEPTION WHEN check_violation OR not_null_violation THEN
      failed := failed + 1;
    END;
  END LOOP;
  RETURN NEXT;
END
$$;

-- Dynamic SQL put together from quoted parts.
CREATE OR REPLACE FUNCTION search_orders(p_status text DEFAULT NULL, p_customer bigint DEFAULT NULL, p_sort text DEFAULT 'created_at')
RETURNS SETOF orders
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  v_sql text := 'SELECT o.* FROM orders o WHERE true';
BEGIN
  IF p_status IS NOT NULL THEN
    v_sql := v_sql || ' AND o.status = $1';
  END IF;
  IF p_customer IS NOT NULL THEN
    v_sql := v_sql || ' AND o.customer_id = $2';
  END IF;
  IF p_sort NOT IN ('created_at', 'total') THEN
    RAISE EXCEPTION 'unknown order %', p_sort;
  END IF;
  v_sql := v_sql || format(' ORDER BY o.%I DESC LIMIT 100', p_sort);
  RETURN QUERY EXECUTE v_sql USING p_status, p_customer;
END
$$;

CREATE OR REPLACE FUNCTION count_rows(p_table regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || p_table INTO n;
  EXECUTE 'ANALYZE ' || p_table::text;
  RETURN n;
END
$$;

-- Parameters with the names of columns, qualified wherever it matters.
CREATE OR REPLACE FUNCTION rename_camera(id int, name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cameras c SET name = rename_camera.name WHERE c.id = rename_camera.id;
  INSERT INTO cameras (id, name) VALUES (id, name);
END
$$;

CREATE OR REPLACE FUNCTION camera_totals(since timestamptz)
RETURNS TABLE (camera_id int, total bigint)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  RETURN QUERY
    SELECT r.camera_id, sum(r.entered) AS total
    FROM counting_results r
    WHERE r.taken_at >= since
    GROUP BY r.camera_id
    ORDER BY 2 DESC;
END
$$;

CREATE OR REPLACE FUNCTION put_setting(key text, value text) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO settings (key, value) VALUES (put_setting.key, put_setting.value)
  ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
END
$$;

-- SQL functions know what they are.
CREATE FUNCTION order_total(p_order bigint) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT sum(quantity * price) FROM order_items WHERE order_id = p_order';

CREATE FUNCTION slug(p text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN regexp_replace(lower(p), '[^a-z0-9]+', '-', 'g');

CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('numbers') $$;

CREATE FUNCTION is_uuid(p text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  PERFORM p::uuid;
  RETURN true;
EXCEPTION
  WHEN invalid_text_representation THEN RETURN false;
END
$$;

-- Anonymous blocks of migrations.
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'order_status') THEN
    CREATE TYPE order_status AS ENUM ('new', 'open', 'closed');
  END IF;
EXCEPTION
  WHEN duplicate_object THEN NULL;
END
$$;

DO $$
DECLARE
  r record;
  v_report jsonb := '[]';
  v_last text;
BEGIN
  FOR r IN
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  LOOP
    EXECUTE format('ALTER TABLE %I.%I SET (autovacuum_vacuum_scale_factor = 0.02)', r.nspname, r.relname);
    EXECUTE 'ANALYZE ' || quote_ident(r.nspname) || '.' || quote_ident(r.relname);
    v_report := v_report || jsonb_build_object('table', r.relname);
    v_last := r.relname;
  END LOOP;
  RAISE NOTICE 'last %, all %', v_last, v_report;
END
$$;

-- Cursors, FOREACH, CASE and a loop with a label.
CREATE OR REPLACE FUNCTION settle(p_ids bigint[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  c CURSOR (p_min numeric) FOR SELECT o.id, o.total FROM orders o WHERE o.total > p_min FOR UPDATE;
  v_id bigint;
  v_done int := 0;
  v_row record;
BEGIN
  <<each>>
  FOREACH v_id IN ARRAY p_ids LOOP
    CONTINUE each WHEN v_id IS NULL;
    CASE
      WHEN v_id > 0 THEN
        v_done := v_done + 1;
      ELSE
        RAISE WARNING 'odd id %', v_id;
    END CASE;
  END LOOP each;
  OPEN c(10);
  LOOP
    FETCH c INTO v_row;
    EXIT WHEN NOT FOUND;
    UPDATE orders SET status = 'settled' WHERE CURRENT OF c;
  END LOOP;
  CLOSE c;
  RETURN v_done;
END
$$;

-- The tables of join-dml-function-quiet.sql, as a schema file.
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  region_id int,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
); -- customers: 800000 rows
CREATE UNIQUE INDEX customers_email ON customers (lower(email));
CREATE TABLE regions (id int PRIMARY KEY, parent_id int REFERENCES regions (id), code text NOT NULL UNIQUE, name text); -- regions: 300 rows
CREATE TABLE products (id bigint PRIMARY KEY, sku text NOT NULL UNIQUE, price numeric(12, 2) NOT NULL, active boolean NOT NULL); -- products: 40000 rows
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  status text NOT NULL,
  total numeric(12, 2) NOT NULL,
  note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz
); -- orders: 12000000 rows
CREATE INDEX orders_customer ON orders (customer_id, created_at DESC);
CREATE TABLE order_items (
  order_id bigint NOT NULL REFERENCES orders (id),
  line int NOT NULL,
  product_id bigint NOT NULL REFERENCES products (id),
  quantity int NOT NULL,
  price numeric(12, 2) NOT NULL,
  PRIMARY KEY (order_id, line)
); -- order_items: 40000000 rows
CREATE INDEX order_items_product ON order_items (product_id);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id), amount numeric(12, 2), settled_at timestamptz); -- payments: 11000000 rows
CREATE TABLE stock (warehouse_id int, product_id bigint, quantity int NOT NULL, PRIMARY KEY (warehouse_id, product_id));
CREATE TABLE jobs (
  id bigint PRIMARY KEY,
  kind text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'new',
  attempts int NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL DEFAULT now(),
  locked_at timestamptz,
  locked_by text,
  last_error text
);
CREATE TABLE settings (key text PRIMARY KEY, value text);
CREATE TABLE audit_log (id bigint PRIMARY KEY, table_name text, operation text, row_id bigint, old_row jsonb, new_row jsonb, at timestamptz, by text);
CREATE TABLE daily_totals (day date, region_id int, total numeric, orders bigint, PRIMARY KEY (day, region_id));
CREATE TABLE cameras (id int PRIMARY KEY, name text NOT NULL, site_id int, status text, last_seen timestamptz); -- cameras: 400 rows
CREATE TABLE counting_results (camera_id int NOT NULL, taken_at timestamptz NOT NULL, entered int, left_count int); -- counting_results: 90000000 rows
CREATE TABLE tags (id int PRIMARY KEY, name text UNIQUE);
CREATE TABLE product_tags (product_id bigint, tag_id int, PRIMARY KEY (product_id, tag_id));
CREATE TABLE accounts (id bigint PRIMARY KEY, owner_id bigint, balance numeric NOT NULL);
CREATE TABLE transfers (id bigint PRIMARY KEY, from_account bigint, to_account bigint, amount numeric, at timestamptz);

/**
 * The tables the guides' queries speak of, with rows of our own: as many as it takes for plans to differ. `scale` is
 * the number of rows of the largest.
 */
export function guideTables(scale: number): Readonly<Record<string, string>> {
  return {
    '000': `
CREATE TABLE cameras (id int PRIMARY KEY, camera_id text NOT NULL UNIQUE, location text);
INSERT INTO cameras SELECT i, 'cam_' || i, 'Gate ' || i % 20 FROM generate_series(1, 300) i;
CREATE TABLE counting_results (id bigint PRIMARY KEY, camera_id int NOT NULL REFERENCES cameras, count_value int NOT NULL, created_at timestamp NOT NULL);
INSERT INTO counting_results SELECT i, 1 + i * 7919 % 300, i * 31 % 60, localtimestamp - i * interval '60 days' / ${scale} FROM generate_series(1, ${scale}) i;
CREATE TABLE query_cache (id int PRIMARY KEY, body text, expires_at timestamp NOT NULL);
INSERT INTO query_cache SELECT i, 'x', localtimestamp + (i % 100 - 60) * interval '1 hour' FROM generate_series(1, ${scale}) i;`,
    '001': `
CREATE TABLE camera_configurations (id int PRIMARY KEY, camera_id text NOT NULL UNIQUE, tenant_id int NOT NULL, is_active boolean NOT NULL, camera_name text, camera_type text, location_id int, config jsonb);
INSERT INTO camera_configurations SELECT i, 'cam_' || i, 1 + i % 250, i % 10 <> 0, 'Camera ' || i, 'dome', i % 60, '{"fps": 25}' FROM generate_series(1, 5000) i;
CREATE TABLE camera_health (id int PRIMARY KEY, camera_id text NOT NULL, status text NOT NULL, last_heartbeat timestamp);
INSERT INTO camera_health SELECT i, 'cam_' || i, 'online', localtimestamp FROM generate_series(1, 5000) i;
CREATE TABLE video_streams (stream_id int PRIMARY KEY, camera_id text, stream_url text);
INSERT INTO video_streams SELECT i, 'cam_' || i, 'rtsp://' || i FROM generate_series(1, 2000) i;
CREATE TABLE counting_zones (id int PRIMARY KEY, zone_name text);
INSERT INTO counting_zones SELECT i, 'Zone ' || i FROM generate_series(1, 1000) i;
CREATE TABLE counting_results (id bigint PRIMARY KEY, camera_id text NOT NULL, zone_id int NOT NULL, result_timestamp timestamp NOT NULL, current_total int);
INSERT INTO counting_results SELECT i, 'cam_' || 1 + i * 7919 % 50, 1 + i % 1000, localtimestamp - i * interval '48 hours' / ${scale}, i % 100 FROM generate_series(1, ${scale}) i;
CREATE TABLE frame_queue (id bigint PRIMARY KEY, stream_id int NOT NULL, processing_status text NOT NULL, processing_priority int NOT NULL, frame_timestamp timestamp NOT NULL, frame_data text);
INSERT INTO frame_queue SELECT i, 1 + i * 7919 % 2000, CASE WHEN i % 50 = 0 THEN 'pending' ELSE 'done' END, i / 50 % 10, localtimestamp - i * interval '1 second', repeat('x', 300) FROM generate_series(1, ${scale}) i;
CREATE TABLE stream_quality_metrics (id bigint PRIMARY KEY, stream_id int NOT NULL, metric_timestamp timestamp NOT NULL, quality_score numeric(4,3) NOT NULL);
INSERT INTO stream_quality_metrics SELECT i, 1 + i * 7919 % 2000, localtimestamp - i * interval '7 days' / ${scale}, CASE WHEN i % 20 = 0 THEN 0.6 ELSE 0.9 END + i % 90 / 1000.0 FROM generate_series(1, ${scale}) i;
CREATE TABLE historical_analytics (id bigint PRIMARY KEY, camera_id text, time_period text, period_start timestamp, total_count_in int, avg_count numeric(10,2));
INSERT INTO historical_analytics SELECT i, 'cam_' || i % 200, CASE WHEN i % 3 = 0 THEN 'day' ELSE 'hour' END, timestamp '2025-01-01' + i / 200 * interval '1 day', i % 70, i % 30 FROM generate_series(1, ${scale}) i;`,
    '002': `
CREATE EXTENSION pg_trgm; CREATE SCHEMA farm;
CREATE TABLE farm.breed (id int PRIMARY KEY, name text);
INSERT INTO farm.breed SELECT i, 'Breed ' || i FROM generate_series(1, 12) i;
CREATE TABLE farm.animal (id bigint PRIMARY KEY, name text, breed_id int REFERENCES farm.breed);
INSERT INTO farm.animal SELECT i, 'Cow ' || i % 120, 1 + i % 12 FROM generate_series(1, 1000) i;
CREATE TABLE farm.milk_production (id bigint PRIMARY KEY, animal_id bigint NOT NULL REFERENCES farm.animal, production_date date NOT NULL, quantity_liters numeric(8,2), fat_percentage numeric(5,2), snf_percentage numeric(5,2));
INSERT INTO farm.milk_production SELECT i, 1 + i % 1000, date '2025-12-01' + (i / 1000) * 90 / (${scale} / 1000), 5 + i % 150 / 10.0, 3 + i % 17 / 10.0, 8 + i % 7 / 10.0 FROM generate_series(1, ${scale}) i;
CREATE TABLE product_category (id int PRIMARY KEY, name text);
INSERT INTO product_category SELECT i, 'Category ' || i FROM generate_series(1, 40) i;
CREATE TABLE product_template (id int PRIMARY KEY, name text, description text, categ_id int REFERENCES product_category, active boolean, sale_ok boolean);
INSERT INTO product_template SELECT i, 'Template ' || i, 'Made in the ' || md5(i::text) || CASE WHEN i % 500 = 0 THEN ' whole milk' ELSE ' stock' END, 1 + i % 40, i % 15 <> 0, i % 11 <> 0 FROM generate_series(1, ${scale} / 2) i;
CREATE TABLE product_product (id int PRIMARY KEY, product_tmpl_id int REFERENCES product_template, name text, default_code text, list_price numeric(10,2));
INSERT INTO product_product SELECT i, i, CASE WHEN i % 400 = 0 THEN 'buttermilk ' WHEN i % 300 = 0 THEN 'milk ' ELSE 'cheese ' END || i, CASE WHEN i % 997 = 0 THEN 'MILK-' ELSE 'SKU-' END || i, i % 50 FROM generate_series(1, ${scale} / 2) i;
CREATE INDEX ON product_product (product_tmpl_id);`,
    '003': `
CREATE TABLE users (id int PRIMARY KEY, name text);
INSERT INTO users SELECT i, 'User ' || i FROM generate_series(1, 2000) i;
CREATE TABLE tasks (id int PRIMARY KEY, organization_id int NOT NULL, title text NOT NULL, status text NOT NULL, priority int NOT NULL, assigned_to int, actual_hours numeric(8,2), created_at timestamptz NOT NULL);
INSERT INTO tasks SELECT i, 1 + i % 50, 'Task ' || i, (ARRAY['completed', 'failed', 'pending', 'assigned'])[1 + i * 7919 % 4], 1 + i / 50 % 5, 1 + i % 2000, i % 20, timestamptz '2026-06-01' - i * interval '180 days' / ${scale} FROM generate_series(1, ${scale}) i;
CREATE TABLE task_executions (id int PRIMARY KEY, task_id int, status text, started_at timestamptz, completed_at timestamptz);
INSERT INTO task_executions SELECT i, 1 + i * 7919 % (${scale} / 2), 'completed', now() - i * interval '40 seconds', now() - i * interval '40 seconds' + interval '3 minutes' FROM generate_series(1, ${scale}) i;
CREATE TABLE codegen_agents (id int PRIMARY KEY, organization_id int, name text, is_active boolean);
INSERT INTO codegen_agents SELECT i, 1 + i % 10, 'Agent ' || i, i % 10 <> 0 FROM generate_series(1, 300) i;
CREATE TABLE agent_tasks (id int PRIMARY KEY, agent_id int NOT NULL REFERENCES codegen_agents, status text, cost_estimate numeric(12,4), created_at timestamptz NOT NULL);
INSERT INTO agent_tasks SELECT i, 1 + i * 7919 % 200, (ARRAY['completed', 'failed', 'running'])[1 + i % 3], i % 20 / 10.0, timestamptz '2026-06-01' - (i * 7919 % 200) * interval '1 day' FROM generate_series(1, ${scale}) i;
CREATE TABLE system_metrics (id int PRIMARY KEY, metric_name text, value numeric, timestamp timestamptz NOT NULL);
INSERT INTO system_metrics SELECT i, 'metric_' || i % 20, i % 100, timestamptz '2026-06-01' - i * interval '3 seconds' FROM generate_series(1, ${scale}) i;`,
    '004': `
CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, status text NOT NULL, total_amount numeric(10,2) NOT NULL, created_at timestamp NOT NULL, shipped_at timestamp);
INSERT INTO orders SELECT i, 1 + i * 7919 % 5000, (ARRAY['completed', 'completed', 'shipped', 'pending'])[1 + i % 4], i % 500, timestamp '2021-01-01' + i * interval '1461 days' / ${scale} FROM generate_series(1, ${scale}) i;
CREATE TABLE audit_logs (id bigint PRIMARY KEY, actor text, created_at timestamp);
INSERT INTO audit_logs SELECT i, 'a' || i % 50, localtimestamp - i * interval '200 days' / ${scale} FROM generate_series(1, ${scale}) i;`,
  };
}

-- A first migration: everything in one transaction, everything new.
BEGIN;

CREATE TABLE IF NOT EXISTS sites (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS cameras (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id bigint NOT NULL REFERENCES sites (id),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS cameras_site_id_idx ON cameras (site_id);
CREATE INDEX IF NOT EXISTS cameras_name_idx ON cameras USING gin (name gin_trgm_ops);

CREATE TABLE counting_results (
  camera_id bigint NOT NULL REFERENCES cameras (id),
  counted_at timestamptz NOT NULL,
  persons integer NOT NULL,
  PRIMARY KEY (camera_id, counted_at)
) PARTITION BY RANGE (counted_at);
CREATE TABLE counting_results_2026_11 PARTITION OF counting_results
  FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
CREATE TABLE counting_results_rest PARTITION OF counting_results DEFAULT;
CREATE INDEX counting_results_counted_at_idx ON counting_results USING brin (counted_at);

ALTER TABLE cameras ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE cameras ADD CONSTRAINT cameras_public_id_key UNIQUE (public_id);
ALTER TABLE cameras ADD CONSTRAINT cameras_name_check CHECK (name <> '');
ALTER TABLE cameras ALTER COLUMN name TYPE varchar(200);
UPDATE cameras SET public_id = gen_random_uuid();
ALTER TABLE cameras ALTER COLUMN name SET NOT NULL;
ALTER TABLE cameras DROP COLUMN created_at;
ALTER TABLE cameras RENAME COLUMN name TO title;

CREATE TYPE job_state AS ENUM ('new', 'running');
ALTER TYPE job_state ADD VALUE 'done';
CREATE TABLE jobs (id bigserial PRIMARY KEY, state job_state NOT NULL DEFAULT 'done');
CREATE INDEX jobs_open_idx ON jobs (id) WHERE state = 'new';

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER cameras_touch BEFORE UPDATE ON cameras FOR EACH ROW EXECUTE FUNCTION touch();

INSERT INTO sites (name) VALUES ('north'), ('south');
INSERT INTO cameras (site_id, title) SELECT id, 'gate' FROM sites;

COMMIT;

--
-- PostgreSQL database dump
--

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA farm;

ALTER SCHEMA farm OWNER TO farmer;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE TYPE farm.cow_state AS ENUM (
    'calf',
    'milking',
    'dry'
);

ALTER TYPE farm.cow_state OWNER TO farmer;

CREATE DOMAIN farm.litres AS numeric(6,2)
	CONSTRAINT litres_check CHECK ((VALUE >= (0)::numeric));

CREATE FUNCTION farm.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE farm.cows (
    id bigint NOT NULL,
    name text NOT NULL,
    state farm.cow_state DEFAULT 'calf'::farm.cow_state NOT NULL,
    updated_at timestamp with time zone
);

ALTER TABLE farm.cows OWNER TO farmer;

ALTER TABLE farm.cows ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME farm.cows_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE farm.milk_production (
    cow_id bigint NOT NULL,
    taken_at date NOT NULL,
    amount farm.litres
)
PARTITION BY RANGE (taken_at);

CREATE TABLE farm.milk_production_2025 (
    cow_id bigint NOT NULL,
    taken_at date NOT NULL,
    amount farm.litres
);

CREATE MATERIALIZED VIEW farm.monthly AS
 SELECT cow_id,
    date_trunc('month'::text, (taken_at)::timestamp without time zone) AS month,
    sum((amount)::numeric) AS total
   FROM farm.milk_production
  GROUP BY cow_id, (date_trunc('month'::text, (taken_at)::timestamp without time zone))
  WITH NO DATA;

CREATE TABLE farm.visits (
    id integer NOT NULL,
    cow_id bigint,
    vet text
);

CREATE SEQUENCE farm.visits_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE farm.visits_id_seq OWNED BY farm.visits.id;

ALTER TABLE ONLY farm.milk_production ATTACH PARTITION farm.milk_production_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

ALTER TABLE ONLY farm.visits ALTER COLUMN id SET DEFAULT nextval('farm.visits_id_seq'::regclass);

COPY farm.cows (id, name, state, updated_at) FROM stdin;
1	Berta	milking	2026-01-01 00:00:00+00
\.

SELECT pg_catalog.setval('farm.cows_id_seq', 1, true);

ALTER TABLE ONLY farm.cows
    ADD CONSTRAINT cows_pkey PRIMARY KEY (id);

ALTER TABLE ONLY farm.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (id);

ALTER TABLE ONLY farm.visits
    ADD CONSTRAINT visits_cow_vet_key UNIQUE (cow_id, vet);

CREATE INDEX visits_cow_id_idx ON farm.visits USING btree (cow_id);

CREATE INDEX milk_production_cow_idx ON ONLY farm.milk_production USING btree (cow_id);

CREATE INDEX milk_production_2025_cow_id_idx ON farm.milk_production_2025 USING btree (cow_id);

CREATE UNIQUE INDEX monthly_idx ON farm.monthly USING btree (cow_id, month);

ALTER INDEX farm.milk_production_cow_idx ATTACH PARTITION farm.milk_production_2025_cow_id_idx;

ALTER TABLE farm.cows CLUSTER ON cows_pkey;

CREATE TRIGGER cows_touch BEFORE UPDATE ON farm.cows FOR EACH ROW EXECUTE FUNCTION farm.touch();

ALTER TABLE farm.cows DISABLE TRIGGER cows_touch;

ALTER TABLE ONLY farm.visits
    ADD CONSTRAINT visits_cow_id_fkey FOREIGN KEY (cow_id) REFERENCES farm.cows(id) ON DELETE CASCADE;

ALTER TABLE farm.milk_production
    ADD CONSTRAINT milk_production_cow_id_fkey FOREIGN KEY (cow_id) REFERENCES farm.cows(id);

ALTER TABLE farm.visits ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_visits ON farm.visits USING ((vet = CURRENT_USER));

REFRESH MATERIALIZED VIEW farm.monthly;

GRANT USAGE ON SCHEMA farm TO reader;

--
-- PostgreSQL database dump complete
--

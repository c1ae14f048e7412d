-- One migration with several short transactions.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE visits ADD COLUMN vet_id bigint REFERENCES vets (id);
INSERT INTO schema_migrations (version) VALUES ('20261121120000');
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE visits ADD CONSTRAINT visits_cost_check CHECK (cost >= 0) NOT VALID;
UPDATE feature_flags SET enabled = true WHERE name = 'visit-costs';
END;

BEGIN;
ALTER TABLE visits VALIDATE CONSTRAINT visits_cost_check;
COMMIT;

CREATE INDEX CONCURRENTLY visits_vet_id_idx ON visits (vet_id);

-- A swap of tables.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE readings RENAME TO readings_old;
ALTER TABLE readings_new RENAME TO readings;
COMMIT;
DROP TABLE readings_old;

-- A rename with a view for old programs.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE users RENAME TO accounts;
CREATE VIEW users AS SELECT id, name FROM accounts;
COMMIT;

-- A bulk load with its triggers off.
BEGIN;
CREATE TEMP TABLE incoming (LIKE visits) ON COMMIT DROP;
COPY incoming FROM STDIN WITH (FORMAT csv);
1,2,3
\.
CREATE INDEX ON incoming (id);
ALTER TABLE visits DISABLE TRIGGER visits_audit;
INSERT INTO visits (id, cost) VALUES (1, 10);
ALTER TABLE visits ENABLE TRIGGER visits_audit;
COMMIT;

BEGIN;
SAVEPOINT before_cleanup;
DELETE FROM visits WHERE id = 17;
ROLLBACK TO SAVEPOINT before_cleanup;
COMMIT AND CHAIN;
SELECT count(*) FROM visits;
ROLLBACK;

import assert from 'node:assert/strict';
import type { Rule } from '../../src/core/rules/defineRule';
import { unknownSystemColumn } from '../../src/core/rules/monitoring/unknownSystemColumn';
import { cannotBeSetHere } from '../../src/core/rules/settings/cannotBeSetHere';
import { invalidSettingValue } from '../../src/core/rules/settings/invalidSettingValue';
import { unknownSetting } from '../../src/core/rules/settings/unknownSetting';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { lintText } from '../rules/lintText';
import { onEachServer } from './servers';

const RULES: readonly Rule[] = [unknownSystemColumn, unknownSetting, invalidSettingValue, cannotBeSetHere];

/** Values this build or this version does not have; the rules must know them all the same. */
const OTHER_BUILDS = [/lz4/];

/** Undefined object, undefined column, invalid value, cannot be changed now. */
const REFUSALS = new Set(['42704', '42703', '22023', '55P02']);

const SETUP = `
  CREATE EXTENSION pg_stat_statements;
  CREATE ROLE report; CREATE ROLE audit; CREATE ROLE reporting; CREATE ROLE app; CREATE DATABASE shop;
  CREATE TABLE databases (name name);
  CREATE SCHEMA monitoring;
  CREATE VIEW monitoring.pg_stat_statements AS SELECT 1 AS mean_time;
  CREATE TABLE watched_tables (name name, tablename name);
`;

/** Statements PostgreSQL takes or refuses; the rules must say the same of each. */
const SETTINGS = `
  RESET shared_buffers; SET shared_buffers TO DEFAULT; ALTER DATABASE shop RESET max_connections;
  ALTER ROLE report SET max_connections TO DEFAULT; ALTER DATABASE shop SET no_such TO DEFAULT; RESET no_such;
  SET work_mem = '4 mb'; SET work_mem = '1.5GB'; SET work_mem = '0x1000'; SET work_mem = '0100'; SET work_mem = '4e3';
  SET sort_mem = 100; SET force_parallel_mode = off; SET debug_parallel_query = off; SET effective_cache_size = '10TB';
  SET synchronous_commit = 'yes'; SET bytea_output = HEX; SET client_min_messages = fatal; SET jit = t; SET jit = o;
  SET statement_timeout = '1e3'; SET statement_timeout = '  5 s '; SET statement_timeout = -1; SET lock_timeout = '1.5';
  SET seq_page_cost = '1.0'; SET extra_float_digits = '3'; SET extra_float_digits = 4; SET constraint_exclusion = 1;
  SET password_encryption = 'on'; SET backslash_quote = 'true'; SET plan_cache_mode = auto; SET temp_buffers = '800';
  SET log_connections = on; SET autovacuum_max_workers = 5; SET vacuum_cost_delay = '2ms'; SET vacuum_cost_delay = 2.5;
  SET geqo_seed = 2; SET transaction_timeout = '5s'; SET old_snapshot_threshold = 5; SET stats_temp_directory = 'x';
  ALTER SYSTEM SET wal_level = 'hot_standby'; ALTER SYSTEM SET huge_pages = 'true'; ALTER SYSTEM SET io_method = 'fast';
  ALTER SYSTEM SET ssl_min_protocol_version = ''; ALTER SYSTEM SET summarize_wal = on; ALTER SYSTEM SET fsync = maybe;
  SET xmloption = content; SET default_transaction_isolation = 'read committed'; SET shop.tenant = 'x'; SET TIME ZONE 7;
  SELECT set_config('log_connections', 'on', false); SELECT set_config('app.user', 'x', false); SET ROLE report;
  SELECT set_config('work_memory', '4MB', false); SET search_path = ''; SET NAMES 'utf8'; SET SESSION AUTHORIZATION DEFAULT
`;

describe('rules that say a statement fails', () => {
  onEachServer('SELECT 1', server => {
    before(async () => {
      for (const statement of SETUP.split(';').filter(part => part.trim() !== '')) await server().run(statement);
    });

    it('settings: the server refuses what the rules do, and nothing else', async () => {
      const { major } = server();
      const differing: string[] = [];
      for (const statement of SETTINGS.split(';').map(part => part.trim())) {
        const findings = await lintText(statement, { rules: RULES, serverVersion: major * 10_000 });
        const refusal = await server()
          .run(statement)
          .then(() => undefined)
          .catch((error: Error) => error.message);
        const isRefused = refusal !== undefined;
        if (isRefused !== findings.length > 0) differing.push(`${statement}: ${refusal ?? 'taken'}`);
      }
      assert.deepEqual(differing, []);
    });

    for (const rule of RULES) {
      it(`${rule.id}: the server refuses each bad example, and no good one`, async () => {
        const grammar = await loadGrammar();
        for (const example of rule.examples) {
          const isBad = 'bad' in example;
          const text = isBad ? example.bad : example.good;
          const { statements } = new Script(grammar, text);
          if (statements.some(({ statement }) => statement.placeholders.length > 0)) continue;
          if (OTHER_BUILDS.some(pattern => pattern.test(text))) continue;
          const errors: string[] = [];
          for (const { statement } of statements) {
            await server()
              .run(statement.text)
              .catch((error: { sqlState?: string }) => errors.push(error.sqlState ?? 'unknown'));
          }
          if (isBad) assert.ok(errors.length > 0 && errors.every(code => REFUSALS.has(code)), `${text}: ${errors}`);
          else assert.deepEqual(errors, [], text);
        }
      });
    }
  });
});

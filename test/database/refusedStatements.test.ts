import assert from 'node:assert/strict';
import type { Rule } from '../../src/core/rules/defineRule';
import { unknownSystemColumn } from '../../src/core/rules/monitoring/unknownSystemColumn';
import { cannotBeSetHere } from '../../src/core/rules/settings/cannotBeSetHere';
import { invalidSettingValue } from '../../src/core/rules/settings/invalidSettingValue';
import { unknownSetting } from '../../src/core/rules/settings/unknownSetting';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
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

describe('rules that say a statement fails', () => {
  onEachServer('SELECT 1', server => {
    before(async () => {
      for (const statement of SETUP.split(';').filter(part => part.trim() !== '')) await server().run(statement);
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

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DML_RULES } from '../../src/core/rules/dml';
import { FUNCTION_RULES } from '../../src/core/rules/function';
import { JOIN_RULES } from '../../src/core/rules/join';
import { lintText } from './lintText';

const CASES = path.join(__dirname, 'cases');
const read = (file: string): string => readFileSync(path.join(CASES, file), 'utf8');

const RULES = [...JOIN_RULES, ...DML_RULES, ...FUNCTION_RULES];

/** Rule, line and text of the findings that deserve attention, of a text without syntax errors. */
async function serious(text: string, schema?: string): Promise<string[]> {
  const findings = await lintText(text, { rules: RULES, schema });
  return findings
    .filter(({ severity }) => severity === 'warning' || severity === 'error')
    .map(({ rule, range }) => {
      const line = text.slice(0, range.start).split('\n').length;
      return `${rule}, line ${line}: ${text.slice(range.start, range.end)}`;
    });
}

describe('core/rules join, dml and function on good code', () => {
  const text = read('join-dml-function-quiet.sql');
  const schema = read('join-dml-function-schema.sql');

  it('has nothing to warn of without a catalog', async () => {
    assert.deepEqual(await serious(text), []);
  });

  it('has nothing to warn of when the tables and their sizes are known', async () => {
    assert.deepEqual(await serious(text, schema), []);
  });

  // Without these the text could be quiet because the rules see nothing.
  const careless: readonly (readonly [rule: string, from: string, to: string])[] = [
    [
      'join/cross-join-without-condition',
      'c.id = o.customer_id AND r.id = c.region_id AND',
      'c.id = o.customer_id AND',
    ],
    ['join/condition-not-binding', 'JOIN accounts d ON d.id = t.to_account', 'JOIN accounts d ON d.id = d.owner_id'],
    ['join/write-not-bound-to-target', 'WHERE parent.id = regions.parent_id', 'WHERE parent.id = parent.parent_id'],
    ['join/count-star-over-left-join', 'SELECT c.id, count(o.id)', 'SELECT c.id, count(*)'],
    ['join/recursive-without-stop', "FROM months WHERE m < date '2024-12-01'", 'FROM months'],
    ['join/aggregate-over-fan-out', 'SELECT c.id, sum(i.quantity * i.price)', 'SELECT c.id, sum(o.total)'],
    ['join/duplicate-join', 'd ON d.id = t.to_account', 'd ON d.id = t.from_account'],
    ['dml/conflict-without-target', 'ON CONFLICT (day, region_id) DO UPDATE', 'ON CONFLICT DO UPDATE'],
    ['dml/conflict-target-not-unique', 'ON CONFLICT (product_id, warehouse_id)', 'ON CONFLICT (product_id)'],
    ['dml/duplicate-assignment', 'SET total = i.total, updated_at', 'SET total = i.total, total'],
    ['dml/locking-not-allowed', 'FOR NO KEY UPDATE OF o', 'FOR NO KEY UPDATE'],
    ['dml/queue-without-skip-locked', 'LIMIT 10 FOR UPDATE SKIP LOCKED', 'LIMIT 10 FOR UPDATE'],
    ['function/security-definer-without-search-path', ' SET search_path = app, pg_temp', ''],
    ['function/discarded-result', "PERFORM pg_notify('transfers'", "SELECT pg_notify('transfers'"],
    ['function/ambiguous-variable', '#variable_conflict use_column', ''],
    ['function/swallowed-exception', 'WHEN duplicate_object THEN NULL', 'WHEN OTHERS THEN NULL'],
    ['function/qualified-name-in-format', "format('%I.%I', 'public', v_name)", "format('%I', 'public.' || v_name)"],
    ['function/unquoted-dynamic-sql', 'count_rows(p_table regclass)', 'count_rows(p_table text)'],
    ['function/overwritten-in-loop', "v_report jsonb := '[]'", "v_report jsonb := '{}'"],
    ['function/commit-in-function', 'CREATE OR REPLACE PROCEDURE purge_jobs', 'CREATE OR REPLACE FUNCTION purge_jobs'],
    ['function/volatility-too-strong', 'RETURNS numeric LANGUAGE sql STABLE', 'RETURNS numeric LANGUAGE sql IMMUTABLE'],
  ];
  for (const [rule, from, to] of careless) {
    it(`warns when one place is made careless: ${rule}`, async () => {
      assert.ok(text.includes(from), 'the place is in the text');
      const found = await serious(
        text.replace(from, () => to),
        schema,
      );
      assert.ok(found.length > 0 && found.every(each => each.startsWith(`${rule},`)), found.join('\n'));
    });
  }
});

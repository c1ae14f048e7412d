import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { QUERY_RULES } from '../../src/core/rules/query';
import { lintText, summarise } from './lintText';

const TEXT = readFileSync(path.join(__dirname, 'cases/query-quiet.sql'), 'utf8');

describe('core/rules/query: sound SQL', () => {
  const loud = async (schema?: string) =>
    (await lintText(TEXT, { rules: QUERY_RULES, ...(schema !== undefined && { schema }) }))
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ rule, range }) => `${rule}: ${TEXT.slice(range.start, range.end)}`);

  it('parses', async () => {
    const findings = await lintText(TEXT, { rules: [] });
    assert.deepEqual(
      findings.map(({ range, message }) => `${message}: ${TEXT.slice(range.start, range.end)}`),
      [],
    );
  });

  it('has nothing to warn about without a schema', async () => {
    assert.deepEqual(await loud(), []);
  });

  it('has nothing to warn about with the schema and sizes of the file', async () => {
    assert.deepEqual(await loud(TEXT), []);
  });

  it('has little to say beyond that', async () => {
    const findings = await lintText(TEXT, { rules: QUERY_RULES.filter(rule => rule.optional !== true) });
    assert.deepEqual(
      summarise(TEXT, findings).map(line => line.replace(/: .*/s, '')),
      ['query/function-on-column', 'query/leading-wildcard-like', 'query/first-row-by-window', 'query/cast-on-column'],
    );
  });

  // Without this the file could be quiet because the rules see nothing.
  it('speaks up when the same queries are written carelessly', async () => {
    const careless = TEXT.replace("tags @> ARRAY['gift', $1]", "'gift' = ANY (tags)")
      .replace('(created_at, id) > ($1, $2)', 'created_at > $1 OR (created_at = $1 AND id > $2)')
      .replace('id NOT IN (1, 2, 3)', 'id NOT IN (1, 2, NULL)')
      .replace("status <> 'new' AND status <> 'failed'", "(status <> 'new' OR status <> 'failed')")
      .replace("payload ->> 'kind' = 'door'", "payload ->> 'sort' = 'door'")
      .replace("to_tsvector('english', body) @@ q", 'to_tsvector(body) @@ q')
      .replace("o.status <> 'cancelled'", "coalesce(o.status, '') = 'paid' AND o.total + 1 > 5")
      .replace('order_date = CURRENT_DATE', 'created_at = CURRENT_DATE');
    const findings = await lintText(careless, { rules: QUERY_RULES, schema: TEXT });
    const rules = new Set(findings.map(({ rule }) => rule));
    for (const expected of [
      'query/any-of-array-column',
      'query/keyset-as-or-chain',
      'query/null-in-list',
      'query/inequalities-joined-by-or',
      'query/json-text-filter',
      'query/text-search-without-index',
      'query/coalesce-on-column',
      'query/arithmetic-on-column',
      'query/timestamp-equals-day',
    ]) {
      assert.ok(rules.has(expected), expected);
    }
  });
});

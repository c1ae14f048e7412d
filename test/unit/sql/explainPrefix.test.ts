import assert from 'node:assert/strict';
import { explainPrefixLength } from '../../../src/core/sql/explainPrefix';

describe('what EXPLAIN puts before a statement', () => {
  const cases: readonly (readonly [prefix: string, statement: string])[] = [
    ['EXPLAIN ', 'SELECT 1'],
    ['  explain analyze verbose ', 'SELECT 1'],
    ['EXPLAIN ANALYSE\n', 'UPDATE t SET n = 1'],
    ['EXPLAIN (ANALYZE, BUFFERS off) ', 'WITH w AS (SELECT 1) TABLE w'],
    ['EXPLAIN (FORMAT json)', '(SELECT 1)'],
    ['EXPLAIN ', '(SELECT 1) UNION SELECT 2'],
    ['explain ', '( (VALUES (1)))'],
    ['EXPLAIN ', 'EXECUTE report(1)'],
    ['', 'SELECT explain FROM plans'],
    ['', 'explained'],
  ];
  for (const [prefix, statement] of cases) {
    it(prefix === '' ? `is nothing: ${statement}` : `${prefix.trim()} | ${statement}`, () => {
      assert.equal(explainPrefixLength(prefix + statement), prefix.length);
    });
  }
});

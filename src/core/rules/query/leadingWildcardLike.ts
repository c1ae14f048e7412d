import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, constantTextMatches, filteredQuery, functionName, list, operatorOf } from '../support/expressions';
import { hasNoIndexAtAll } from '../support/computedColumns';
import { hasTrigramIndex } from '../support/indexKeys';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow } from '../support/trees';

export const leadingWildcardLike = defineRule({
  id: 'query/leading-wildcard-like',
  since: '0.1.0',
  severity: 'info',
  title: 'LIKE pattern that begins with a wildcard',
  guideline: { guide: '002', section: '4.2 Query Optimization Examples' },
  nodes: ['AEXPR_LIKE', 'AEXPR_ILIKE'],
  docs: {
    problem: "A pattern such as `'%milk%'` says nothing about how the value begins.",
    why: 'A btree index is searched from the beginning of the value, so all rows are read. A trigram index (`CREATE EXTENSION pg_trgm`; `USING gin (column gin_trgm_ops)`) serves patterns with at least three known characters in a row.',
    whenToIgnore: 'The table is small, or other conditions leave few rows.',
  },
  messages: {
    wildcard:
      'No btree index can serve a pattern that begins with a wildcard; a trigram index on {column} (pg_trgm) can.',
  },
  examples: [
    { title: 'a search box', bad: "SELECT id FROM products WHERE name ILIKE '%milk%'", flags: "name ILIKE '%milk%'" },
    {
      title: 'a suffix',
      bad: "SELECT id FROM users WHERE lower(email) LIKE '%@example.com'",
      flags: "lower(email) LIKE '%@example.com'",
    },
    { title: 'a prefix', good: "SELECT id FROM products WHERE name LIKE 'milk%'" },
    {
      title: 'an exclusion, which no index serves',
      good: "SELECT id FROM products WHERE name NOT LIKE '%milk%' AND id = 4",
    },
    { title: 'a pattern known only at run time', good: 'SELECT id FROM products WHERE name LIKE $1' },
    { title: 'a flag in the select list', good: "SELECT name LIKE '%milk%' AS has_milk FROM products" },
    {
      title: 'a trigram index exists',
      schema: 'CREATE TABLE products (id bigint, name text); CREATE INDEX ON products USING gin (name gin_trgm_ops);',
      good: "SELECT id FROM products WHERE name ILIKE '%milk%'",
    },
    { title: "a server's own view", good: "SELECT query FROM pg_stat_statements WHERE query LIKE '%orders%'" },
  ],
  check({ thresholds, find, rangeOf, resolve, report }) {
    for (const like of find('A_Expr')) {
      const { kind } = like.fields;
      if ((kind !== 'AEXPR_LIKE' && kind !== 'AEXPR_ILIKE') || operatorOf(like.fields)?.startsWith('!')) continue;
      if (constantTextMatches(like.fields.rexpr, SEARCHES_WITHIN) !== true) continue;
      const searched = columnOf(like.fields.lexpr);
      const column = asColumn(searched);
      const match = matchBelow(like, 'lexpr', searched);
      const query = filteredQuery(like);
      if (!column || !match || !query || hasNoIndexAtAll(query, column)) continue;
      const relation = resolve(match)?.relation;
      if (hasTrigramIndex(relation, column) || isSmallTable(relation, thresholds)) continue;
      const size = warningIfBig(relation, thresholds);
      report({ at: rangeOf(like), message: 'wildcard', values: { column: column.name }, ...size });
    }
  },
});

/** A pattern of wildcards alone tests for NULL or length and is not a search. */
const SEARCHES_WITHIN = /^[%_]+[^%_]/;

/** The column, also inside lower(), upper() or a cast. */
function columnOf(node: unknown): unknown {
  const call = unwrap(node);
  if (call?.type === 'FuncCall' && ['lower', 'upper'].includes(functionName(call.fields) ?? '')) {
    return list(call.fields.args)[0];
  }
  return call?.type === 'TypeCast' ? call.fields.arg : node;
}

import { defineRule } from '../defineRule';
import { asColumn, filteredQuery, hasIndexKey, operatorOf, stringConstant } from '../support/expressions';
import { hasTrigramIndex, isNarrowedByIndex } from '../support/indexKeys';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { typeFamily } from '../support/columnTypes';
import { matchBelow } from '../support/trees';

export const caseInsensitiveLike = defineRule({
  id: 'query/case-insensitive-like',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'ILIKE that no index serves',
  guideline: { guide: '003', section: 'Text Search Optimization' },
  nodes: ['AEXPR_ILIKE'],
  docs: {
    problem: 'The pattern ignores case, and the table has no index that does.',
    why: 'A btree index tells upper from lower case, so ILIKE reads all rows. A trigram index (pg_trgm) serves it; for prefixes an index on `lower(column) text_pattern_ops` serves `lower(column) LIKE ...`.',
    whenToIgnore: 'The table is small, or other conditions leave few rows.',
  },
  messages: {
    trigram: 'No index of {table} serves ILIKE on {column}: a trigram index (pg_trgm) would.',
    lower:
      'The index on lower({column}) does not serve ILIKE; lower({column}) LIKE ... can use one with text_pattern_ops.',
  },
  examples: [
    {
      title: 'a search by the beginning of a name',
      schema: 'CREATE TABLE customers (id bigint, name text); CREATE INDEX ON customers (name);',
      bad: "SELECT id FROM customers WHERE name ILIKE 'mill%'",
      flags: "name ILIKE 'mill%'",
    },
    {
      title: 'the pattern is a parameter',
      schema: 'CREATE TABLE customers (id bigint, name text);',
      bad: 'SELECT id FROM customers WHERE name ILIKE $1',
      flags: 'name ILIKE $1',
    },
    {
      title: 'an index on the folded text, which ILIKE does not know',
      schema: 'CREATE TABLE customers (id bigint, name text); CREATE INDEX ON customers (lower(name));',
      bad: 'SELECT id FROM customers WHERE name ILIKE $1',
      flags: 'name ILIKE $1',
    },
    {
      title: 'a trigram index',
      schema: 'CREATE TABLE customers (id bigint, name text); CREATE INDEX ON customers USING gin (name gin_trgm_ops);',
      good: 'SELECT id FROM customers WHERE name ILIKE $1',
    },
    {
      title: 'a small table',
      schema: 'CREATE TABLE customers (id bigint, name text); -- customers: 300 rows',
      good: 'SELECT id FROM customers WHERE name ILIKE $1',
    },
    { title: 'a table nobody knows', good: 'SELECT id FROM customers WHERE name ILIKE $1' },
    {
      title: 'digits have no case',
      schema: 'CREATE TABLE customers (id bigint, phone text); CREATE INDEX ON customers (phone text_pattern_ops);',
      good: "SELECT id FROM customers WHERE phone ILIKE '0171%'",
    },
    {
      title: 'an exclusion',
      schema: 'CREATE TABLE customers (id bigint, name text);',
      good: "SELECT id FROM customers WHERE name NOT ILIKE 'test%' AND id = 7",
    },
    {
      title: 'one row by its key',
      schema: 'CREATE TABLE customers (id bigint PRIMARY KEY, name text);',
      good: 'SELECT id FROM customers WHERE id = $2 AND name ILIKE $1',
    },
  ],
  check({ thresholds, find, rangeOf, resolve, report }) {
    for (const like of find('A_Expr')) {
      const { kind, lexpr, rexpr } = like.fields;
      if (kind !== 'AEXPR_ILIKE' || operatorOf(like.fields)?.startsWith('!')) continue;
      const query = filteredQuery(like);
      const column = asColumn(lexpr);
      const match = matchBelow(like, 'lexpr', lexpr);
      if (!query || !column || !match) continue;
      const pattern = stringConstant(rexpr);
      // A pattern that begins with a wildcard has a rule of its own, as has one without any.
      if (pattern !== undefined && (/^[%_]/.test(pattern) || !/[%_]/.test(pattern))) continue;
      if (pattern !== undefined && !/^[^%_]*[a-z]/i.test(pattern)) continue;
      const known = resolve(match);
      if (!known || typeFamily(known.column.type) !== 'text' || isSmallTable(known.relation, thresholds)) continue;
      if (
        hasTrigramIndex(known.relation, column) ||
        isNarrowedByIndex(query.fields.whereClause, like, known.relation)
      ) {
        continue;
      }
      const hasLower = hasIndexKey(known.relation, `lower(${column.name})`);
      const size = warningIfBig(known.relation, thresholds);
      if (hasLower) report({ at: rangeOf(like), message: 'lower', values: { column: column.name }, ...size });
      else {
        const values = { table: known.relation.name, column: column.name };
        report({ at: rangeOf(like), message: 'trigram', values, ...size });
      }
    }
  },
});

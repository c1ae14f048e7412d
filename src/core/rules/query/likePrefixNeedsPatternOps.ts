import { defineRule } from '../defineRule';
import { typeFamily } from '../support/columnTypes';
import { asColumn, filteredQuery, operatorOf, stringConstant } from '../support/expressions';
import { hasTrigramIndex, leadingIndex } from '../support/indexKeys';
import { isSmallTable, sizeEvidence } from '../support/tableSize';
import { matchBelow } from '../support/trees';

export const likePrefixNeedsPatternOps = defineRule({
  id: 'query/like-prefix-needs-pattern-ops',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'LIKE prefix beside an index in the order of a language',
  nodes: ['AEXPR_LIKE'],
  docs: {
    problem:
      'The index on the column is in the order of a language, and a search by prefix needs the order of the characters.',
    why: 'Unless the collation is C (or C.UTF-8 of the builtin provider, since PostgreSQL 17), a btree index serves `LIKE \'abc%\'` only with the operator class `text_pattern_ops` or with `COLLATE "C"`.',
    whenToIgnore: 'The database or the column has the collation C.',
  },
  messages: {
    opclass:
      'Index {index} serves a prefix only where the collation is C; elsewhere LIKE needs an index on ({column} text_pattern_ops).',
  },
  examples: [
    {
      title: 'an ordinary index',
      schema: 'CREATE TABLE products (id bigint, name text); CREATE INDEX products_name ON products (name);',
      bad: "SELECT id FROM products WHERE name LIKE 'milk%'",
      flags: "name LIKE 'milk%'",
    },
    {
      title: 'an index for patterns',
      schema: 'CREATE TABLE products (id bigint, name text); CREATE INDEX ON products (name text_pattern_ops);',
      good: "SELECT id FROM products WHERE name LIKE 'milk%'",
    },
    {
      title: 'an index in the order of the characters',
      schema: 'CREATE TABLE products (id bigint, name text); CREATE INDEX ON products (name COLLATE "C");',
      good: "SELECT id FROM products WHERE name LIKE 'milk%'",
    },
    {
      title: 'a second index has the operator class',
      schema:
        'CREATE TABLE products (id bigint, name text UNIQUE); CREATE INDEX ON products (name varchar_pattern_ops);',
      good: "SELECT id FROM products WHERE name LIKE 'milk%'",
    },
    { title: 'a table nobody knows', good: "SELECT id FROM products WHERE name LIKE 'milk%'" },
    {
      title: 'no index to be misled by',
      schema: 'CREATE TABLE products (id bigint, name text);',
      good: "SELECT id FROM products WHERE name LIKE 'milk%'",
    },
    {
      title: 'equality in other words',
      schema: 'CREATE TABLE products (id bigint, name text UNIQUE);',
      good: "SELECT id FROM products WHERE name LIKE 'milk'",
    },
  ],
  check({ catalog, thresholds, find, rangeOf, resolve, report }) {
    if (/^(?:C|POSIX)(?:\.|$)/.test(catalog.settings.lc_collate ?? '')) return;
    for (const like of find('A_Expr')) {
      const { kind, lexpr, rexpr } = like.fields;
      if (kind !== 'AEXPR_LIKE' || operatorOf(like.fields) !== '~~' || !filteredQuery(like)) continue;
      const column = asColumn(lexpr);
      const match = matchBelow(like, 'lexpr', lexpr);
      const pattern = stringConstant(rexpr);
      if (!column || !match || pattern === undefined || !/^[^%_\\]+[%_]/.test(pattern)) continue;
      const known = resolve(match);
      if (!known || typeFamily(known.column.type) !== 'text' || isSmallTable(known.relation, thresholds)) continue;
      if (/\bcollate\b/i.test(known.column.type)) continue;
      const index = leadingIndex(known.relation, column.name, one => one.method === 'btree');
      const serves = known.relation.indexes.some(
        one => one.keys[0]?.includes(column.name) && /_pattern_ops|COLLATE/i.test(one.definition),
      );
      if (!index || serves || hasTrigramIndex(known.relation, column)) continue;
      report({
        at: rangeOf(like),
        message: 'opclass',
        values: { index: index.name || `on ${column.name}`, column: column.name },
        evidence: sizeEvidence(known.relation),
      });
    }
  },
});

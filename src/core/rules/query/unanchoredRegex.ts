import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, filteredQuery, functionName, list, operatorOf, stringConstant } from '../support/expressions';
import { hasNoIndexAtAll } from '../support/computedColumns';
import { hasTrigramIndex } from '../support/indexKeys';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow } from '../support/trees';

export const unanchoredRegex = defineRule({
  id: 'query/unanchored-regex',
  since: '0.2.0',
  severity: 'info',
  title: 'Regular expression that may match anywhere',
  nodes: ['~', '~*'],
  docs: {
    problem: 'The expression does not say how the value begins.',
    why: "A btree index is searched from the beginning of the value, so `~ 'x'` reads all rows; `~ '^x'` can use an index in the order of the characters (`text_pattern_ops`). A trigram index (pg_trgm) serves expressions that may match anywhere.",
    whenToIgnore: 'The table is small, or other conditions leave few rows.',
  },
  messages: {
    anywhere: 'No btree index can serve this expression: it has no ^; a trigram index on {column} (pg_trgm) can.',
  },
  examples: [
    {
      title: 'a word in a text',
      bad: "SELECT id FROM products WHERE name ~* 'milk|cream'",
      flags: "name ~* 'milk|cream'",
    },
    {
      title: 'SIMILAR TO with a wildcard in front',
      bad: "SELECT id FROM products WHERE name SIMILAR TO '%(milk|cream)%'",
      flags: "name SIMILAR TO '%(milk|cream)%'",
    },
    { title: 'anchored', good: "SELECT id FROM products WHERE code ~ '^C-[0-9]+$'" },
    { title: 'an exclusion, which no index serves', good: "SELECT id FROM products WHERE name !~ 'milk'" },
    { title: 'known only at run time', good: 'SELECT id FROM products WHERE name ~ $1' },
    { title: 'in the select list', good: "SELECT name ~ 'milk' AS has_milk FROM products" },
    { title: 'SIMILAR TO with a prefix', good: "SELECT id FROM products WHERE name SIMILAR TO 'milk(s|y)%'" },
    { title: 'the catalogs', good: "SELECT relname FROM pg_class WHERE relname ~ 'orders'" },
    {
      title: 'a trigram index exists',
      schema: 'CREATE TABLE products (id bigint, name text); CREATE INDEX ON products USING gin (name gin_trgm_ops);',
      good: "SELECT id FROM products WHERE name ~ 'milk'",
    },
  ],
  check({ thresholds, find, rangeOf, resolve, report }) {
    for (const test of find('A_Expr')) {
      const { kind, lexpr, rexpr } = test.fields;
      const operator = operatorOf(test.fields);
      if (operator !== '~' && operator !== '~*') continue;
      const pattern = kind === 'AEXPR_SIMILAR' ? similarPattern(rexpr) : stringConstant(rexpr);
      if (pattern === undefined) continue;
      if (kind === 'AEXPR_OP' ? isAnchored(pattern) : kind !== 'AEXPR_SIMILAR' || !/^[%_]/.test(pattern)) continue;
      const column = asColumn(lexpr);
      const match = matchBelow(test, 'lexpr', lexpr);
      const query = filteredQuery(test);
      if (!column || !match || !query || hasNoIndexAtAll(query, column)) continue;
      const relation = resolve(match)?.relation;
      if (isSmallTable(relation, thresholds) || hasTrigramIndex(relation, column)) continue;
      report({
        at: rangeOf(test),
        message: 'anywhere',
        values: { column: column.name },
        ...warningIfBig(relation, thresholds),
      });
    }
  },
});

/** `^...` also inside parentheses or after options, and `\A`. */
function isAnchored(pattern: string): boolean {
  return /^(?:\*\*\*:)?(?:\(\?[a-z]+\))?(?:\((?:\?:)?)*(?:\^|\\A)/.test(pattern);
}

/** The grammar wraps the pattern of SIMILAR TO in a function call. */
function similarPattern(value: unknown): string | undefined {
  const call = unwrap(value);
  return call?.type === 'FuncCall' && functionName(call.fields) === 'similar_to_escape'
    ? stringConstant(list(call.fields.args)[0])
    : undefined;
}

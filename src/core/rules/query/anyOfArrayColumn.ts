import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import {
  asColumn,
  filteredQuery,
  integerConstant,
  isConstantExpression,
  operatorOf,
  readsOnlySystemTables,
  stringConstant,
} from '../support/expressions';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow, textOfTree } from '../support/trees';

export const anyOfArrayColumn = defineRule({
  id: 'query/any-of-array-column',
  since: '0.2.0',
  severity: 'hint',
  title: 'value = ANY (array column)',
  nodes: ['AEXPR_OP_ANY'],
  docs: {
    problem: 'The condition looks for a value in an array column with `= ANY`.',
    why: 'A GIN index on the column does not serve it: GIN knows the operators of arrays (`@>`, `&&`, `<@`), not the comparison of an element. `column @> ARRAY[value]` finds the same rows with the index.',
    whenToIgnore: 'The table is small, or another condition already leaves few rows.',
  },
  messages: {
    contains: 'No index serves = ANY ({column}); {column} @> ARRAY[...] can use a GIN index.',
    gin: 'The GIN index on {column} does not serve = ANY; {column} @> ARRAY[...] uses it.',
  },
  examples: [
    {
      title: 'a tag',
      bad: "SELECT id FROM articles WHERE 'milk' = ANY (tags)",
      flags: "'milk' = ANY (tags)",
      fixed: "SELECT id FROM articles WHERE tags @> '{milk}'",
    },
    {
      title: 'an index that is there, and not used',
      schema: 'CREATE TABLE articles (id bigint, tags text[]); CREATE INDEX ON articles USING gin (tags);',
      bad: 'SELECT id FROM articles a WHERE $1 = ANY (a.tags)',
      flags: '$1 = ANY (a.tags)',
    },
    { title: 'contains', good: "SELECT id FROM articles WHERE tags @> ARRAY['milk']" },
    { title: 'a column in a list of values', good: 'SELECT id FROM articles WHERE id = ANY ($1)' },
    { title: 'a join over an array', good: 'SELECT t.id FROM tags t JOIN articles a ON t.id = ANY (a.tag_ids)' },
    { title: 'an array spelled out', good: "SELECT id FROM articles WHERE kind = ANY (ARRAY['a', 'b'])" },
    { title: 'another comparison', good: 'SELECT id FROM articles WHERE 5 > ANY (scores)' },
    { title: 'an array of the catalogs', good: 'SELECT conname FROM pg_constraint WHERE 1 = ANY (conkey)' },
    {
      title: 'a small table',
      schema: 'CREATE TABLE articles (id bigint, tags text[]); -- articles: 50 rows',
      good: "SELECT id FROM articles WHERE 'milk' = ANY (tags)",
    },
  ],
  check({ statement, body, thresholds, find, rangeOf, resolve, report }) {
    for (const test of find('A_Expr')) {
      const { kind, lexpr, rexpr } = test.fields;
      if (kind !== 'AEXPR_OP_ANY' || operatorOf(test.fields) !== '=' || !isConstantExpression(lexpr)) continue;
      const column = asColumn(rexpr);
      const match = matchBelow(test, 'rexpr', rexpr);
      const query = filteredQuery(test);
      if (!column || !match || !query || query.fields.fromClause === undefined || readsOnlySystemTables(query))
        continue;
      if (column.qualifier === undefined && body?.variables.has(column.name)) continue;
      const relation = resolve(match)?.relation;
      if (isSmallTable(relation, thresholds)) continue;
      const gin = relation?.indexes.some(
        index => index.valid && index.method === 'gin' && index.keys.some(key => key.replace(/"/g, '') === column.name),
      );
      const text = unwrap(lexpr)?.type === 'A_Const' ? (stringConstant(lexpr) ?? integerConstant(lexpr)) : undefined;
      const columnText = textOfTree(statement, rexpr);
      const fixes: Fix[] = [];
      // As an array literal the value takes on the type of the elements, as it does now.
      if (text !== undefined && /^\w+$/.test(String(text)) && !/^null$/i.test(String(text)) && columnText) {
        const newText = `${columnText} @> '{${text}}'`;
        fixes.push({ title: 'Write @>', safe: fitsAnyInteger(text), edits: [{ range: rangeOf(test), newText }] });
      }
      const values = { column: column.name };
      const size = warningIfBig(relation, thresholds);
      if (gin) report({ at: rangeOf(test), message: 'gin', severity: 'info', values, fixes, ...size });
      else report({ at: rangeOf(test), message: 'contains', values, fixes, ...size });
    }
  },
});

/** An array of smallint compares with any number, but holds only those of two bytes. */
function fitsAnyInteger(value: string | number): boolean {
  return typeof value === 'string' || Math.abs(value) < 2 ** 15;
}

import { quoteLiteral } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { typeFamily } from '../support/columnTypes';
import { comparedExpressions } from '../support/comparisons';
import { asColumn, hasIndexKey, operatorOf, stringConstant } from '../support/expressions';
import { isNarrowedByIndex } from '../support/indexKeys';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow, textOfTree } from '../support/trees';

export const jsonTextFilter = defineRule({
  id: 'query/json-text-filter',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: '->> in a condition without an index on it',
  nodes: ['A_Expr'],
  docs: {
    problem: 'The condition takes a text out of a JSON column and compares it; no index holds that text.',
    why: "`->>` is a function of the column. It needs an index on the expression, `((payload ->> 'k'))`; a GIN index on the column serves `payload @> '{\"k\": ...}'` but not `->>`. All documents are read, wide ones from TOAST.",
    whenToIgnore: 'The table is small, or another condition already leaves few rows.',
  },
  messages: {
    expression: 'No index of {table} serves {expression}: it needs an index on the expression.',
    gin: 'The GIN index on {column} does not serve {expression}; it serves @>.',
  },
  examples: [
    {
      title: 'no index',
      schema: 'CREATE TABLE events (id bigint, payload jsonb);',
      bad: "SELECT id FROM events WHERE payload->>'kind' = 'door'",
      flags: "payload->>'kind'",
    },
    {
      title: 'an index for another operator',
      schema: 'CREATE TABLE events (id bigint, payload jsonb); CREATE INDEX ON events USING gin (payload);',
      bad: "SELECT id FROM events e WHERE e.payload ->> 'kind' = 'door'",
      flags: "e.payload ->> 'kind'",
      fixed: `SELECT id FROM events e WHERE e.payload @> '{"kind": "door"}'`,
    },
    {
      title: 'an index on the expression',
      schema: "CREATE TABLE events (id bigint, payload jsonb); CREATE INDEX ON events ((payload ->> 'kind'));",
      good: "SELECT id FROM events WHERE payload->>'kind' = 'door'",
    },
    {
      title: 'the operator of the GIN index',
      schema: 'CREATE TABLE events (id bigint, payload jsonb); CREATE INDEX ON events USING gin (payload);',
      good: `SELECT id FROM events WHERE payload @> '{"kind": "door"}'`,
    },
    {
      title: 'a small table',
      schema: 'CREATE TABLE events (id bigint, payload jsonb); -- events: 100 rows',
      good: "SELECT id FROM events WHERE payload->>'kind' = 'door'",
    },
    {
      title: 'another condition has an index',
      schema: 'CREATE TABLE events (id bigint PRIMARY KEY, payload jsonb);',
      good: "SELECT id FROM events WHERE id = 7 AND payload->>'kind' = 'door'",
    },
    { title: 'a table nobody knows', good: "SELECT id FROM events WHERE payload->>'kind' = 'door'" },
    {
      title: 'in the select list',
      schema: 'CREATE TABLE events (id bigint, payload jsonb);',
      good: "SELECT payload->>'kind' = 'door' FROM events",
    },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report, body }) {
    for (const { query, comparison, side, operator, value } of comparedExpressions(find, 'A_Expr', body)) {
      if (operatorOf(side.fields) !== '->>' || side.fields.kind !== 'AEXPR_OP') continue;
      const column = asColumn(side.fields.lexpr);
      const match = matchBelow(side, 'lexpr', side.fields.lexpr);
      const key = stringConstant(side.fields.rexpr);
      const known = match && resolve(match);
      if (!column || !known || key === undefined) continue;
      const { relation } = known;
      const family = typeFamily(known.column.type);
      if ((family !== 'jsonb' && family !== 'json') || isSmallTable(relation, thresholds)) continue;
      if (hasIndexKey(relation, `${column.name}->>'${key}'`)) continue;
      if (isNarrowedByIndex(query.fields.whereClause, comparison, relation)) continue;
      const at = rangeOf(side);
      const expression = statement.text.slice(at.start, at.end);
      const gin = relation.indexes.some(
        index => index.valid && index.method === 'gin' && index.keys.some(one => one.replace(/"/g, '') === column.name),
      );
      const size = warningIfBig(relation, thresholds);
      if (!gin) {
        report({ at, message: 'expression', values: { table: relation.name, expression }, ...size });
        continue;
      }
      const text = unwrap(value)?.type === 'A_Const' ? stringConstant(value) : undefined;
      const columnText = textOfTree(statement, side.fields.lexpr);
      const fixes: Fix[] = [];
      if (operator === '=' && comparison.fields.kind === 'AEXPR_OP' && text !== undefined && columnText) {
        const json = quoteLiteral(JSON.stringify({ [key]: text }).replace('":', '": '));
        fixes.push({
          title: 'Write @>, which the GIN index serves',
          // `->>` also finds the number 5 for '5'.
          safe: false,
          edits: [{ range: rangeOf(comparison), newText: `${columnText} @> ${json}` }],
        });
      }
      report({ at, message: 'gin', values: { column: column.name, expression }, fixes, ...size });
    }
  },
});

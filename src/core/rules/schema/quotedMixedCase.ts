import { unwrap } from '../../sql/walk';
import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';

export const quotedMixedCase = defineRule({
  id: 'schema/quoted-mixed-case',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'Name that must be quoted for ever',
  docs: {
    problem: 'A table or column has a name with capital letters, blanks or other signs.',
    why: 'Every query must write it in quotes, letter by letter; without them the name is folded to lower case and not found.',
    whenToIgnore: 'A library generates both the tables and the queries.',
  },
  messages: { quoted: '{name} must be quoted in every query; a name in lower case needs no quotes.' },
  examples: [
    {
      title: 'camel case',
      bad: 'CREATE TABLE "orderItems" (id bigint PRIMARY KEY, "unitPrice" numeric)',
      flags: ['"orderItems"', '"unitPrice"'],
    },
    { title: 'lower case', good: 'CREATE TABLE order_items (id bigint PRIMARY KEY, unit_price numeric)' },
    { title: 'quoted without need', good: 'CREATE TABLE "order_items" ("id" bigint PRIMARY KEY)' },
    { title: 'capitals without quotes', good: 'CREATE TABLE OrderItems (Id bigint PRIMARY KEY)' },
    { title: 'a reserved word', good: 'CREATE TABLE events (id bigint PRIMARY KEY, "order" int)' },
  ],
  check({ statement, find, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    if (!relation) return;
    const needsQuotes = (name: string): boolean => !/^[a-z_][a-z0-9_$]*$/.test(name);
    const at = statement.rangeOf('RangeVar', relation);
    const name = String(relation.relname ?? '');
    if (statement.kind === 'CreateStmt' && at && needsQuotes(name)) report({ at, message: 'quoted', values: { name } });
    for (const column of columnDefinitions({ statement, find })) {
      if (needsQuotes(column.name)) report({ at: column.nameRange, message: 'quoted', values: { name: column.name } });
    }
  },
});

import { defineRule } from '../defineRule';
import { columnEquality } from '../support/columnEqualities';
import { fromItems } from '../support/fromItems';
import { conjuncts } from '../support/trees';
import type { FromItem } from '../support/fromItems';
import { isUniqueBy } from '../support/uniqueness';

export const duplicateJoin = defineRule({
  id: 'join/duplicate-join',
  since: '0.2.0',
  severity: 'warning',
  needs: ['catalog'],
  title: 'The same row joined twice',
  nodes: ['JoinExpr'],
  docs: {
    problem: 'A table is joined twice by its key to the same column, so both aliases are the same row.',
    why: 'The second join reads again what the first has read. Often the second was meant to use another column.',
    whenToIgnore: 'Never: use the first alias.',
  },
  messages: { same: '{second} is always the same row as {first}: both are joined to {to}. One join is enough.' },
  examples: [
    {
      title: 'two aliases of one row',
      bad: 'SELECT u.name, v.email FROM orders o JOIN users u ON u.id = o.user_id JOIN users v ON v.id = o.user_id',
      schema:
        'CREATE TABLE users (id int PRIMARY KEY, name text, email text); CREATE TABLE orders (user_id int, owner_id int);',
      flags: 'users v',
    },
    {
      title: 'two different columns',
      good: 'SELECT u.name, v.email FROM orders o JOIN users u ON u.id = o.user_id JOIN users v ON v.id = o.owner_id',
      schema:
        'CREATE TABLE users (id int PRIMARY KEY, name text, email text); CREATE TABLE orders (user_id int, owner_id int);',
    },
    {
      title: 'not by a key: several rows each',
      good: 'SELECT p.id FROM posts p JOIN tags a ON a.post_id = p.id JOIN tags b ON b.post_id = p.id',
      schema: 'CREATE TABLE posts (id int PRIMARY KEY); CREATE TABLE tags (post_id int, name text);',
    },
    {
      title: 'a further condition',
      good: 'SELECT 1 FROM orders o JOIN users u ON u.id = o.user_id LEFT JOIN users v ON v.id = o.user_id AND v.active',
      schema: 'CREATE TABLE users (id int PRIMARY KEY, active bool); CREATE TABLE orders (user_id int);',
    },
    {
      title: 'in two queries',
      good: 'SELECT 1 FROM orders o JOIN users u ON u.id = o.user_id WHERE EXISTS (SELECT 1 FROM users v WHERE v.id = o.user_id)',
      schema: 'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int);',
    },
  ],
  check({ statement, catalog, find, report }) {
    for (const query of find('SelectStmt')) {
      const items = fromItems(query, catalog);
      const seen = new Map<string, FromItem>();
      for (const item of items) {
        if (!item.relation || !item.join || (item.combination !== 'inner' && item.combination !== 'left')) continue;
        const conditions = conjuncts(item.join.quals);
        const pair = conditions.length === 1 ? columnEquality(conditions[0], items) : undefined;
        const own = pair?.find(side => side.item === item);
        const to = pair?.find(side => side.item !== item);
        if (!own || !to || !isUniqueBy(item.relation, [own.name])) continue;
        const key = [item.relation.schema, item.relation.name, own.name, to.item.name, to.name].join('\0');
        const first = seen.get(key);
        if (!first) {
          seen.set(key, item);
          continue;
        }
        const at = statement.rangeOf(item.type, item.fields);
        const values = { second: item.name ?? '', first: first.name ?? '', to: `${to.item.name}.${to.name}` };
        if (at) report({ at, message: 'same', values });
      }
    }
  },
});

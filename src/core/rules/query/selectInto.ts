import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { list } from '../support/expressions';
import { rangeOfTree } from '../support/trees';
import type { Fix } from '../finding';

export const selectInto = defineRule({
  id: 'query/select-into',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['SelectStmt'],
  nodes: ['intoClause'],
  title: 'SELECT INTO to make a table',
  docs: {
    problem: '`SELECT ... INTO` makes a table in SQL, and assigns variables in PL/pgSQL.',
    why: 'The same text does different things in different places. `CREATE TABLE ... AS` does one, and knows IF NOT EXISTS and storage parameters.',
    whenToIgnore: 'You tried something out by hand.',
  },
  messages: { create: 'This makes the table {table}; CREATE TABLE {table} AS says so, and works inside PL/pgSQL too.' },
  examples: [
    {
      title: 'a copy',
      bad: 'SELECT id, total INTO orders_copy FROM orders WHERE total > 5',
      flags: 'INTO orders_copy',
      fixed: 'CREATE TABLE orders_copy AS SELECT id, total FROM orders WHERE total > 5',
    },
    {
      title: 'a temporary table',
      bad: 'SELECT id INTO TEMP TABLE picked FROM orders',
      flags: 'INTO TEMP TABLE picked',
      fixed: 'CREATE TEMP TABLE picked AS SELECT id FROM orders',
    },
    { title: 'CREATE TABLE AS', good: 'CREATE TABLE orders_copy AS SELECT id FROM orders' },
    { title: 'INSERT INTO', good: 'INSERT INTO orders_copy SELECT id FROM orders' },
    {
      title: 'a variable of a function',
      good: 'DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM orders; END $$',
    },
    { title: 'a column of this name', good: 'SELECT "into" FROM orders' },
  ],
  check({ statement, body, find, report }) {
    const query = find('SelectStmt')[0];
    const into = query?.fields.intoClause as NodeFields | undefined;
    if (!query || query.parent || !into || body) return;
    const target = rangeOfTree(statement, list(query.fields.targetList).at(-1));
    const rel = into.rel as NodeFields | undefined;
    if (!target || !rel) return;
    const { text } = statement;
    const clause =
      /^(\s+)into\s+((?:(?:local|global)\s+)?(?:temp|temporary)\s+|unlogged\s+)?(?:table\s+)?((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)/i.exec(
        text.slice(target.end),
      );
    if (!clause) return;
    const [whole, space, persistence, table] = clause;
    const fixes: Fix[] = [
      {
        title: 'Write CREATE TABLE AS',
        safe: true,
        edits: [
          {
            range: { start: 0, end: 0 },
            newText: `CREATE ${(persistence ?? '').toUpperCase().trim()} TABLE ${table} AS `.replace('  ', ' '),
          },
          { range: { start: target.end, end: target.end + whole.length }, newText: '' },
        ],
      },
    ];
    const at = { start: target.end + space!.length, end: target.end + whole.length };
    report({ at, message: 'create', values: { table: table ?? '' }, fixes });
  },
});

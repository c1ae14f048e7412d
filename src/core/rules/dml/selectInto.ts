import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';

export const selectInto = defineRule({
  id: 'dml/select-into',
  since: '0.2.0',
  severity: 'hint',
  title: 'SELECT INTO makes a table',
  docs: {
    problem: 'SELECT INTO creates a table, which is easily overlooked in the middle of a query.',
    why: 'In PL/pgSQL the same words fill a variable. CREATE TABLE AS says what it does and can do more (IF NOT EXISTS, WITH, column names).',
    whenToIgnore: 'Old scripts that work.',
  },
  messages: { table: 'This creates a table; CREATE TABLE ... AS says so.' },
  examples: [
    {
      title: 'a new table',
      bad: 'SELECT id, total INTO TEMP big_orders FROM orders WHERE total > 1000',
      flags: 'INTO TEMP big_orders',
      fixed: 'CREATE TEMP TABLE big_orders AS SELECT id, total FROM orders WHERE total > 1000',
    },
    {
      title: 'a table that stays',
      bad: 'SELECT id INTO big_orders FROM orders',
      flags: 'INTO big_orders',
      fixed: 'CREATE TABLE big_orders AS SELECT id FROM orders',
    },
    { title: 'CREATE TABLE AS', good: 'CREATE TABLE big_orders AS SELECT id FROM orders' },
    { title: 'INSERT INTO', good: 'INSERT INTO big_orders (id) SELECT id FROM orders' },
    {
      title: 'a variable of PL/pgSQL',
      good: 'DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM orders; END $$',
    },
    { title: 'a column of that name', good: 'SELECT "into" FROM orders' },
  ],
  kinds: ['SelectStmt'],
  check({ statement, body, find, report }) {
    const query = find('SelectStmt').find(each => each.parent === undefined);
    const into = query?.fields.intoClause as { readonly rel?: NodeFields } | undefined;
    if (!into?.rel || body?.language === 'plpgsql') return;
    const name = statement.tables.find(table => table.use === 'ddl');
    if (!name) return;
    const words = /\binto\s+((?:(?:local|global)\s+)?(?:temp(?:orary)?\s+|unlogged\s+)?)(?:table\s+)?$/i.exec(
      statement.text.slice(0, name.range.start),
    );
    if (!words) return;
    const at = { start: words.index, end: name.range.end };
    const rest = /^\s*/.exec(statement.text.slice(at.end))![0].length;
    const table = statement.text.slice(name.range.start, name.range.end);
    const isPlain = !query?.fields.withClause && /^select\b/i.test(statement.text);
    report({
      at,
      message: 'table',
      fixes: isPlain
        ? [
            {
              title: 'Write CREATE TABLE ... AS',
              safe: true,
              edits: [
                { range: { start: 0, end: 0 }, newText: `CREATE ${words[1]!.toUpperCase()}TABLE ${table} AS ` },
                { range: { start: at.start, end: at.end + rest }, newText: '' },
              ],
            },
          ]
        : [],
    });
  },
});

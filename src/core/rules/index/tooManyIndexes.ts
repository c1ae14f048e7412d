import { defineRule } from '../defineRule';
import { createdIndex, indexNameRange } from '../support/indexElements';
import { earlierKeys } from '../support/knownTable';
import { tableFactsOf } from '../support/tableFacts';

export const tooManyIndexes = defineRule({
  id: 'index/too-many-indexes',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Many indexes on one table',
  guideline: { guide: '003', section: '2. Index Management' },
  docs: {
    problem: 'The table has more indexes than the threshold `indexesPerTable`.',
    why: 'Every insert writes to each of them, and so does every update that touches an indexed column; planning looks at all of them.',
    whenToIgnore: 'The table is read far more often than written, and each index serves a query of its own.',
  },
  messages: {
    many: 'This is index number {count} of {table}: every insert writes to all of them. Drop those that no query uses.',
  },
  examples: [
    {
      title: 'the eleventh index',
      bad: `CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int, c int, d int, e int, f int, g int, h int, i int, j int);
${[...'abcdefghij'].map(column => `CREATE INDEX ON orders (${column});`).join('\n')}`,
      flags: 'CREATE INDEX ON orders (j',
    },
    {
      title: 'a few',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int); CREATE INDEX ON orders (a); CREATE INDEX ON orders (b);',
    },
    {
      title: 'as many on two tables',
      good: `${[...'abcdefgh'].map(column => `CREATE INDEX ON orders (${column}); CREATE INDEX ON invoices (${column});`).join('\n')}`,
    },
    {
      title: 'older ones are dropped',
      good: `${[...'abcdefghij'].map(column => `CREATE INDEX by_${column} ON orders (${column});`).join('\n')} DROP INDEX by_a; CREATE INDEX by_z ON orders (z);`,
    },
    {
      title: 'the same index again',
      good: 'CREATE INDEX IF NOT EXISTS by_a ON orders (a); CREATE INDEX IF NOT EXISTS by_a ON orders (a);',
    },
  ],
  check({ statement, catalog, file, thresholds, report }) {
    const created = createdIndex(statement);
    const own = tableFactsOf(statement)?.keys[0];
    if (!created || !own) return;
    const others = earlierKeys(created.table, { file, catalog }).filter(
      key => key.name === undefined || key.name !== own.name,
    );
    const count = others.length + 1;
    // Said once, at the index that crosses the line.
    if (count !== thresholds.indexesPerTable + 1) return;
    report({
      at: indexNameRange(statement, created),
      message: 'many',
      values: { count, table: created.table.name },
    });
  },
});

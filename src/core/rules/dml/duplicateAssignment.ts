import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list } from '../support/expressions';

export const duplicateAssignment = defineRule({
  id: 'dml/duplicate-assignment',
  since: '0.2.0',
  severity: 'error',
  title: 'A column assigned or listed twice',
  nodes: ['UpdateStmt', 'OnConflictClause', 'InsertStmt'],
  docs: {
    problem: 'One statement gives a column two values.',
    why: 'PostgreSQL refuses it (42601 for SET, 42701 for a column list).',
    whenToIgnore: 'Never.',
  },
  messages: {
    twice: '{column} is assigned twice; the statement fails.',
    listed: '{column} is listed twice; the statement fails.',
  },
  examples: [
    { title: 'SET', bad: 'UPDATE orders SET total = 5, note = $1, total = 6 WHERE id = 1', flags: 'total = 6' },
    { title: 'a column list', bad: 'INSERT INTO orders (id, total, id) VALUES (1, 2, 3)', flags: 'id' },
    {
      title: 'the update of an upsert',
      bad: 'INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET total = 1, total = 2',
      flags: 'total = 2',
    },
    { title: 'different columns', good: 'UPDATE orders SET total = 5, note = $1 WHERE id = 1' },
    { title: 'two elements of an array', good: 'UPDATE orders SET amounts[1] = 5, amounts[2] = 6 WHERE id = 1' },
    {
      title: 'two fields of a composite',
      good: "UPDATE orders SET address.city = 'Hue', address.street = $1 WHERE id = 1",
    },
    { title: 'several columns at once', good: 'UPDATE orders SET (total, note) = (SELECT 1, $1) WHERE id = 1' },
    {
      title: 'two statements',
      good: 'UPDATE orders SET total = 5 WHERE id = 1; UPDATE orders SET total = 6 WHERE id = 2',
    },
  ],
  check({ statement, find, report }) {
    const checkList = (targets: unknown, message: 'twice' | 'listed'): void => {
      const written = list(targets);
      if (written.length < 2) return;
      const seen = new Set<string>();
      for (const target of written) {
        const fields = unwrap(target)?.fields;
        const name = fields?.name;
        if (!fields || typeof name !== 'string' || fields.indirection) continue;
        if (!seen.has(name)) {
          seen.add(name);
          continue;
        }
        const range = statement.rangeOf('ResTarget', fields);
        if (range) report({ at: range, message, values: { column: name } });
      }
    };
    for (const write of find('UpdateStmt')) checkList(write.fields.targetList, 'twice');
    for (const clause of find('OnConflictClause')) checkList(clause.fields.targetList, 'twice');
    for (const insert of find('InsertStmt')) checkList(insert.fields.cols, 'listed');
  },
});

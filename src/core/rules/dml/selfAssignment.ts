import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, asTable, list } from '../support/expressions';

export const selfAssignment = defineRule({
  id: 'dml/self-assignment',
  since: '0.2.0',
  severity: 'info',
  title: 'A column set to its own value',
  nodes: ['UpdateStmt'],
  docs: {
    problem: 'The UPDATE assigns a column the value it already has.',
    why: 'The assignment does nothing. Often a parameter or another column was meant, or a variable has the name of the column.',
    whenToIgnore: 'Rows are rewritten on purpose, to run a trigger or to apply a new storage setting.',
  },
  messages: { same: '{column} is set to the value it has: rows are written anew for nothing.' },
  examples: [
    {
      title: 'among others',
      bad: 'UPDATE orders SET total = 5, note = note WHERE id = 1',
      flags: 'note = note',
      fixed: 'UPDATE orders SET total = 5 WHERE id = 1',
    },
    { title: 'alone', bad: 'UPDATE orders o SET note = o.note WHERE id = 1', flags: 'note = o.note' },
    {
      title: 'the first of several',
      bad: 'UPDATE orders SET note = orders.note, total = 5 WHERE id = 1',
      flags: 'note = orders.note',
      fixed: 'UPDATE orders SET total = 5 WHERE id = 1',
    },
    { title: 'another column', good: 'UPDATE orders SET note = remark WHERE id = 1' },
    {
      title: 'the same name of another table',
      good: 'UPDATE orders o SET note = c.note FROM changes c WHERE c.id = o.id',
    },
    { title: 'a value computed from itself', good: 'UPDATE orders SET note = note || $1 WHERE id = 1' },
    {
      title: 'the proposed row of an upsert',
      good: 'INSERT INTO orders (id, note) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET note = EXCLUDED.note',
    },
    {
      title: 'a row that is returned either way',
      good: 'INSERT INTO tags (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = tags.name RETURNING id',
    },
  ],
  check({ statement, body, find, report }) {
    for (const write of find('UpdateStmt')) {
      const table = asTable(write.fields.relation as NodeFields);
      const targets = list(write.fields.targetList).map(target => unwrap(target)?.fields ?? {});
      targets.forEach((fields, i) => {
        const value = asColumn(fields.val);
        if (typeof fields.name !== 'string' || fields.indirection || value?.name !== fields.name) return;
        const at = rangeOfTarget(statement, fields);
        if (!at) return;
        const isOwn = value.qualifier === undefined || value.qualifier === (table.alias ?? table.name);
        // Without a qualifier it may be a column of FROM, or a variable of the body.
        if (!isOwn || (value.qualifier === undefined && (write.fields.fromClause || body?.variables.has(value.name))))
          return;
        const next = rangeOfTarget(statement, targets[i + 1]);
        const previous = rangeOfTarget(statement, targets[i - 1]);
        const cut = next ? { start: at.start, end: next.start } : previous && { start: previous.end, end: at.end };
        const isPlain = cut && /^[^()]*$/.test(statement.text.slice(cut.start, cut.end));
        report({
          at,
          message: 'same',
          values: { column: fields.name },
          // A trigger may be declared for UPDATE OF this column.
          fixes: isPlain ? [{ title: `Remove ${fields.name}`, safe: false, edits: [{ range: cut, newText: '' }] }] : [],
        });
      });
    }
  },
});

function rangeOfTarget(statement: ParsedStatement, fields: NodeFields | undefined): SourceRange | undefined {
  return fields && statement.rangeOf('ResTarget', fields);
}

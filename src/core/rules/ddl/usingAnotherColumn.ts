import { defineRule } from '../defineRule';
import { readAlterTable } from '../support/alterTable';
import { asColumn, contains } from '../support/expressions';

export const usingAnotherColumn = defineRule({
  id: 'ddl/using-another-column',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['AlterTableStmt'],
  title: 'USING that reads another column',
  docs: {
    problem: 'The values of the column are replaced by those of other columns, and its own are lost.',
    why: 'USING says how the old value becomes the new one. An expression without the column itself is most often a slip from copying a line.',
    whenToIgnore: 'The column is meant to be overwritten.',
  },
  messages: { other: 'USING does not read {column}: its values are replaced by {used} and lost.' },
  examples: [
    {
      title: 'a copied line',
      bad: 'ALTER TABLE orders ALTER COLUMN shipped_at TYPE date USING created_at::date',
      flags: 'created_at',
    },
    { title: 'the column itself', good: 'ALTER TABLE orders ALTER COLUMN shipped_at TYPE date USING shipped_at::date' },
    {
      title: 'the column and another',
      good: 'ALTER TABLE orders ALTER shipped_at TYPE date USING coalesce(shipped_at, created_at)::date',
    },
    { title: 'a constant', good: 'ALTER TABLE orders ALTER note TYPE int USING NULL' },
    { title: 'no USING', good: 'ALTER TABLE orders ALTER shipped_at TYPE date' },
    {
      title: 'each its own',
      good: 'ALTER TABLE orders ALTER a TYPE int USING a::int, ALTER b TYPE int USING (orders.b)::int',
    },
  ],
  check({ statement, report }) {
    for (const { subtype, name, def, range } of readAlterTable(statement)?.commands ?? []) {
      if (subtype !== 'AT_AlterColumnType' || name === undefined) continue;
      const columns: { readonly name: string; readonly fields: object }[] = [];
      contains(def?.fields.raw_default, (type, fields) => {
        const column = type === 'ColumnRef' ? asColumn({ ColumnRef: fields }) : undefined;
        if (column) columns.push({ name: column.name, fields });
        return false;
      });
      const [first] = columns;
      if (!first || columns.some(column => column.name === name)) continue;
      const at = statement.rangeOf('ColumnRef', first.fields) ?? range;
      report({ at, message: 'other', values: { column: name, used: first.name } });
    }
  },
});

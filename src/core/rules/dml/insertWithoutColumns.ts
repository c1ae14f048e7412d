import { listsAllColumns } from '../../catalog/binding/relationIndex';
import { findRelation } from '../../catalog/catalog';
import type { Relation } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asTable, contains, list, stringValue } from '../support/expressions';

export const insertWithoutColumns = defineRule({
  id: 'dml/insert-without-columns',
  since: '0.2.0',
  severity: 'info',
  needs: ['file'],
  title: 'INSERT without a list of columns',
  nodes: ['InsertStmt'],
  docs: {
    problem: 'The values are assigned to columns by position.',
    why: 'A column added, dropped or created in another order makes the statement fail, or store values in the wrong column where the types allow it.',
    whenToIgnore: 'The table is created right before, in the same script.',
  },
  messages: { byPosition: 'Name the columns: these values go to the columns of {table} by position.' },
  examples: [
    { title: 'values by position', bad: "INSERT INTO cameras VALUES (1, 'north gate')", flags: 'cameras' },
    {
      title: 'the columns are known',
      bad: "INSERT INTO cameras VALUES (1, 'north gate') ON CONFLICT DO NOTHING",
      schema: 'CREATE TABLE cameras (id int PRIMARY KEY, name text, note text);',
      flags: 'cameras',
      fixed: "INSERT INTO cameras (id, name) VALUES (1, 'north gate') ON CONFLICT DO NOTHING",
    },
    {
      title: 'a whole table by position',
      bad: 'INSERT INTO orders_archive SELECT * FROM orders WHERE closed',
      flags: 'orders_archive',
    },
    { title: 'columns named', good: "INSERT INTO cameras (id, name) VALUES (1, 'north gate')" },
    { title: 'nothing but defaults', good: 'INSERT INTO cameras DEFAULT VALUES' },
    {
      title: 'a table of the same script',
      good: 'CREATE TEMP TABLE picked (id int); INSERT INTO picked SELECT id FROM cameras',
    },
    { title: 'the row of a trigger', good: "INSERT INTO cameras_history SELECT 'D', now(), OLD.*" },
    { title: 'a row variable', good: 'INSERT INTO cameras VALUES (changed.*)' },
  ],
  check({ statement, catalog, file, find, report }) {
    for (const insert of find('InsertStmt')) {
      const { relation, cols, selectStmt } = insert.fields;
      const source = unwrap(selectStmt);
      if (cols !== undefined || !source || !relation) continue;
      const table = asTable(relation as NodeFields);
      if (file.isCreatedBefore(table.name, table.schema) || takesWholeRow(source.fields)) continue;
      const name = statement.tables.find(each => each.use === 'insert' && each.name === table.name);
      if (!name) continue;
      const known = catalog && findRelation(catalog, table.name, table.schema);
      const columns = known && listsAllColumns(known) ? columnsFor(known, source.fields) : undefined;
      const alias = table.alias === undefined;
      const fixes =
        columns && alias
          ? [
              {
                title: 'Name the columns',
                safe: true,
                edits: [{ range: { start: name.range.end, end: name.range.end }, newText: ` (${columns.join(', ')})` }],
              },
            ]
          : [];
      report({ at: name.range, message: 'byPosition', values: { table: table.name }, fixes });
    }
  },
});

/** `OLD.*`, `(row).*`: the row has the table's own type. */
function takesWholeRow(source: NodeFields): boolean {
  const isRow = (items: unknown): boolean =>
    list(items).some(item => contains(item, (type, fields) => isQualifiedStar(type, fields)));
  if (source.valuesLists !== undefined) return list(source.valuesLists).some(isRow);
  return source.fromClause === undefined && isRow(source.targetList);
}

function isQualifiedStar(type: string, fields: NodeFields): boolean {
  const parts = type === 'ColumnRef' ? list(fields.fields) : type === 'A_Indirection' ? list(fields.indirection) : [];
  return unwrap(parts.at(-1))?.type === 'A_Star' && (type === 'A_Indirection' || parts.length > 1);
}

/** As many of the table's columns as there are values. */
function columnsFor(relation: Relation, source: NodeFields): string[] | undefined {
  const rows = list(source.valuesLists).map(row => list(row));
  const values = rows[0] ?? list(source.targetList);
  if (source.larg !== undefined || values.length === 0 || values.length > relation.columns.length) return undefined;
  if (contains(values, (type, fields) => type === 'A_Star' || isQualifiedStar(type, fields))) return undefined;
  if (values.some(value => stringValue(value) !== undefined)) return undefined;
  return relation.columns.slice(0, values.length).map(column => quoteIdentifier(column.name));
}

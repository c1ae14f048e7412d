import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { TOPICS } from '../fileContext';
import type { FileContext } from '../fileContext';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { tableFactsOf } from '../support/tableFacts';
import type { NodeFields } from '../nodeIndex';

export const tableCreatedTwice = defineRule({
  id: 'schema/table-created-twice',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'CreateTableAsStmt'],
  needs: ['file'],
  title: 'Table created twice',
  docs: {
    problem: 'The file creates a table of this name before.',
    why: 'The second statement fails; with IF NOT EXISTS it does nothing, even if its columns differ.',
    whenToIgnore: 'The statements run in different databases or schemas chosen by search_path.',
  },
  messages: {
    fails: '{table} is created above: this statement fails.',
    ignored: '{table} is created above: with IF NOT EXISTS this definition is passed over, its columns included.',
  },
  examples: [
    {
      title: 'twice',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);',
      flags: 'orders',
    },
    {
      title: 'a partition hidden by another of the same name',
      bad: "CREATE TABLE IF NOT EXISTS r_2024_05 PARTITION OF r FOR VALUES FROM ('2024-05-15') TO ('2024-06-15'); CREATE TABLE IF NOT EXISTS r_2024_05 PARTITION OF r FOR VALUES FROM ('2024-05-01') TO ('2024-06-01');",
      flags: 'r_2024_05',
    },
    {
      title: 'a partition, dropped with the table it is part of',
      good: 'CREATE TABLE counts (day date) PARTITION BY RANGE (day); CREATE TABLE counts_old PARTITION OF counts DEFAULT; DROP TABLE counts; CREATE TABLE counts_old (day date);',
    },
    {
      title: 'dropped in between',
      good: 'CREATE TABLE orders (id int PRIMARY KEY); DROP TABLE orders; CREATE TABLE orders (id bigint PRIMARY KEY);',
    },
    {
      title: 'renamed in between',
      good: 'CREATE TABLE orders (id int PRIMARY KEY); ALTER TABLE orders RENAME TO orders_old; CREATE TABLE orders (id bigint PRIMARY KEY);',
    },
    {
      title: 'another schema',
      good: 'CREATE TABLE app.orders (id int PRIMARY KEY); CREATE TABLE archive.orders (id int PRIMARY KEY);',
    },
    {
      title: 'the same statement again',
      good: 'CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY); CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY);',
    },
    {
      title: 'a temporary table of that name',
      good: 'CREATE TABLE orders (id int PRIMARY KEY); CREATE TEMP TABLE orders (id int);',
    },
    {
      title: 'another search path',
      good: 'SET search_path = a; CREATE TABLE t (id int PRIMARY KEY); SET search_path = b; CREATE TABLE t (id int PRIMARY KEY);',
    },
    {
      title: 'rolled back',
      good: 'BEGIN; CREATE TABLE t (id int PRIMARY KEY); ROLLBACK; CREATE TABLE t (id int PRIMARY KEY);',
    },
  ],
  check({ statement, file, report }) {
    const facts = tableFactsOf(statement);
    const fields = unwrap(statement.tree)?.fields;
    const relation = (fields?.relation ?? (fields?.into as NodeFields | undefined)?.rel) as NodeFields | undefined;
    if (!facts?.creates || !relation || !fields || facts.temporary) return;
    const { name, schema } = asTable(relation);
    const earlier = file.earlier(name);
    const position = earlier.findLastIndex(other => {
      const made = tableFactsOf(other);
      return made?.creates !== undefined && made.table.name === name && made.table.schema === schema && !made.temporary;
    });
    const first = earlier[position];
    if (!first || first.text === statement.text) return;
    if (
      earlier
        .slice(position)
        .some(({ kind }) => kind === 'DropStmt' || kind === 'RenameStmt' || kind === 'AlterObjectSchemaStmt')
    )
      return;
    const parent = tableFactsOf(first)?.partitionOf?.name;
    if (parent !== undefined && isDroppedAfter(parent, first, file)) return;
    // With a search path (which dumps of several databases have too) or transactions the two may not meet.
    if (file.settingBefore('search_path') !== undefined) return;
    if (file.earlier(TOPICS.transaction).length > 0) return;
    const at = statement.rangeOf('RangeVar', relation);
    if (!at) return;
    const ignored = fields.if_not_exists === true;
    report({
      at,
      message: ignored ? 'ignored' : 'fails',
      values: { table: name },
      ...(ignored && { severity: 'warning' as const }),
    });
  },
});

/** Dropping a partitioned table drops its partitions. */
function isDroppedAfter(parent: string, partition: ParsedStatement, file: FileContext): boolean {
  const about = file.earlier(parent);
  return about.slice(about.indexOf(partition) + 1).some(({ kind }) => kind === 'DropStmt');
}

import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { leadingWords } from '../support/existingTable';
import { asTable } from '../support/expressions';

export const concurrentlyOnPartitionedTable = defineRule({
  id: 'ddl/concurrently-on-partitioned-table',
  since: '0.2.0',
  severity: 'error',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'CREATE INDEX CONCURRENTLY on a partitioned table',
  docs: {
    problem: 'PostgreSQL refuses it: "cannot create index on partitioned table concurrently".',
    why: 'Build it in steps that block nobody: `CREATE INDEX name ON ONLY parent`, `CREATE INDEX CONCURRENTLY` on each partition, then `ALTER INDEX name ATTACH PARTITION` for each; the parent index becomes valid with the last one.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    refused:
      '{table} is partitioned: CONCURRENTLY is refused. Create it ON ONLY {table}, concurrently on each partition, and attach them.',
  },
  examples: [
    {
      title: 'a partitioned table of the catalog',
      schema: 'CREATE TABLE events (at timestamptz, kind text) PARTITION BY RANGE (at);',
      bad: 'CREATE INDEX CONCURRENTLY idx_events_kind ON events (kind)',
      flags: 'CONCURRENTLY',
    },
    {
      title: 'one created in the same file',
      bad: 'CREATE TABLE farm.milk_production (cow_id int, at date) PARTITION BY RANGE (at);\nCREATE INDEX CONCURRENTLY idx_milk ON farm.milk_production (cow_id);',
      flags: 'CONCURRENTLY',
    },
    {
      title: 'only the parent',
      schema: 'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);',
      good: 'CREATE INDEX idx_events_at ON ONLY events (at)',
    },
    {
      title: 'a partition',
      schema:
        'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at); CREATE TABLE events_1 PARTITION OF events DEFAULT;',
      good: 'CREATE INDEX CONCURRENTLY ON events_1 (at)',
    },
    {
      title: 'an ordinary table',
      schema: 'CREATE TABLE orders (id int);',
      good: 'CREATE INDEX CONCURRENTLY ON orders (id)',
    },
    { title: 'a table nothing is known of', good: 'CREATE INDEX CONCURRENTLY ON orders (id)' },
    {
      title: 'of the same name in another schema',
      good: 'CREATE TABLE archive.events (at date) PARTITION BY RANGE (at); CREATE INDEX CONCURRENTLY ON live.events (at);',
    },
  ],
  check({ statement, catalog, file, report }) {
    const index = unwrap(statement.tree)?.fields;
    const relation = index?.relation as NodeFields | undefined;
    if (!relation || index?.concurrent !== true) return;
    const table = asTable(relation);
    const isPartitionedInFile = file.earlier(table.name).some(({ kind, tree }) => {
      const create = kind === 'CreateStmt' ? unwrap(tree)?.fields : undefined;
      const made = create?.partspec ? asTable(create.relation as NodeFields) : undefined;
      return made?.name === table.name && made.schema === table.schema;
    });
    const known = catalog && findRelation(catalog, table.name, table.schema);
    if (!isPartitionedInFile && known?.kind !== 'partitioned table') return;
    const words = leadingWords(statement.text, /^create\s+(?:unique\s+)?index\s+concurrently\b/i);
    report({
      at: { start: words.end - 'concurrently'.length, end: words.end },
      message: 'refused',
      values: { table: table.name },
    });
  },
});

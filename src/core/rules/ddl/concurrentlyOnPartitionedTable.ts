import { findRelation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
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
    hypertable:
      '{table} is a hypertable: CONCURRENTLY is refused. WITH (timescaledb.transaction_per_chunk) locks one chunk at a time.',
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
      title: 'a hypertable of TimescaleDB',
      bad: "SELECT create_hypertable('farm.sensor_data', 'at');\nCREATE INDEX CONCURRENTLY ON farm.sensor_data (device_id);",
      flags: 'CONCURRENTLY',
    },
    {
      title: 'a hypertable, chunk by chunk',
      good: "SELECT create_hypertable('sensor_data', 'at'); CREATE INDEX ON sensor_data (device_id) WITH (timescaledb.transaction_per_chunk);",
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
    const words = leadingWords(statement.text, /^create\s+(?:unique\s+)?index\s+concurrently\b/i);
    const at = { start: words.end - 'concurrently'.length, end: words.end };
    if (file.earlier(table.name).some(makesHypertable)) {
      report({ at, message: 'hypertable', values: { table: table.name } });
      return;
    }
    const known = catalog && findRelation(catalog, table.name, table.schema);
    if (!isPartitionedInFile && known?.kind !== 'partitioned table') return;
    report({ at, message: 'refused', values: { table: table.name } });
  },
});

/** A query is about a table if it calls create_hypertable, or if it makes the table. */
function makesHypertable({ kind, tree }: ParsedStatement): boolean {
  return kind === 'SelectStmt' && unwrap(tree)?.fields.intoClause === undefined;
}

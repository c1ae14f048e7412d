import { defineRule } from '../defineRule';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

export const concurrentlyOnPartitionedTable = defineRule({
  id: 'index/concurrently-on-partitioned-table',
  since: '0.2.0',
  severity: 'error',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'CREATE INDEX CONCURRENTLY on a partitioned table',
  docs: {
    problem: 'PostgreSQL refuses CONCURRENTLY on a partitioned table.',
    why: 'Without blocking writes it takes three steps: CREATE INDEX ON ONLY the parent, CREATE INDEX CONCURRENTLY on each partition, and ALTER INDEX ... ATTACH PARTITION for each.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    refused:
      '{table} is partitioned: PostgreSQL refuses CONCURRENTLY. Create the index ON ONLY {table}, then on each partition, and attach those.',
  },
  examples: [
    {
      title: 'partitioned in the same file',
      bad: 'CREATE TABLE farm.milk_production (farm_id bigint, milked_at timestamptz) PARTITION BY RANGE (milked_at); CREATE INDEX CONCURRENTLY idx_milk_farm ON farm.milk_production (farm_id);',
      flags: 'CONCURRENTLY',
      fixed:
        'CREATE TABLE farm.milk_production (farm_id bigint, milked_at timestamptz) PARTITION BY RANGE (milked_at); CREATE INDEX idx_milk_farm ON farm.milk_production (farm_id);',
    },
    {
      title: 'partitioned on the server',
      schema: 'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);',
      bad: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS events_at ON events (at)',
      flags: 'CONCURRENTLY',
    },
    {
      title: 'without CONCURRENTLY',
      schema: 'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);',
      good: 'CREATE INDEX ON events (at)',
    },
    {
      title: 'the parent only',
      schema: 'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at);',
      good: 'CREATE INDEX ON ONLY events (at)',
    },
    { title: 'a partition', good: 'CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE INDEX CONCURRENTLY ON p1 (at);' },
    {
      title: 'an ordinary table',
      schema: 'CREATE TABLE orders (id bigint);',
      good: 'CREATE INDEX CONCURRENTLY ON orders (id)',
    },
    { title: 'an unknown table', good: 'CREATE INDEX CONCURRENTLY ON events (at)' },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    if (created?.fields.concurrent !== true || !knownTable(created.table, { file, catalog })?.partitionBy) return;
    const word = /\bconcurrently\b/i.exec(statement.text);
    if (!word) return;
    const at = { start: word.index, end: word.index + word[0].length };
    const blank = /^\s*/.exec(statement.text.slice(at.end))![0].length;
    report({
      at,
      message: 'refused',
      values: { table: created.table.name },
      fixes: [
        {
          title: 'Leave out CONCURRENTLY (blocks writes)',
          safe: false,
          edits: [{ range: { start: at.start, end: at.end + blank }, newText: '' }],
        },
      ],
    });
  },
});

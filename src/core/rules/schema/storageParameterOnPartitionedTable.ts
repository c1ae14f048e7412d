import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, list } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const storageParameterOnPartitionedTable = defineRule({
  id: 'schema/storage-parameter-on-partitioned-table',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Storage parameter on a partitioned table',
  docs: {
    problem: 'fillfactor, an autovacuum setting or another storage parameter is set on a partitioned table.',
    why: 'A partitioned table has no storage, so PostgreSQL refuses it; and it would not be inherited. Each partition takes its own, best in `CREATE TABLE ... PARTITION OF ... WITH (...)`.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    refused: '{table} is partitioned and has no storage: PostgreSQL refuses {option}; set it on each partition.',
  },
  examples: [
    {
      title: 'autovacuum on the parent',
      bad: 'CREATE TABLE farm.milk_production (id bigint, at timestamptz) PARTITION BY RANGE (at); ALTER TABLE farm.milk_production SET (autovacuum_vacuum_scale_factor = 0.05, fillfactor = 90);',
      flags: 'autovacuum_vacuum_scale_factor',
    },
    {
      title: 'on the server',
      schema: 'CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);',
      bad: 'ALTER TABLE events SET (fillfactor = 90)',
      flags: 'fillfactor',
    },
    {
      title: 'at its creation',
      bad: 'CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at) WITH (fillfactor = 80)',
      flags: 'fillfactor',
    },
    {
      title: 'on a partition',
      good: 'CREATE TABLE events_1 PARTITION OF events DEFAULT WITH (fillfactor = 80); ALTER TABLE events_1 SET (autovacuum_enabled = off);',
    },
    {
      title: 'an ordinary table',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY) WITH (fillfactor = 80); ALTER TABLE orders SET (fillfactor = 70);',
    },
    { title: 'an unknown table', good: 'ALTER TABLE events SET (fillfactor = 90)' },
    {
      title: 'another change of a partitioned table',
      good: 'CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at); ALTER TABLE events ALTER COLUMN id SET NOT NULL;',
    },
    {
      title: 'on its index',
      good: 'CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at); CREATE INDEX ON events (id) WITH (fillfactor = 80);',
    },
  ],
  check({ statement, catalog, file, report }) {
    const fields = unwrap(statement.tree)?.fields;
    const relation = fields?.relation as NodeFields | undefined;
    if (!fields || !relation) return;
    const options = [
      ...list(fields.options),
      ...list(fields.cmds).flatMap(item => {
        const command = unwrap(item)?.fields;
        return command?.subtype === 'AT_SetRelOptions' ? list(command.def) : [];
      }),
    ];
    const option = unwrap(options[0])?.fields.defname;
    if (typeof option !== 'string') return;
    const name = asTable(relation);
    const table = knownTable(name, { file, catalog }, { statement });
    if (!table?.partitionBy) return;
    const word = new RegExp(`\\b${option}\\b`, 'i').exec(statement.text);
    if (!word) return;
    report({
      at: { start: word.index, end: word.index + word[0].length },
      message: 'refused',
      values: { table: name.name, option },
    });
  },
});

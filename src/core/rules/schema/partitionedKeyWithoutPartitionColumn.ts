import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { createdIndex, indexNameRange } from '../support/indexElements';
import { knownTable } from '../support/knownTable';
import { tableFactsOf } from '../support/tableFacts';
import type { NodeFields } from '../nodeIndex';

export const partitionedKeyWithoutPartitionColumn = defineRule({
  id: 'schema/partitioned-key-without-partition-column',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'AlterTableStmt', 'IndexStmt'],
  needs: ['file'],
  title: 'Unique key of a partitioned table without its partition columns',
  guideline: { guide: '002', section: '6.1 Native PostgreSQL Partitioning' },
  docs: {
    problem:
      'A primary key, unique constraint or unique index of a partitioned table leaves out a column it is partitioned by.',
    why: 'Each partition has an index of its own, so uniqueness across partitions cannot be enforced, and PostgreSQL refuses it.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    missing: '{table} is partitioned by {key}: PostgreSQL refuses a unique key without it.',
    inherited: 'A unique key of {parent} lacks {key}, which this partition is partitioned by: PostgreSQL refuses it.',
    expression: '{table} is partitioned by an expression: PostgreSQL refuses every unique key.',
  },
  examples: [
    {
      title: 'a primary key of the id alone',
      bad: 'CREATE TABLE counting_results (id bigint PRIMARY KEY, at timestamptz NOT NULL) PARTITION BY RANGE (at)',
      flags: 'PRIMARY KEY',
    },
    {
      title: 'a partition that is partitioned further',
      bad: "CREATE TABLE alerts (region text, id bigint, at date, PRIMARY KEY (region, id)) PARTITION BY LIST (region); CREATE TABLE alerts_eu PARTITION OF alerts FOR VALUES IN ('eu') PARTITION BY RANGE (at);",
      flags: 'alerts_eu',
    },
    {
      title: 'added afterwards',
      bad: 'CREATE TABLE detections (detection_id uuid, frame_timestamp timestamptz) PARTITION BY RANGE (frame_timestamp); ALTER TABLE detections ADD CONSTRAINT one UNIQUE (detection_id);',
      flags: 'CONSTRAINT one UNIQUE (detection_id)',
    },
    {
      title: 'a unique index, on the server',
      schema: 'CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);',
      bad: 'CREATE UNIQUE INDEX events_id ON events (id)',
      flags: 'events_id',
    },
    {
      title: 'with the column',
      good: 'CREATE TABLE counting_results (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)',
    },
    { title: 'an ordinary table', good: 'CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz)' },
    { title: 'one partition', good: 'CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE UNIQUE INDEX ON p1 (id);' },
    {
      title: 'not unique',
      good: 'CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at); CREATE INDEX ON events (id);',
    },
    {
      title: 'two partition columns',
      good: 'CREATE TABLE usage (tenant int, day date, n int, UNIQUE (day, tenant)) PARTITION BY LIST (tenant)',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const facts = tableFactsOf(statement);
    // ON ONLY makes the index of the parent alone, and that is refused as well.
    if (!relation || !facts) return;
    const inherited = facts.partitionOf && facts.partitionBy && knownTable(facts.partitionOf, { file, catalog });
    const lacking = inherited?.keys.find(
      ({ unique, columns }) =>
        unique && facts.partitionBy?.some(column => column !== undefined && !columns.includes(column)),
    );
    const own = statement.rangeOf('RangeVar', relation);
    if (inherited && lacking && own) {
      const key = facts.partitionBy!.filter(column => !lacking.columns.includes(column)).join(', ');
      report({ at: own, message: 'inherited', values: { key, parent: inherited.name.name } });
    }
    if (facts.keys.length === 0) return;
    const name = asTable(relation);
    const table = knownTable(name, { file, catalog }, { statement });
    const partitionBy = table?.partitionBy;
    if (!table || !partitionBy || (!table.inFile && partitionBy.includes(undefined))) return;
    const constraints = find('Constraint').filter(
      ({ fields: { contype, indexname } }) =>
        (contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE') && indexname === undefined,
    );
    const created = createdIndex(statement);
    for (const key of facts.keys) {
      const missing = partitionBy.filter(column => column === undefined || !key.columns.includes(column));
      if (!key.unique || missing.length === 0) continue;
      const constraint = constraints.find(
        item => tableKeyOf(item.fields, item.parent?.fields).join() === key.columns.join(),
      );
      const at = constraint ? withKeys(rangeOf(constraint)) : created ? indexNameRange(statement, created) : undefined;
      if (!at) continue;
      if (missing.includes(undefined)) report({ at, message: 'expression', values: { table: name.name } });
      else report({ at, message: 'missing', values: { table: name.name, key: missing.join(', ') } });
    }

    function withKeys(range: { readonly start: number; readonly end: number }) {
      const list =
        /^(?:constraint\s+\S+\s+)?(?:primary\s+key|unique(?:\s+nulls\s+(?:not\s+)?distinct)?)\s*\([^)]*\)/i.exec(
          statement.text.slice(range.start),
        );
      if (list) return { start: range.start, end: range.start + list[0].length };
      const words = /^(?:primary\s+key|unique)/i.exec(statement.text.slice(range.start));
      return words ? { start: range.start, end: range.start + words[0].length } : range;
    }
  },
});

function tableKeyOf(constraint: NodeFields, column: NodeFields | undefined): string[] {
  const keys = Array.isArray(constraint.keys) ? constraint.keys : [];
  if (keys.length === 0) return typeof column?.colname === 'string' ? [column.colname] : [];
  return keys.map(key => String(unwrap(key)?.fields.sval));
}

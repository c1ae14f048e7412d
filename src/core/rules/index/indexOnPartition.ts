import { defineRule } from '../defineRule';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

export const indexOnPartition = defineRule({
  id: 'index/index-on-partition',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index on one partition',
  docs: {
    problem: 'The index is created on a partition and not on the partitioned table.',
    why: 'Partitions made later, by hand or by a job, will not have it. An index on the partitioned table is created on each partition, those to come included.',
    whenToIgnore:
      'Only this partition needs it, or it is to be attached to an index of the parent created with ON ONLY.',
  },
  messages: {
    partition: 'Only this partition gets the index; create it on {parent} and every partition has it, later ones too.',
  },
  examples: [
    {
      title: 'a month of results',
      bad: "CREATE TABLE results_2024_01 PARTITION OF results FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE INDEX ON results_2024_01 (camera_id);",
      flags: 'results_2024_01',
    },
    {
      title: 'on the partitioned table',
      good: "CREATE TABLE results (camera_id int, at timestamptz) PARTITION BY RANGE (at); CREATE TABLE results_1 PARTITION OF results FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE INDEX ON results (camera_id);",
    },
    {
      title: 'without blocking: the parent alone first, then each partition, then attach',
      good: 'CREATE TABLE results_1 PARTITION OF results DEFAULT; CREATE INDEX results_camera ON ONLY results (camera_id); CREATE INDEX CONCURRENTLY results_1_camera ON results_1 (camera_id); ALTER INDEX results_camera ATTACH PARTITION results_1_camera;',
    },
    {
      title: 'an ordinary table',
      good: 'CREATE TABLE cameras (id int, site_id int); CREATE INDEX ON cameras (site_id);',
    },
    { title: 'an unknown table', good: 'CREATE INDEX ON results_2024_01 (camera_id)' },
    {
      title: 'a partition that is partitioned itself',
      good: "CREATE TABLE eu PARTITION OF sales FOR VALUES IN ('eu') PARTITION BY RANGE (day); CREATE INDEX ON eu (shop_id);",
    },
  ],
  check({ statement, catalog, file, rangeOf, find, report }) {
    const created = createdIndex(statement);
    if (!created) return;
    const table = knownTable(created.table, { file, catalog });
    const parent = table?.partitionOf;
    if (!table || !parent || table.partitionBy) return;
    const own = created.keys.map(({ column }) => column);
    const onParent = [
      ...file.indexesOn(parent.name, parent.schema).map(({ keys }) => keys),
      ...(knownTable(parent, { file, catalog })?.keys ?? []).map(({ columns }) => columns),
    ];
    // The index that will be attached to the parent's.
    if (onParent.some(keys => keys.length === own.length && keys.every((key, i) => key === own[i]))) return;
    const relation = find('RangeVar').find(({ fields }) => fields.relname === created.table.name);
    if (relation) report({ at: rangeOf(relation), message: 'partition', values: { parent: parent.name } });
  },
});

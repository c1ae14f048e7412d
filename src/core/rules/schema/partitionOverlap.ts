import { defineRule } from '../defineRule';
import { partitionTopic } from '../statementFacts';
import { isDropped, sameSchema } from '../support/knownTable';
import { boundRange, changesSince, isBefore, overlap, partitionChange } from '../support/partitionBounds';

export const partitionOverlap = defineRule({
  id: 'schema/partition-overlap',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Partition for rows another one takes',
  docs: {
    problem: 'The bounds of the partition overlap with those of one the file makes before, or hold nothing.',
    why: 'PostgreSQL refuses the partition (42P17). The upper bound of a range is not part of it, so the next one begins with the same value.',
    whenToIgnore: 'The other partition is detached or dropped in between, by something that is not in the file.',
  },
  messages: {
    overlaps: '{partition} above takes rows of these bounds already: PostgreSQL refuses this partition.',
    empty: 'The lower bound is not below the upper one: PostgreSQL refuses a partition without any row.',
  },
  examples: [
    {
      title: 'a month that begins on its second day',
      bad: "CREATE TABLE counts_2026_01 PARTITION OF counts FOR VALUES FROM ('2026-01-01') TO ('2026-02-02'); CREATE TABLE counts_2026_02 PARTITION OF counts FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');",
      flags: "FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    },
    {
      title: 'a copied remainder',
      bad: 'CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (modulus 4, remainder 0); CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (modulus 4, remainder 0);',
      flags: 'FOR VALUES WITH (modulus 4, remainder 0)',
    },
    {
      title: 'a value in two lists',
      bad: "CREATE TABLE orders_open PARTITION OF orders FOR VALUES IN ('new', 'paid'); ALTER TABLE orders ATTACH PARTITION orders_done FOR VALUES IN ('paid', 'sent');",
      flags: "FOR VALUES IN ('paid', 'sent')",
    },
    {
      title: 'ends exchanged',
      bad: "CREATE TABLE counts_2026_01 PARTITION OF counts FOR VALUES FROM ('2026-02-01') TO ('2026-01-01')",
      flags: "FOR VALUES FROM ('2026-02-01') TO ('2026-01-01')",
    },
    {
      title: 'months',
      good: "CREATE TABLE counts_2026_01 PARTITION OF counts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'); CREATE TABLE counts_2026_02 PARTITION OF counts FOR VALUES FROM ('2026-02-01 00:00') TO ('2026-03-01'); CREATE TABLE counts_rest PARTITION OF counts DEFAULT;",
    },
    {
      title: 'of two tables',
      good: "CREATE TABLE a_2026 PARTITION OF a FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); CREATE TABLE b_2026 PARTITION OF b FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    },
    {
      title: 'one detached before',
      good: "CREATE TABLE counts_old PARTITION OF counts FOR VALUES FROM (MINVALUE) TO ('2026-01-01'); ALTER TABLE counts DETACH PARTITION counts_old; CREATE TABLE counts_2025 PARTITION OF counts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
    },
    {
      title: 'of a table that is dropped and made anew',
      good: 'CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); DROP TABLE p; CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (5) TO (20);',
    },
    {
      title: 'remainders of two moduli',
      good: 'CREATE TABLE e0 PARTITION OF e FOR VALUES WITH (modulus 2, remainder 0); CREATE TABLE e1 PARTITION OF e FOR VALUES WITH (modulus 4, remainder 1); CREATE TABLE e3 PARTITION OF e FOR VALUES WITH (modulus 4, remainder 3);',
    },
    {
      title: 'keys of two columns',
      good: "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1, '2026-01-01') TO (1, '2026-02-01'); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1, '2026-02-01') TO (1, '2026-03-01');",
    },
  ],
  check({ statement, file, report }) {
    const added = partitionChange(statement)?.adds;
    if (!added) return;
    const at = boundRange(statement);
    const { rows, parent, table } = added;
    if (rows.is === 'range' && rows.from !== 'open' && rows.to !== 'open') {
      if (rows.from.kind === rows.to.kind && !isBefore(rows.from, rows.to)) {
        report({ at, message: 'empty' });
        return;
      }
    }
    const earlier = changesSince(file.earlier(partitionTopic(parent.name)), parent);
    // One that is detached makes room.
    if (earlier.some(({ detaches }) => detaches)) return;
    if (file.settingBefore('search_path') !== undefined) return;
    const other = earlier.find(
      ({ adds }) =>
        adds &&
        sameSchema(adds.parent.schema, parent.schema) &&
        adds.table.name !== table.name &&
        overlap(adds.rows, rows) &&
        !isDropped(adds.table.name, file),
    );
    if (other?.adds) report({ at, message: 'overlaps', values: { partition: other.adds.table.name } });
  },
});

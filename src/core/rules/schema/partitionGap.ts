import type { Catalog } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import type { FileContext } from '../fileContext';
import { partitionTopic } from '../statementFacts';
import type { TableName } from '../support/expressions';
import {
  boundRange,
  changesSince,
  changesUntil,
  isBefore,
  missingRemainder,
  partitionChange,
} from '../support/partitionBounds';
import type { Partition, PartitionRows, RangeEnd } from '../support/partitionBounds';
import { rangeOfTree } from '../support/trees';

export const partitionGap = defineRule({
  id: 'schema/partition-gap',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Rows without a partition',
  docs: {
    problem:
      'The file makes a partitioned table whose partitions leave rows out: a range or a remainder is missing, or the last range is over.',
    why: 'PostgreSQL refuses such rows (23514, no partition of relation found for row). A DEFAULT partition takes what no other does; of a hash every remainder is needed.',
    whenToIgnore: 'The missing partitions are made elsewhere before rows come, by a job or by pg_partman.',
  },
  messages: {
    gap: 'No partition takes rows from {from} up to {to}, and there is none by DEFAULT: they are refused.',
    remainder: 'No partition takes remainder {remainder} of modulus {modulus}: rows that hash to it are refused.',
    over: 'The last partition ends here, and there is none by DEFAULT: rows of today are refused.',
    overButMade: 'The last partition ends here: rows of today are refused until something makes theirs.',
  },
  examples: [
    {
      title: 'February is missing',
      bad: "CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE c1 PARTITION OF counts FOR VALUES FROM ('2099-01-01') TO ('2099-02-01'); CREATE TABLE c3 PARTITION OF counts FOR VALUES FROM ('2099-03-01') TO ('2099-04-01');",
      flags: "'2099-02-01'",
    },
    {
      title: 'one remainder too few',
      bad: 'CREATE TABLE events (id bigint) PARTITION BY HASH (id); CREATE TABLE e0 PARTITION OF events FOR VALUES WITH (modulus 3, remainder 0); CREATE TABLE e1 PARTITION OF events FOR VALUES WITH (modulus 3, remainder 1);',
      flags: 'FOR VALUES WITH (modulus 3, remainder 1)',
    },
    {
      title: 'months that are over',
      bad: "CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE c1 PARTITION OF counts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE TABLE c2 PARTITION OF counts FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');",
      flags: "'2024-03-01'",
    },
    {
      title: 'a DEFAULT partition',
      good: "CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE c1 PARTITION OF counts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE TABLE rest PARTITION OF counts DEFAULT;",
    },
    {
      title: 'open at the end',
      good: "CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE c1 PARTITION OF counts FOR VALUES FROM (MINVALUE) TO ('2024-01-01'); CREATE TABLE c2 PARTITION OF counts FOR VALUES FROM ('2024-01-01') TO (MAXVALUE);",
    },
    {
      title: 'ranges in any order',
      good: 'CREATE TABLE orders (id int) PARTITION BY RANGE (id); CREATE TABLE o2 PARTITION OF orders FOR VALUES FROM (1000) TO (2000); CREATE TABLE o1 PARTITION OF orders FOR VALUES FROM (0) TO (1000);',
    },
    {
      title: 'a migration that adds one',
      good: "CREATE TABLE counts_2024_02 PARTITION OF counts FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')",
    },
    {
      title: 'all remainders',
      good: 'CREATE TABLE events (id bigint) PARTITION BY HASH (id); CREATE TABLE e0 PARTITION OF events FOR VALUES WITH (modulus 2, remainder 0); CREATE TABLE e1 PARTITION OF events FOR VALUES WITH (modulus 2, remainder 1);',
    },
    {
      title: 'remainders made by a loop',
      good: "CREATE TABLE events (id bigint) PARTITION BY HASH (id); CREATE TABLE e0 PARTITION OF events FOR VALUES WITH (modulus 8, remainder 0); DO $$ BEGIN FOR i IN 1..7 LOOP EXECUTE format('CREATE TABLE e%s PARTITION OF events FOR VALUES WITH (modulus 8, remainder %s)', i, i); END LOOP; END $$;",
    },
    {
      title: 'partitions known from elsewhere',
      schema:
        "CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE c1 PARTITION OF counts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE TABLE c2 PARTITION OF counts DEFAULT;",
      good: "CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE c1 PARTITION OF counts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');",
    },
  ],
  check({ statement, catalog, file, body, report }) {
    const added = partitionChange(statement)?.adds;
    if (body || !added || !file.isCreatedBefore(added.parent.name, added.parent.schema)) return;
    const all = partitionsOf(added, file);
    if (!all || all.some(({ rows }) => rows.is === 'default' || rows.is === 'unknown')) return;
    if (hasOthers(added.parent, all.length, catalog)) return;
    const isMade = [...file.earlier(TOPICS.makesPartitions), ...file.later(TOPICS.makesPartitions)].length > 0;
    const isLast = changesUntil(file.later(partitionTopic(added.parent.name)), added.parent).length === 0;
    if (added.rows.is === 'hash') {
      const missing =
        isLast && !isMade && missingRemainder(all.flatMap(({ rows }) => (rows.is === 'hash' ? rows : [])));
      if (missing) report({ at: boundRange(statement), message: 'remainder', values: missing });
      return;
    }
    if (added.rows.is !== 'range' || added.rows.to === 'open') return;
    const { to } = added.rows;
    const at = rangeOfTree(statement, { A_Const: to.fields });
    const ranges = all.flatMap(({ rows }) => (rows.is === 'range' ? rows : []));
    if (!at || ranges.some(range => range !== added.rows && follows(range, to))) return;
    const next = ranges.flatMap(({ from }) => (from !== 'open' && isBefore(to, from) ? from : [])).sort(byValue)[0];
    if (next && !isMade) {
      report({ at, message: 'gap', values: { from: written(to), to: written(next) } });
    } else if (!next && isOver(to)) {
      report({ at, message: isMade ? 'overButMade' : 'over', severity: isMade ? 'hint' : 'info' });
    }
  },
});

/** More than are listed of one name would not all be seen. */
const SEEN = 20;

/** All partitions the file makes of a table; undefined if some may be missing. */
function partitionsOf(added: Partition, file: FileContext): readonly Partition[] | undefined {
  const topic = partitionTopic(added.parent.name);
  const [before, after] = [file.earlier(topic), file.later(topic)];
  if (before.length >= SEEN || after.length >= SEEN) return undefined;
  const changes = [...changesSince(before, added.parent), ...changesUntil(after, added.parent)];
  const others = changes.map(({ adds }) => adds);
  return others.every(other => other !== undefined) ? [added, ...others] : undefined;
}

/** True if the catalog has partitions of the table that the file does not make. */
function hasOthers(parent: TableName, made: number, catalog: Catalog | undefined): boolean {
  const known = catalog?.relations.filter(
    ({ isPartition, parents }) => isPartition && parents?.some(each => each.name === parent.name),
  );
  return known !== undefined && known.length > made;
}

/** True if the range has rows that come right after an end, or reaches beyond it. */
function follows(range: Extract<PartitionRows, { is: 'range' }>, end: RangeEnd): boolean {
  const begins = range.from === 'open' || (range.from.kind === end.kind && range.from.value <= end.value);
  return begins && isBefore(end, range.to);
}

function byValue(a: RangeEnd, b: RangeEnd): number {
  return a.value < b.value ? -1 : 1;
}

/** True if the time is past. */
function isOver({ kind, value }: RangeEnd): boolean {
  return kind === 'time' && String(value) < new Date().toISOString().slice(0, 10);
}

function written({ value }: RangeEnd): string {
  return String(value).replace(' 00:00:00', '');
}

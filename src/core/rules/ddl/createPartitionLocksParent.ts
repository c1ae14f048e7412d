import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { tableInUse } from '../support/existingTable';
import { asTable, list } from '../support/expressions';

export const createPartitionLocksParent = defineRule({
  id: 'ddl/create-partition-locks-parent',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['CreateStmt'],
  needs: ['file'],
  title: 'CREATE TABLE ... PARTITION OF a table in use',
  docs: {
    problem: 'Reads and writes of the whole partitioned table wait while the statement waits for its lock.',
    why: '`PARTITION OF` takes an ACCESS EXCLUSIVE lock on the parent. `CREATE TABLE ... (LIKE parent INCLUDING ALL)` and `ATTACH PARTITION` take a SHARE UPDATE EXCLUSIVE lock on it, which lets both go on.',
    whenToIgnore: 'No long queries run on the table, or a short `lock_timeout` with retries makes the wait harmless.',
  },
  messages: {
    locks:
      'This locks all of {parent} against reads and writes; CREATE TABLE (LIKE {parent} INCLUDING ALL) and ATTACH PARTITION do not.',
  },
  examples: [
    {
      title: 'next month',
      bad: "CREATE TABLE counts_2026_12 PARTITION OF counts FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')",
      flags: 'PARTITION OF counts',
    },
    {
      title: 'in two steps',
      good: "CREATE TABLE counts_2026_12 (LIKE counts INCLUDING ALL); ALTER TABLE counts ATTACH PARTITION counts_2026_12 FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');",
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE counts_rest PARTITION OF counts DEFAULT;',
    },
    {
      title: 'with a limit on the wait',
      good: "SET lock_timeout = '2s'; CREATE TABLE counts_rest PARTITION OF counts DEFAULT;",
    },
    { title: 'a table of its own', good: 'CREATE TABLE counts (at date)' },
    { title: 'inheritance', good: 'CREATE TABLE counts_2026 () INHERITS (counts)' },
  ],
  check(context) {
    const { statement, file, report } = context;
    const create = unwrap(statement.tree)?.fields;
    const parent = create?.partbound ? unwrap(list(create.inhRelations)[0])?.fields : undefined;
    if (!parent || file.settingBefore('lock_timeout') || !tableInUse(asTable(parent), context)) return;
    const words = /\bpartition\s+of\s+(?:"[^"]+"|[\w.])+/i.exec(statement.text);
    if (!words) return;
    const at = { start: words.index, end: words.index + words[0].length };
    report({ at, message: 'locks', values: { parent: asTable(parent).name } });
  },
});

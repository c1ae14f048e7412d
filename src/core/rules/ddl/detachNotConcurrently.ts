import { defineRule } from '../defineRule';
import { readAlterTable } from '../support/alterTable';
import { existingTable, insertion } from '../support/existingTable';

export const detachNotConcurrently = defineRule({
  id: 'ddl/detach-not-concurrently',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'DETACH PARTITION that blocks the whole partitioned table',
  docs: {
    problem: 'Reads and writes of all partitions wait while the statement waits for its lock.',
    why: '`DETACH PARTITION` takes an ACCESS EXCLUSIVE lock on the parent. Since PostgreSQL 14 `CONCURRENTLY` needs a weak lock only; it cannot run in a transaction, nor when there is a default partition.',
    whenToIgnore: 'A short `lock_timeout` with retries makes the wait harmless.',
  },
  messages: {
    blocks:
      'Reads and writes of {table} wait while this waits for its lock; DETACH PARTITION ... CONCURRENTLY lets them go on.',
  },
  examples: [
    {
      title: 'an old partition',
      bad: 'ALTER TABLE counting_results DETACH PARTITION counting_results_2023_01',
      flags: 'DETACH PARTITION counting_results_2023_01',
      fixed: 'ALTER TABLE counting_results DETACH PARTITION counting_results_2023_01 CONCURRENTLY',
    },
    {
      title: 'without blocking',
      good: 'ALTER TABLE counting_results DETACH PARTITION counting_results_2023_01 CONCURRENTLY',
    },
    { title: 'finishing one', good: 'ALTER TABLE counting_results DETACH PARTITION counting_results_2023_01 FINALIZE' },
    {
      title: 'with a limit on the wait',
      good: "SET lock_timeout = '2s'; ALTER TABLE counting_results DETACH PARTITION counting_results_2023_01;",
    },
    {
      title: 'of a table created in the same file',
      good: 'CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); ALTER TABLE p DETACH PARTITION p1;',
    },
  ],
  check(context) {
    const { statement, file, serverVersion, report } = context;
    const alter = readAlterTable(statement);
    const command = alter?.commands.find(({ subtype }) => subtype === 'AT_DetachPartition');
    if (!alter || !command || command.def?.fields.concurrent === true) return;
    if (serverVersion !== undefined && serverVersion < 140000) return;
    const existing = existingTable(alter.table, context);
    if (!existing || file.settingBefore('lock_timeout')) return;
    report({
      at: command.range,
      message: 'blocks',
      values: { table: existing.name },
      ...existing.size,
      fixes: file.inTransaction
        ? []
        : [
            {
              title: 'Detach it CONCURRENTLY',
              // Refused beside a default partition and by tools that wrap each file in a transaction.
              safe: false,
              edits: [insertion(command.range.end, ' CONCURRENTLY')],
            },
          ],
    });
  },
});

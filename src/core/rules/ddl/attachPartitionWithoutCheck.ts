import { findRelation } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from '../support/alterTable';
import { existingTable } from '../support/existingTable';
import { asTable } from '../support/expressions';

export const attachPartitionWithoutCheck = defineRule({
  id: 'ddl/attach-partition-without-check',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['catalog', 'file'],
  title: 'ATTACH PARTITION that reads the whole new partition',
  docs: {
    problem:
      'Every row of the new partition is read to see whether it fits, while the partition is locked against all others.',
    why: 'A valid CHECK constraint that implies the bounds (with NOT NULL on the key) makes the scan unnecessary. Add it NOT VALID, validate it, attach, and drop it.',
    whenToIgnore: 'The table is small, or nobody uses it before it is attached.',
  },
  messages: {
    scans:
      'Attaching reads all of {table} under an ACCESS EXCLUSIVE lock; a validated CHECK over the partition bounds makes that unnecessary.',
  },
  examples: [
    {
      title: 'a filled table without a CHECK',
      schema:
        '-- counts_2024: 3000000 rows\nCREATE TABLE counts (at date) PARTITION BY RANGE (at); CREATE TABLE counts_2024 (at date);',
      bad: "ALTER TABLE counts ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      flags: "ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    },
    {
      title: 'with a CHECK',
      schema:
        "CREATE TABLE counts_2024 (at date NOT NULL, CONSTRAINT in_2024 CHECK (at >= '2024-01-01' AND at < '2025-01-01'));",
      good: "ALTER TABLE counts ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    },
    {
      title: 'with a CHECK added in the same file',
      schema: 'CREATE TABLE counts_2024 (at date NOT NULL);',
      good: "ALTER TABLE counts_2024 ADD CONSTRAINT in_2024 CHECK (at >= '2024-01-01' AND at < '2025-01-01'); ALTER TABLE counts ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    },
    {
      title: 'a new table',
      good: "CREATE TABLE counts_2024 (LIKE counts INCLUDING ALL); ALTER TABLE counts ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    },
    {
      title: 'a table nothing is known of',
      good: "ALTER TABLE counts ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    },
    {
      title: 'a small table',
      schema: '-- counts_2024: 12 rows\nCREATE TABLE counts_2024 (at date);',
      good: "ALTER TABLE counts ATTACH PARTITION counts_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    },
  ],
  check(context) {
    const { statement, catalog, file, report } = context;
    const command = readAlterTable(statement)?.commands.find(({ subtype }) => subtype === 'AT_AttachPartition');
    const attached = command?.def?.fields.name as NodeFields | undefined;
    if (!command || !attached) return;
    const table = asTable(attached);
    const existing = existingTable(table, context);
    const relation = findRelation(catalog, table.name, table.schema);
    if (!existing || relation?.kind !== 'table') return;
    if (relation.constraints.some(({ kind, validated }) => kind === 'check' && validated)) return;
    if (file.earlier(table.name).some(addsCheck)) return;
    report({ at: command.range, message: 'scans', values: { table: table.name }, ...existing.size });
  },
});

function addsCheck(statement: Parameters<typeof readAlterTable>[0]): boolean {
  return (readAlterTable(statement)?.commands ?? []).some(
    ({ subtype, def }) =>
      subtype === 'AT_ValidateConstraint' || (subtype === 'AT_AddConstraint' && def?.fields.contype === 'CONSTR_CHECK'),
  );
}

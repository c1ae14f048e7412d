import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from '../support/alterTable';
import type { TableCommand } from '../support/alterTable';
import { existingTable } from '../support/existingTable';
import { notValidFixes } from '../support/notValid';
import { asTable } from '../support/expressions';
import { isActionSaidBefore } from '../support/saidBefore';

export const foreignKeyValidatedAtOnce = defineRule({
  id: 'ddl/foreign-key-validated-at-once',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'Foreign key that checks all rows under a lock',
  docs: {
    problem: 'Writes to both tables wait until every existing row has been compared with the referenced table.',
    why: 'Adding a foreign key holds a SHARE ROW EXCLUSIVE lock on both tables while it checks. With `NOT VALID` the lock is short and new rows are checked at once; `VALIDATE CONSTRAINT`, in a later transaction, checks the old ones while writes go on.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    scans:
      'Writes to {table} and {referenced} wait while all rows are checked; add it NOT VALID, then VALIDATE CONSTRAINT in a step of its own.',
  },
  examples: [
    {
      title: 'many of them, told five times',
      bad: 'ALTER TABLE t_a ADD CONSTRAINT fk_a FOREIGN KEY (x) REFERENCES o (id); ALTER TABLE t_b ADD CONSTRAINT fk_b FOREIGN KEY (x) REFERENCES o (id); ALTER TABLE t_c ADD CONSTRAINT fk_c FOREIGN KEY (x) REFERENCES o (id); ALTER TABLE t_d ADD CONSTRAINT fk_d FOREIGN KEY (x) REFERENCES o (id); ALTER TABLE t_e ADD CONSTRAINT fk_e FOREIGN KEY (x) REFERENCES o (id); ALTER TABLE t_f ADD CONSTRAINT fk_f FOREIGN KEY (x) REFERENCES o (id); ALTER TABLE t_g ADD CONSTRAINT fk_g FOREIGN KEY (x) REFERENCES o (id);',
      flags: [
        'ADD CONSTRAINT fk_a FOREIGN KEY (x) REFERENCES o (id)',
        'ADD CONSTRAINT fk_b FOREIGN KEY (x) REFERENCES o (id)',
        'ADD CONSTRAINT fk_c FOREIGN KEY (x) REFERENCES o (id)',
        'ADD CONSTRAINT fk_d FOREIGN KEY (x) REFERENCES o (id)',
        'ADD CONSTRAINT fk_e FOREIGN KEY (x) REFERENCES o (id)',
      ],
    },
    {
      title: 'a foreign key on a live table',
      bad: 'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id)',
      flags: 'ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id)',
      fixed:
        'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk',
    },
    {
      title: 'without a name',
      bad: 'ALTER TABLE farm.visits ADD FOREIGN KEY (vet_id) REFERENCES farm.vets ON DELETE CASCADE',
      flags: 'ADD FOREIGN KEY (vet_id) REFERENCES farm.vets ON DELETE CASCADE',
    },
    {
      title: 'in two steps',
      good: 'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (id int, customer_id int); ALTER TABLE ONLY orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id);',
    },
    {
      title: 'a new column, which is NULL everywhere',
      good: 'ALTER TABLE orders ADD COLUMN customer_id bigint REFERENCES customers (id)',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int, site_id int);',
      good: 'ALTER TABLE zones ADD FOREIGN KEY (site_id) REFERENCES sites (id)',
    },
    {
      title: 'a declaration in CREATE TABLE',
      good: 'CREATE TABLE orders (customer_id bigint REFERENCES customers (id))',
    },
  ],
  check(context) {
    const { statement, file, serverVersion, report } = context;
    const alter = readAlterTable(statement);
    const existing = alter && existingTable(alter.table, context);
    if (!existing || isActionSaidBefore(file, checksRows)) return;
    // Refused on partitioned tables before PostgreSQL 18.
    const isPartitioned = existing.relation?.kind === 'partitioned table';
    if (isPartitioned && (serverVersion === undefined || serverVersion < 180000)) return;
    for (const command of alter.commands) {
      if (!checksRows(command)) continue;
      report({
        at: command.range,
        message: 'scans',
        values: { table: existing.name, referenced: asTable(command.def?.fields.pktable as NodeFields).name },
        ...existing.size,
        fixes: notValidFixes(statement, alter, command, file),
      });
    }
  },
});

function checksRows({ subtype, def }: TableCommand): boolean {
  return (
    subtype === 'AT_AddConstraint' && def?.fields.contype === 'CONSTR_FOREIGN' && def.fields.skip_validation !== true
  );
}

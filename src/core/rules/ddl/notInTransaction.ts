import { findRelation } from '../../catalog/catalog';
import type { Catalog } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { leadingWords } from '../support/existingTable';
import { asTable, list } from '../support/expressions';
import { isOn } from '../support/tableLocks';

export const notInTransaction = defineRule({
  id: 'ddl/not-in-transaction',
  since: '0.2.0',
  severity: 'error',
  kinds: [
    'IndexStmt',
    'DropStmt',
    'ReindexStmt',
    'AlterTableStmt',
    'VacuumStmt',
    'CreatedbStmt',
    'DropdbStmt',
    'CreateTableSpaceStmt',
    'DropTableSpaceStmt',
    'ClusterStmt',
    'AlterEnumStmt',
  ],
  needs: ['file'],
  title: 'Statement that cannot run in a transaction',
  docs: {
    problem: 'PostgreSQL refuses the statement between BEGIN and COMMIT, and in functions, procedures and DO blocks.',
    why: 'VACUUM, everything CONCURRENTLY, CREATE DATABASE and a few more commit in the middle of their work or cannot be undone, so they must be statements of their own.',
    whenToIgnore: 'Never: it fails. Move it to a step without a transaction.',
  },
  messages: {
    refused: '{what} fails inside a transaction; run it before BEGIN, after COMMIT or in a file of its own.',
    refusedInBody:
      '{what} fails in a function, procedure or DO block, even through EXECUTE; run it as a statement of its own.',
  },
  examples: [
    {
      title: 'an index in a migration transaction',
      bad: 'BEGIN;\nCREATE INDEX CONCURRENTLY idx_orders_customer ON orders (customer_id);\nCOMMIT;',
      flags: 'CREATE INDEX CONCURRENTLY',
    },
    { title: 'dropping one', bad: 'BEGIN; DROP INDEX CONCURRENTLY idx_a; COMMIT;', flags: 'DROP INDEX CONCURRENTLY' },
    { title: 'VACUUM', bad: 'START TRANSACTION; VACUUM ANALYZE orders; COMMIT;', flags: 'VACUUM' },
    {
      title: 'detaching a partition',
      bad: 'BEGIN; ALTER TABLE counts DETACH PARTITION counts_2023 CONCURRENTLY; COMMIT;',
      flags: 'ALTER TABLE counts DETACH PARTITION counts_2023 CONCURRENTLY',
    },
    {
      title: 'all indexes of a partitioned table',
      schema: 'CREATE TABLE counts (at date) PARTITION BY RANGE (at);',
      bad: 'BEGIN; REINDEX TABLE counts; COMMIT;',
      flags: 'REINDEX TABLE',
    },
    {
      title: 'after COMMIT',
      good: 'BEGIN; ALTER TABLE orders ADD COLUMN region text; COMMIT; CREATE INDEX CONCURRENTLY ON orders (region);',
    },
    { title: 'without a transaction', good: 'VACUUM (ANALYZE) orders; REINDEX INDEX CONCURRENTLY idx_a;' },
    { title: 'ANALYZE may', good: 'BEGIN; ANALYZE orders; COMMIT;' },
    {
      title: 'so may REFRESH ... CONCURRENTLY',
      good: 'BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts; COMMIT;',
    },
    { title: 'REINDEX of one table may', good: 'BEGIN; REINDEX TABLE orders; COMMIT;' },
    { title: 'a new value of an enum may since PostgreSQL 12', good: "BEGIN; ALTER TYPE mood ADD VALUE 'ok'; COMMIT;" },
  ],
  check({ statement, catalog, file, body, serverVersion, report }) {
    const fields = unwrap(statement.tree)?.fields;
    if (!fields || !(file.inTransaction || body)) return;
    const what = refusedWords(String(statement.kind), fields, serverVersion, catalog);
    if (what === undefined) return;
    const at = leadingWords(statement.text, WORDS[String(statement.kind)] ?? /^[\s\S]*/);
    if (body) report({ at, message: 'refusedInBody', values: { what } });
    else report({ at, message: 'refused', values: { what } });
  },
});

/** What is refused, in the words of the statement (PreventInTransactionBlock in PostgreSQL's source). */
function refusedWords(
  kind: string,
  fields: NodeFields,
  serverVersion: number | undefined,
  catalog: Catalog | undefined,
): string | undefined {
  switch (kind) {
    case 'IndexStmt':
      return fields.concurrent === true ? 'CREATE INDEX CONCURRENTLY' : undefined;
    case 'DropStmt':
      return fields.concurrent === true ? 'DROP INDEX CONCURRENTLY' : undefined;
    case 'ReindexStmt': {
      if (list(fields.params).some(option => isOn(option, 'concurrently'))) return 'REINDEX CONCURRENTLY';
      const relation = fields.relation as NodeFields | undefined;
      const table = relation && catalog && findRelation(catalog, asTable(relation).name, asTable(relation).schema);
      if (fields.kind === 'REINDEX_OBJECT_TABLE' && table?.kind === 'partitioned table') {
        return 'REINDEX of a partitioned table';
      }
      const many = /_(SCHEMA|SYSTEM|DATABASE)$/.exec(String(fields.kind))?.[1];
      return many && `REINDEX ${many}`;
    }
    case 'AlterTableStmt': {
      const isConcurrent = list(fields.cmds).some(command => {
        const { subtype, def } = unwrap(command)?.fields ?? {};
        return subtype === 'AT_DetachPartition' && unwrap(def)?.fields.concurrent === true;
      });
      return isConcurrent ? 'DETACH PARTITION ... CONCURRENTLY' : undefined;
    }
    case 'VacuumStmt':
      return fields.is_vacuumcmd === true ? 'VACUUM' : undefined;
    case 'ClusterStmt':
      return fields.relation === undefined ? 'CLUSTER of all tables' : undefined;
    case 'AlterEnumStmt':
      return serverVersion !== undefined && serverVersion < 120000 && fields.oldVal === undefined
        ? 'ALTER TYPE ... ADD VALUE'
        : undefined;
    default:
      return ALWAYS[kind];
  }
}

const ALWAYS: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
};

/** The smallest text that shows it. */
const WORDS: Readonly<Record<string, RegExp>> = {
  IndexStmt: /^create\s+(?:unique\s+)?index\s+concurrently\b/i,
  DropStmt: /^drop\s+index\s+concurrently\b/i,
  ReindexStmt: /^reindex\s*(?:\([^)]*\)\s*)?\w+(?:\s+concurrently\b)?/i,
  VacuumStmt: /^vacuum\b/i,
  ClusterStmt: /^cluster\b/i,
  CreatedbStmt: /^create\s+database\b/i,
  DropdbStmt: /^drop\s+database\b/i,
};

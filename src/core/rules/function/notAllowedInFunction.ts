import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { list } from '../support/expressions';

export const notAllowedInFunction = defineRule({
  id: 'function/not-allowed-in-function',
  since: '0.2.0',
  severity: 'error',
  title: 'A command that cannot run inside a function',
  docs: {
    problem: 'The body runs a command that needs a transaction of its own.',
    why: 'A function, procedure or DO block always runs inside a transaction, so VACUUM, CREATE INDEX CONCURRENTLY and their like fail when it is called (25001), also through EXECUTE. COMMIT works in procedures and DO blocks only (2D000).',
    whenToIgnore: 'Never: let the client run them, in psql with \\gexec.',
  },
  messages: {
    transaction: '{command} cannot be executed from a function, procedure or DO block: this fails when it runs.',
    commit: '{command} is allowed in procedures and DO blocks, not in a function: this fails when it runs.',
  },
  examples: [
    {
      title: 'VACUUM',
      bad: 'CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN VACUUM ANALYZE orders; END $$',
      flags: 'VACUUM ANALYZE orders',
    },
    {
      title: 'by EXECUTE',
      bad: "CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'REINDEX INDEX CONCURRENTLY orders_pkey'; END $$",
      flags: 'REINDEX INDEX CONCURRENTLY orders_pkey',
    },
    {
      title: 'by EXECUTE format',
      bad: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT relname FROM pg_class LOOP EXECUTE format('VACUUM %I', r.relname); END LOOP; END $$",
      flags: 'VACUUM %I',
    },
    {
      title: 'COMMIT in a function',
      bad: 'CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM old; COMMIT; END $$',
      flags: 'COMMIT',
    },
    {
      title: 'ANALYZE',
      good: 'CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ANALYZE orders; END $$',
    },
    { title: 'an ordinary index', good: 'DO $$ BEGIN CREATE INDEX ON orders (customer_id); END $$' },
    {
      title: 'COMMIT in a procedure',
      good: 'CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM old; COMMIT; END $$',
    },
    { title: 'outside of a function', good: 'VACUUM orders; CREATE INDEX CONCURRENTLY ON orders (customer_id)' },
    {
      title: 'a concurrent refresh is allowed',
      good: 'DO $$ BEGIN REFRESH MATERIALIZED VIEW CONCURRENTLY totals; END $$',
    },
  ],
  check({ statement, body, report }) {
    if (!body) return;
    const { kind, text } = statement;
    const at = { start: 0, end: text.trimEnd().length };
    const fields = unwrap(statement.tree)?.fields;
    if (kind === 'TransactionStmt' && body.routine === 'function') {
      const command = text.trim().split(/\s/)[0]!.toUpperCase();
      if (command === 'COMMIT' || command === 'ROLLBACK') report({ at, message: 'commit', values: { command } });
      return;
    }
    const command =
      (kind && fields && forbidden(kind, fields)) ?? (body.use === 'dynamic' ? forbiddenText(text) : undefined);
    if (command !== undefined) report({ at, message: 'transaction', values: { command } });
  },
});

function forbidden(kind: string, fields: NodeFields): string | undefined {
  switch (kind) {
    case 'VacuumStmt':
      return fields.is_vacuumcmd === true ? 'VACUUM' : undefined;
    case 'IndexStmt':
      return fields.concurrent === true ? 'CREATE INDEX CONCURRENTLY' : undefined;
    case 'DropStmt':
      return fields.concurrent === true ? 'DROP INDEX CONCURRENTLY' : undefined;
    case 'ReindexStmt': {
      const options = list(fields.params).map(option => unwrap(option)?.fields);
      return options.some(option => option?.defname === 'concurrently' && option.arg === undefined)
        ? 'REINDEX CONCURRENTLY'
        : undefined;
    }
    case 'CreatedbStmt':
      return 'CREATE DATABASE';
    case 'DropdbStmt':
      return 'DROP DATABASE';
    case 'AlterSystemStmt':
      return 'ALTER SYSTEM';
    case 'CreateTableSpaceStmt':
      return 'CREATE TABLESPACE';
    default:
      return undefined;
  }
}

/** A string that is put together at run time begins with the command all the same. */
function forbiddenText(text: string): string | undefined {
  const start = text.trimStart();
  if (/^vacuum\b/i.test(start)) return 'VACUUM';
  const concurrent =
    /^(create\s+(?:unique\s+)?index|drop\s+index|reindex\s+(?:index|table|schema|database))\s+concurrently\b/i.exec(
      start,
    );
  if (concurrent) return `${concurrent[1]!.toUpperCase().replace(/\s+/g, ' ')} CONCURRENTLY`;
  return /^(?:create|drop)\s+database\b/i.test(start) ? 'CREATE or DROP DATABASE' : undefined;
}

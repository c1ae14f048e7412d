import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';

export const concurrentlyIfNotExists = defineRule({
  id: 'ddl/concurrently-if-not-exists',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS',
  docs: {
    problem:
      'If an earlier attempt failed, its invalid index is still there: the statement then reports success and builds nothing.',
    why: 'An interrupted or failed concurrent build (a duplicate, a lock timeout, a cancel) leaves an index that is written to but never read. IF NOT EXISTS looks at the name only. `DROP INDEX CONCURRENTLY IF EXISTS` first makes a second try clean.',
    whenToIgnore: 'Something else looks for invalid indexes (`NOT pg_index.indisvalid`).',
  },
  messages: {
    mayBeInvalid:
      'If an earlier try has left {index} invalid, this builds nothing and reports success; drop it first, IF EXISTS.',
    isInvalid: '{index} exists and is invalid: this builds nothing and reports success. Drop it first.',
  },
  examples: [
    {
      title: 'a repeatable migration',
      bad: 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email)',
      flags: 'IF NOT EXISTS',
    },
    {
      title: 'dropped first',
      good: 'DROP INDEX CONCURRENTLY IF EXISTS users_email; CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email);',
    },
    { title: 'without IF NOT EXISTS', good: 'CREATE INDEX CONCURRENTLY users_email ON users (email)' },
    {
      title: 'without CONCURRENTLY, which leaves nothing behind',
      good: 'CREATE INDEX IF NOT EXISTS users_email ON users (email)',
    },
    {
      title: 'a valid index',
      schema: 'CREATE TABLE users (email text); CREATE INDEX users_email ON users (email);',
      good: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email)',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE users (email text); CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email);',
    },
  ],
  check({ statement, catalog, file, report }) {
    const index = unwrap(statement.tree)?.fields;
    if (index?.concurrent !== true || index.if_not_exists !== true || typeof index.idxname !== 'string') return;
    const name = index.idxname;
    const relation = index.relation as { readonly relname?: string; readonly schemaname?: string } | undefined;
    if (file.isCreatedBefore(relation?.relname ?? '', relation?.schemaname)) return;
    if (file.earlier(name).some(({ kind }) => kind === 'DropStmt')) return;
    const words = /\bif\s+not\s+exists\b/i.exec(statement.text);
    if (!words) return;
    const at = { start: words.index, end: words.index + words[0].length };
    const known = catalog?.relations.flatMap(({ indexes }) => indexes).find(other => other.name === name);
    if (known?.valid === true) return;
    if (known) report({ at, message: 'isInvalid', values: { index: name }, severity: 'warning' });
    else report({ at, message: 'mayBeInvalid', values: { index: name } });
  },
});

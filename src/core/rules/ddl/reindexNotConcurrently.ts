import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, list } from '../support/expressions';
import { existingTable, insertion, leadingWords } from '../support/existingTable';
import { isOn } from '../support/tableLocks';
import type { NodeFields } from '../nodeIndex';

export const reindexNotConcurrently = defineRule({
  id: 'ddl/reindex-not-concurrently',
  since: '0.2.0',
  severity: 'info',
  kinds: ['ReindexStmt'],
  needs: ['file'],
  title: 'REINDEX that blocks writes',
  guideline: { guide: '002', section: '9.2 Weekly Maintenance' },
  docs: {
    problem:
      '`REINDEX` stops writes to the table until it is done, and queries that would use (or only plan with) the index wait as well.',
    why: 'It holds a SHARE lock on the table and an ACCESS EXCLUSIVE lock on each index. `CONCURRENTLY` (since PostgreSQL 12) builds a new index beside the old one and swaps them.',
    whenToIgnore: 'Nobody uses the table during maintenance, or the index is corrupt and must go at once.',
  },
  messages: {
    blocks: 'Writes and most reads of {what} wait until this is done; REINDEX {kind} CONCURRENTLY lets them go on.',
  },
  examples: [
    {
      title: 'a table',
      bad: 'REINDEX TABLE counting_results',
      flags: 'REINDEX TABLE',
      fixed: 'REINDEX TABLE CONCURRENTLY counting_results',
    },
    {
      title: 'an index',
      bad: 'reindex index farm.idx_milk_cow;',
      flags: 'reindex index',
      fixed: 'reindex index CONCURRENTLY farm.idx_milk_cow;',
    },
    {
      title: 'with options',
      bad: 'REINDEX (VERBOSE) TABLE orders',
      flags: 'REINDEX (VERBOSE) TABLE',
      fixed: 'REINDEX (VERBOSE) TABLE CONCURRENTLY orders',
    },
    { title: 'without blocking', good: 'REINDEX INDEX CONCURRENTLY farm.idx_milk_cow' },
    { title: 'without blocking, as an option', good: 'REINDEX (CONCURRENTLY, VERBOSE) TABLE orders' },
    { title: 'the system catalogs, where it cannot be concurrent', good: 'REINDEX SYSTEM farm' },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int);',
      good: 'REINDEX TABLE zones',
    },
    { title: 'a table created in the same file', good: 'CREATE TABLE load (id int); REINDEX TABLE load;' },
    { title: 'a system catalog', good: 'REINDEX TABLE pg_catalog.pg_class' },
  ],
  check(context) {
    const { statement, catalog, file, serverVersion, report } = context;
    const reindex = unwrap(statement.tree)?.fields;
    if (!reindex || context.body || (serverVersion !== undefined && serverVersion < 120000)) return;
    const kind = KINDS[String(reindex.kind)];
    if (kind === undefined || list(reindex.params).some(option => isOn(option, 'concurrently'))) return;
    const relation = reindex.relation as NodeFields | undefined;
    const named = relation && asTable(relation);
    if (named && (named.schema === 'pg_catalog' || named.name.startsWith('pg_'))) return;
    const table =
      named && kind === 'INDEX' && catalog
        ? catalog.relations.find(({ indexes }) => indexes.some(({ name }) => name === named.name))
        : named;
    const existing = table && existingTable(table, context);
    if (table && !existing) return;
    // Not TABLE when the catalog knows it is none; a partitioned one can be rebuilt concurrently since 14.
    if (named && kind === 'TABLE' && catalog && findRelation(catalog, named.name, named.schema)?.kind === 'view')
      return;
    const at = leadingWords(statement.text, /^reindex\s*(?:\([^)]*\)\s*)?\w+/i);
    report({
      at,
      message: 'blocks',
      values: { what: existing?.name ?? 'the table', kind },
      ...existing?.size,
      fixes: file.inTransaction
        ? []
        : [
            {
              title: 'Rebuild it CONCURRENTLY',
              // A tool that wraps each file in a transaction would refuse it.
              safe: false,
              edits: [insertion(at.end, ' CONCURRENTLY')],
            },
          ],
    });
  },
});

const KINDS: Readonly<Record<string, string>> = {
  REINDEX_OBJECT_INDEX: 'INDEX',
  REINDEX_OBJECT_TABLE: 'TABLE',
  REINDEX_OBJECT_SCHEMA: 'SCHEMA',
  REINDEX_OBJECT_DATABASE: 'DATABASE',
};

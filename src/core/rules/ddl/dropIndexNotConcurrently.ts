import type { Catalog, Relation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import { list, stringValue } from '../support/expressions';
import { existingTable, insertion, leadingWords } from '../support/existingTable';
import { isSaidBefore } from '../support/saidBefore';

export const dropIndexNotConcurrently = defineRule({
  id: 'ddl/drop-index-not-concurrently',
  since: '0.2.0',
  severity: 'info',
  kinds: ['DropStmt'],
  needs: ['file'],
  title: 'DROP INDEX that blocks reads and writes',
  docs: {
    problem:
      '`DROP INDEX` waits for every transaction that uses the table, and everybody who comes later waits behind it.',
    why: 'It needs an ACCESS EXCLUSIVE lock on the table. `CONCURRENTLY` waits without keeping others out; it cannot run in a transaction and takes one index at a time.',
    whenToIgnore: 'The table is not in use, or a short `lock_timeout` with retries makes the wait harmless.',
  },
  messages: {
    blocks:
      'While this waits for its lock, reads and writes of the table wait too; DROP INDEX CONCURRENTLY lets them go on.',
  },
  examples: [
    {
      title: 'an index of a live table',
      bad: 'DROP INDEX idx_orders_state',
      flags: 'DROP INDEX',
      fixed: 'DROP INDEX CONCURRENTLY idx_orders_state',
    },
    {
      title: 'one that may be gone',
      bad: 'drop index if exists farm.idx_milk_cow;',
      flags: 'drop index',
      fixed: 'drop index CONCURRENTLY if exists farm.idx_milk_cow;',
    },
    { title: 'several at once, which CONCURRENTLY cannot', bad: 'DROP INDEX idx_a, idx_b', flags: 'DROP INDEX' },
    { title: 'without blocking', good: 'DROP INDEX CONCURRENTLY IF EXISTS idx_orders_customer' },
    {
      title: 'in a transaction, with a limit on the wait',
      good: "BEGIN; SET LOCAL lock_timeout = '2s'; DROP INDEX idx_orders_customer; COMMIT;",
    },
    {
      title: 'an index of a table created in the same file',
      good: 'CREATE TABLE load (id int); CREATE INDEX load_id ON load (id); DROP INDEX load_id;',
    },
    {
      title: 'an index of a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int); CREATE INDEX zones_id ON zones (id);',
      good: 'DROP INDEX zones_id',
    },
    {
      title: 'an index of a partitioned table, where CONCURRENTLY is refused',
      schema: 'CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at); CREATE INDEX events_at ON events (at);',
      good: 'DROP INDEX events_at',
    },
    { title: 'a table', good: 'DROP TABLE orders_old' },
  ],
  check(context) {
    const { statement, catalog, file, report } = context;
    const drop = unwrap(statement.tree)?.fields;
    if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent === true) return;
    // With a limit on the wait nobody waits behind it for long.
    if (file.settingBefore('lock_timeout') || isSaidBefore(file, isPlainDrop)) return;
    const indexes = list(drop.objects).map(object => list(object).map(stringValue).at(-1) ?? '');
    const tables = indexes.map(index => tableOfIndex(index, catalog, file));
    const harmless = tables.every(
      table => table !== undefined && (table.kind === 'partitioned table' || !existingTable(table, context)),
    );
    if (harmless || context.body) return;
    const at = leadingWords(statement.text, /^drop\s+index\b/i);
    const canBeConcurrent = indexes.length === 1 && drop.behavior !== 'DROP_CASCADE' && !file.inTransaction;
    report({
      at,
      message: 'blocks',
      fixes: canBeConcurrent
        ? [
            {
              title: 'Drop it CONCURRENTLY',
              // A tool that wraps each file in a transaction would refuse it.
              safe: false,
              edits: [insertion(at.end, ' CONCURRENTLY')],
            },
          ]
        : [],
    });
  },
});

function isPlainDrop({ kind, tree }: ParsedStatement): boolean {
  const drop = kind === 'DropStmt' ? unwrap(tree)?.fields : undefined;
  return drop?.removeType === 'OBJECT_INDEX' && drop.concurrent !== true;
}

/** The table an index belongs to, as the file or the catalog says. */
function tableOfIndex(
  index: string,
  catalog: Catalog | undefined,
  file: FileContext,
): (Pick<Relation, 'name' | 'schema'> & { readonly kind?: Relation['kind'] }) | undefined {
  for (const { kind, tree } of file.earlier(index)) {
    const relation = kind === 'IndexStmt' ? (unwrap(tree)?.fields.relation as Record<string, unknown>) : undefined;
    if (relation && file.isCreatedBefore(String(relation.relname))) {
      return { name: String(relation.relname), schema: String(relation.schemaname ?? 'public') };
    }
  }
  return catalog?.relations.find(relation => relation.indexes.some(({ name }) => name === index));
}

import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { existingTable, leadingWords, tableInUse } from '../support/existingTable';
import { asTable, list } from '../support/expressions';
import { BLOCKS, isAtLeast, locksOf } from '../support/tableLocks';

export const workUnderExclusiveLock = defineRule({
  id: 'ddl/work-under-exclusive-lock',
  since: '0.2.0',
  severity: 'info',
  kinds: ['UpdateStmt', 'DeleteStmt', 'InsertStmt', 'IndexStmt', 'RefreshMatViewStmt', 'CreateTableAsStmt', 'CopyStmt'],
  needs: ['file'],
  title: 'Long work while a table is locked',
  guideline: { guide: '002', section: '10.1 Common Issues' },
  docs: {
    problem:
      'A change earlier in the transaction has locked a table; it stays locked while this statement works through its rows.',
    why: 'Locks last until COMMIT. The change itself may take a millisecond, but a backfill or an index build behind it makes readers and writers wait for all of it. Commit the change first, and fill in batches of their own transactions.',
    whenToIgnore: 'Few rows are touched, or nothing uses the table during the migration.',
  },
  messages: {
    held: '{table} stays locked against {what} until this is done: the transaction has changed it before. Commit first.',
  },
  examples: [
    {
      title: 'a backfill behind a new column',
      bad: "BEGIN;\nALTER TABLE orders ADD COLUMN region text;\nUPDATE orders SET region = 'eu';\nCOMMIT;",
      flags: 'UPDATE',
    },
    {
      title: 'an index behind it, and only once',
      bad: 'BEGIN; ALTER TABLE orders ADD COLUMN region text; CREATE INDEX ON visits (at); CREATE INDEX ON visits (vet_id); COMMIT;',
      flags: 'CREATE INDEX',
    },
    {
      title: 'copying rows',
      bad: 'BEGIN; ALTER TABLE orders DROP COLUMN region; INSERT INTO archive SELECT * FROM visits WHERE year < 2020; COMMIT;',
      flags: 'INSERT',
    },
    {
      title: 'committed first',
      good: "BEGIN; ALTER TABLE orders ADD COLUMN region text; COMMIT; UPDATE orders SET region = 'eu' WHERE id BETWEEN 1 AND 1000;",
    },
    {
      title: 'a table created in the same file',
      good: 'BEGIN; CREATE TABLE orders (id int); ALTER TABLE orders ADD region text; CREATE INDEX ON orders (region); COMMIT;',
    },
    {
      title: 'a few rows by value',
      good: "BEGIN; ALTER TABLE orders ADD COLUMN region text; INSERT INTO migrations (version) VALUES ('42'); UPDATE settings SET value = '2' WHERE key = 'schema'; COMMIT;",
    },
    {
      title: 'before the lock',
      good: 'BEGIN; UPDATE orders SET region = 1 WHERE region > 5; ALTER TABLE orders ADD a int; COMMIT;',
    },
    {
      title: 'a weak lock',
      good: 'BEGIN; ALTER TABLE orders SET (fillfactor = 80); UPDATE orders SET region = 1 WHERE region > 5; COMMIT;',
    },
    {
      title: 'an index of a new table behind it',
      good: 'BEGIN; ALTER TABLE orders ADD a int; CREATE TABLE notes (id int); CREATE INDEX ON notes (id); COMMIT;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    if (!file.inTransaction || !isLong(statement, context)) return;
    const earlier = file.earlierInTransaction();
    const locks = earlier.map(other =>
      locksOf(other).find(({ table, lock }) => isAtLeast(lock, 'SHARE ROW EXCLUSIVE') && existingTable(table, context)),
    );
    const first = locks.findIndex(lock => lock !== undefined);
    const held = locks[first];
    // Reported once for all that follows.
    if (!held || earlier.slice(first + 1).some(other => isLong(other, context))) return;
    const size = existingTable(held.table, context)?.size;
    const at = leadingWords(statement.text, /^(?:create\s+(?:unique\s+)?index|create\s+table|refresh|\w+)\b/i);
    report({ at, message: 'held', values: { table: held.table.name, what: BLOCKS[held.lock] }, ...size });
  },
});

/** True if the statement reads or writes many rows of a table that is not new, as far as its text tells. */
function isLong(
  { kind, tree }: Pick<ParsedStatement, 'kind' | 'tree'>,
  context: Parameters<typeof existingTable>[1],
): boolean {
  const fields = unwrap(tree)?.fields;
  const relation = fields?.relation as NodeFields | undefined;
  const isInUse = relation !== undefined && tableInUse(asTable(relation), context) !== undefined;
  switch (kind) {
    case 'UpdateStmt':
    case 'DeleteStmt':
      // A row found by its key takes no time.
      return isInUse && !isByKey(fields?.whereClause);
    case 'InsertStmt': {
      const query = unwrap(fields?.selectStmt)?.fields;
      return list(query?.valuesLists).length === 0 && list(query?.fromClause).length > 0;
    }
    case 'CopyStmt':
      return isInUse;
    case 'IndexStmt':
      return isInUse;
    case 'RefreshMatViewStmt':
      return fields?.skipData !== true;
    default:
      return false;
  }
}

/** `WHERE key = 'value'`, perhaps with more conditions, or a list of values. */
function isByKey(condition: unknown): boolean {
  const node = unwrap(condition);
  if (node?.type === 'BoolExpr') return node.fields.boolop === 'AND_EXPR' && list(node.fields.args).some(isByKey);
  if (node?.type !== 'A_Expr') return false;
  const operator = unwrap(list(node.fields.name)[0])?.fields.sval;
  return operator === '=' && (node.fields.kind === 'AEXPR_OP' || node.fields.kind === 'AEXPR_IN');
}

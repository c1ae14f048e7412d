import { findRelation } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import { createdIndex, indexNameRange } from '../support/indexElements';
import { sameSchema } from '../support/knownTable';
import { tableFactsOf } from '../support/tableFacts';
import type { TableFacts } from '../support/tableFacts';

export const indexNameTaken = defineRule({
  id: 'index/index-name-taken',
  since: '0.2.0',
  severity: 'error',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index name that is taken',
  docs: {
    problem:
      'An index of this name exists with another definition. Index names are unique in a schema, not in a table.',
    why: 'The statement fails; with `IF NOT EXISTS` it does nothing and the index you want is never built.',
    whenToIgnore: 'The other index is dropped in between by something outside this file.',
  },
  messages: {
    fails: 'Index {name} exists already, on {table} ({keys}): the statement fails.',
    hidden: 'Index {name} exists already, on {table} ({keys}): IF NOT EXISTS keeps that one and builds nothing.',
  },
  examples: [
    {
      title: 'one name for two indexes',
      bad: 'CREATE INDEX idx_cr_time ON counting_results (camera_id, created_at); CREATE INDEX idx_cr_time ON counting_results (zone_id, created_at);',
      flags: 'idx_cr_time',
    },
    {
      title: 'the same statement again',
      bad: 'CREATE INDEX products_fts ON products USING gin (search); CREATE INDEX products_fts ON products USING gin (search);',
      flags: 'products_fts',
    },
    {
      title: 'the second one is silently not built',
      bad: 'CREATE INDEX IF NOT EXISTS idx_created ON orders (created_at); CREATE INDEX IF NOT EXISTS idx_created ON invoices (created_at);',
      flags: 'idx_created',
    },
    {
      title: 'the server has another index of that name',
      schema:
        'CREATE TABLE orders (id bigint, customer_id bigint, status text); CREATE INDEX idx_orders ON orders (customer_id);',
      bad: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_orders ON orders (customer_id, status)',
      flags: 'idx_orders',
    },
    {
      title: 'a script that may run twice',
      schema: 'CREATE TABLE orders (id bigint, customer_id bigint); CREATE INDEX idx_orders ON orders (customer_id);',
      good: 'CREATE INDEX IF NOT EXISTS idx_orders ON orders (customer_id)',
    },
    {
      title: 'dropped first',
      good: 'CREATE INDEX idx_orders ON orders (customer_id); DROP INDEX idx_orders; CREATE INDEX idx_orders ON orders (customer_id, status);',
    },
    {
      title: 'another schema',
      good: 'CREATE INDEX by_time ON app.orders (created_at); CREATE INDEX by_time ON archive.orders (created_at, id);',
    },
    { title: 'no name', good: 'CREATE INDEX ON orders (customer_id); CREATE INDEX ON orders (status);' },
    {
      title: 'renamed out of the way',
      schema: 'CREATE TABLE orders (id bigint, status text); CREATE INDEX idx_orders ON orders (id);',
      good: 'ALTER INDEX idx_orders RENAME TO idx_orders_old; CREATE INDEX idx_orders ON orders (status);',
    },
    {
      title: 'the table is dropped and made again',
      good: 'CREATE TABLE jobs (id int); CREATE INDEX by_id ON jobs (id); DROP TABLE jobs; CREATE TABLE jobs (id int, state text); CREATE INDEX by_id ON jobs (state);',
    },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    const own = tableFactsOf(statement);
    const ownKey = own?.keys[0];
    if (!created || created.name === undefined || !own || !ownKey) return;
    const { name } = created;
    const earlier = file.earlier(name);
    const isGone = (position: number): boolean =>
      earlier.slice(position + 1).some(({ kind }) => kind === 'DropStmt' || kind === 'RenameStmt');
    const position = earlier.findLastIndex(
      other => other.kind === 'IndexStmt' && tableFactsOf(other)?.keys[0]?.name === name,
    );
    const inFile = position < 0 || isGone(position) ? undefined : tableFactsOf(earlier[position]!);
    const table = inFile && isInOneSchema(inFile, own) && !isDroppedTable(inFile) ? inFile.table.name : undefined;
    if (inFile && table !== undefined) {
      const key = inFile.keys[0]!;
      const isSame =
        table === created.table.name && isSameKey(key.keys, ownKey.keys) && key.predicate === ownKey.predicate;
      // The same index again fails too, unless a ROLLBACK or IF NOT EXISTS stands between.
      const isRepeated = created.fields.if_not_exists !== true && file.earlier(TOPICS.transaction).length === 0;
      if (!isSame || isRepeated) {
        flag(table, key.keys);
      }
      return;
    }
    if (earlier.length > 0) return;
    const relation = catalog && findRelation(catalog, created.table.name, created.table.schema);
    const taken = relation?.indexes.find(index => index.name === name && index.valid);
    if (!relation || !taken || ownKey.columns.includes(undefined)) return;
    if (!isSameKey(taken.keys.map(withoutQuotes), ownKey.columns as string[])) flag(relation.name, taken.keys);

    function flag(on: string, keys: readonly string[]): void {
      report({
        at: indexNameRange(statement, created!),
        message: created!.fields.if_not_exists === true ? 'hidden' : 'fails',
        values: { name, table: on, keys: keys.join(', ') },
        ...(created!.fields.if_not_exists === true && { severity: 'warning' as const }),
      });
    }

    function isDroppedTable(facts: TableFacts): boolean {
      return file.earlier(facts.table.name).some(({ kind }) => kind === 'DropStmt' || kind === 'RenameStmt');
    }
  },
});

/** Tables without a schema are taken to be in the same one. */
function isInOneSchema(a: TableFacts, b: TableFacts): boolean {
  return (
    a.table.schema === b.table.schema || (a.table.name === b.table.name && sameSchema(a.table.schema, b.table.schema))
  );
}

function isSameKey(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
}

function withoutQuotes(key: string): string {
  return key.replace(/^"|"$/g, '');
}

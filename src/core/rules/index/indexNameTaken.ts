import { findRelation } from '../../catalog/catalog';
import type { Catalog } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import type { FileContext } from '../fileContext';
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
    {
      title: 'dropped in the same body',
      schema: 'CREATE TABLE tokens (user_id bigint, kind text); CREATE INDEX tokens_user ON tokens (user_id);',
      good: 'DO $$ BEGIN DROP INDEX IF EXISTS tokens_user; CREATE INDEX IF NOT EXISTS tokens_user ON tokens (user_id, kind); END $$',
    },
  ],
  check({ statement, catalog, file, body, report }) {
    // A statement above it in the body may have dropped that index.
    if (body) return;
    const created = createdIndex(statement);
    const own = tableFactsOf(statement);
    const taken = created && own && (takenInFile(own, file) ?? takenInCatalog(own, file, catalog));
    if (!created || !taken || (taken.isSame && created.fields.if_not_exists === true)) return;
    const isHidden = created.fields.if_not_exists === true;
    report({
      at: indexNameRange(statement, created),
      message: isHidden ? 'hidden' : 'fails',
      values: { name: created.name ?? '', table: taken.table, keys: taken.keys.join(', ') },
      // A database may be ahead of the file, where another migration replaces the index.
      ...(taken.inCatalog ? { severity: 'info' as const } : isHidden && { severity: 'warning' as const }),
    });
  },
});

interface TakenName {
  readonly table: string;
  readonly keys: readonly string[];
  readonly isSame: boolean;
  readonly inCatalog: boolean;
}

/** The index of the same name that an earlier statement of the file creates, and none drops or renames. */
function takenInFile(own: TableFacts, file: FileContext): TakenName | undefined {
  const key = own.keys[0];
  if (key?.name === undefined) return undefined;
  const earlier = file.earlier(key.name);
  const position = earlier.findLastIndex(({ kind }) => kind === 'IndexStmt');
  const other = position < 0 ? undefined : tableFactsOf(earlier[position]!);
  const otherKey = other?.keys[0];
  if (!other || otherKey?.name !== key.name || !isInOneSchema(other, own)) return undefined;
  // With another search path (which dumps of several databases have too) or a ROLLBACK the two may not meet.
  if (file.settingBefore('search_path') !== undefined || file.earlier(TOPICS.transaction).length > 0) return undefined;
  if ([...earlier.slice(position + 1), ...file.earlier(other.table.name)].some(removesIt)) return undefined;
  const isSame =
    other.table.name === own.table.name && isSameKey(otherKey.keys, key.keys) && otherKey.predicate === key.predicate;
  return { table: other.table.name, keys: otherKey.keys, isSame, inCatalog: false };
}

/** The index of the same name but with other columns that the table has in the catalog. */
function takenInCatalog(own: TableFacts, file: FileContext, catalog: Catalog | undefined): TakenName | undefined {
  const key = own.keys[0];
  const relation = catalog && findRelation(catalog, own.table.name, own.table.schema);
  if (!relation || key?.name === undefined || file.earlier(key.name).length > 0) return undefined;
  const taken = relation.indexes.find(index => index.name === key.name && index.valid);
  const columns = key.columns.flatMap(column => column ?? []);
  if (!taken || columns.length < key.columns.length || isSameKey(taken.keys.map(withoutQuotes), columns))
    return undefined;
  return { table: relation.name, keys: taken.keys, isSame: false, inCatalog: true };
}

function removesIt({ kind }: { readonly kind?: string }): boolean {
  return kind === 'DropStmt' || kind === 'RenameStmt';
}

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

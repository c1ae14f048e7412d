import type { Catalog } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asTable, functionName, list, stringValue } from '../support/expressions';
import { EXTENSION_OF_FUNCTION, EXTENSION_OF_INDEX, EXTENSION_OF_TYPE } from '../support/extensionObjects';
import { findWords } from '../support/words';

export const missingExtension = defineRule({
  id: 'schema/missing-extension',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['CreateStmt', 'AlterTableStmt', 'IndexStmt', 'SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'],
  nodes: ['IndexStmt', 'FuncCall', 'TypeName'],
  needs: ['catalog', 'file'],
  title: 'Extension that is not created',
  docs: {
    problem: 'An operator class, a type or a function comes with an extension, and nothing creates it.',
    why: 'PostgreSQL refuses the statement: `operator class "gin_trgm_ops" does not exist` (42704). An extension has to be created in each database, once.',
    whenToIgnore:
      'Somebody else creates it: an administrator, a template database, or a script that is no schema file.',
  },
  messages: {
    server: '{name} belongs to the extension {extension}, which this database does not have: CREATE EXTENSION first.',
    files: '{name} belongs to the extension {extension}, which none of the schema files creates.',
  },
  examples: [
    {
      title: 'a trigram index',
      schema: 'CREATE TABLE products (id bigint, name text);',
      bad: 'CREATE INDEX idx_products_name ON products USING gin (name gin_trgm_ops)',
      flags: 'gin_trgm_ops',
    },
    {
      title: 'a default',
      schema: 'CREATE TABLE cameras (id uuid DEFAULT uuid_generate_v4());',
      bad: 'CREATE TABLE cameras (id uuid DEFAULT uuid_generate_v4())',
      flags: 'uuid_generate_v4',
    },
    {
      title: 'a type',
      schema: 'CREATE TABLE users (email citext);',
      bad: 'CREATE TABLE users (email citext)',
      flags: 'citext',
    },
    {
      title: 'created in the same file',
      schema: 'CREATE TABLE products (id bigint, name text);',
      good: 'CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX ON products USING gin (name gin_trgm_ops);',
    },
    {
      title: 'created in another file',
      schema: 'CREATE EXTENSION "uuid-ossp"; CREATE TABLE cameras (id uuid DEFAULT uuid_generate_v4());',
      good: 'CREATE TABLE cameras (id uuid DEFAULT uuid_generate_v4())',
    },
    {
      title: 'a table the schema files do not have',
      schema: 'CREATE TABLE products (id bigint);',
      good: 'CREATE INDEX ON articles USING gin (title gin_trgm_ops)',
    },
    {
      title: 'a function of one’s own',
      schema:
        'CREATE TABLE users (id bigint, secret text); CREATE FUNCTION digest(text) RETURNS text LANGUAGE sql AS $$ SELECT md5($1) $$;',
      good: 'CREATE INDEX ON users (digest(secret))',
    },
    {
      title: 'PostgreSQL’s own',
      schema: 'CREATE TABLE cameras (id uuid DEFAULT gen_random_uuid());',
      good: 'CREATE TABLE cameras (id uuid DEFAULT gen_random_uuid())',
    },
    {
      title: 'in a query, while only files are known',
      schema: 'CREATE TABLE products (id bigint, name text);',
      good: "SELECT id FROM products WHERE similarity(name, 'lamp') > 0.4",
    },
  ],
  check({ statement, catalog, file, body, find, report }) {
    const fromServer = catalog.source !== 'ddl';
    const fields = unwrap(statement.tree)?.fields;
    if (body || !fields || (!fromServer && !isOfFiles(fields, catalog))) return;
    const told = new Set<string>();
    for (const { name, extension } of uses(find)) {
      // Relatives bring the same: vectors, postgis_raster.
      if (told.has(extension) || catalog.extensions.some(known => known.name.startsWith(extension))) continue;
      if (isOwn(name, catalog) || file.earlier(extension).length > 0) continue;
      const at = findWords(statement.text, { start: 0, end: statement.text.length }, name);
      if (!at) continue;
      told.add(extension);
      const values = { name, extension };
      if (fromServer) report({ at, message: 'server', severity: 'error', values });
      else report({ at, message: 'files', values });
    }
  },
});

/** True for a statement about a table that the schema files create: they are to make the whole of it. */
function isOfFiles({ relation }: NodeFields, catalog: Catalog): boolean {
  if (!relation) return false;
  const { name, schema } = asTable(relation as NodeFields);
  return findRelation(catalog, name, schema) !== undefined;
}

/** True if users have a function or type of that name, or nobody looked. */
function isOwn(name: string, { functions, types }: Catalog): boolean {
  return !functions || !types || functions.some(each => each.name === name) || types.some(each => each.name === name);
}

function uses(find: (type: string) => readonly NodeMatch[]): { readonly name: string; readonly extension: string }[] {
  const index = find('IndexStmt').flatMap(({ fields }) => [
    String(fields.accessMethod ?? ''),
    ...list(fields.indexParams).map(element => stringValue(list(unwrap(element)?.fields.opclass).at(-1)) ?? ''),
  ]);
  const functions = find('FuncCall').map(({ fields }) => functionName(fields) ?? '');
  const types = find('TypeName').map(({ fields }) => {
    const names = list(fields.names);
    return (names.length === 1 && stringValue(names[0])) || '';
  });
  const ofNames = (names: readonly string[], known: ReadonlyMap<string, string>) =>
    names.flatMap(name => {
      const extension = known.get(name);
      return extension === undefined ? [] : { name, extension };
    });
  return [
    ...ofNames(index, EXTENSION_OF_INDEX),
    ...ofNames(types, EXTENSION_OF_TYPE),
    ...ofNames(functions, EXTENSION_OF_FUNCTION),
  ];
}

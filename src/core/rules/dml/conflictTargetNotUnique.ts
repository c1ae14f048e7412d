import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asTable, list } from '../support/expressions';
import { unquoted } from '../support/uniqueness';
import { findWords } from '../support/words';

export const conflictTargetNotUnique = defineRule({
  id: 'dml/conflict-target-not-unique',
  since: '0.2.0',
  severity: 'warning',
  needs: ['catalog', 'file'],
  title: 'ON CONFLICT columns without a unique index',
  nodes: ['OnConflictClause'],
  docs: {
    problem: 'No unique index has exactly the columns named in ON CONFLICT.',
    why: 'PostgreSQL then refuses the statement (42P10): the order of the columns does not matter, but their set does, and a partial index counts only if its condition is repeated.',
    whenToIgnore: 'The index is created elsewhere.',
  },
  messages: { missing: 'No unique index of {table} has exactly ({columns}); ON CONFLICT fails.' },
  examples: [
    {
      title: 'a column without unique index',
      bad: "INSERT INTO cameras (id, code) VALUES (1, 'n1') ON CONFLICT (code) DO NOTHING",
      schema: 'CREATE TABLE cameras (id int PRIMARY KEY, code text);',
      flags: 'ON CONFLICT',
    },
    {
      title: 'one of two key columns',
      bad: 'INSERT INTO stock (shop, product, n) VALUES (1, 2, 3) ON CONFLICT (product) DO UPDATE SET n = EXCLUDED.n',
      schema: 'CREATE TABLE stock (shop int, product int, n int, PRIMARY KEY (shop, product));',
      flags: 'ON CONFLICT',
    },
    {
      title: 'the key in another order',
      good: 'INSERT INTO stock (shop, product, n) VALUES (1, 2, 3) ON CONFLICT (product, shop) DO UPDATE SET n = EXCLUDED.n',
      schema: 'CREATE TABLE stock (shop int, product int, n int, PRIMARY KEY (shop, product));',
    },
    {
      title: 'a partial unique index and its condition',
      good: "INSERT INTO cameras (code) VALUES ('n1') ON CONFLICT (code) WHERE deleted IS NULL DO NOTHING",
      schema:
        'CREATE TABLE cameras (code text, deleted date); CREATE UNIQUE INDEX ON cameras (code) WHERE deleted IS NULL;',
    },
    {
      title: 'an expression',
      good: "INSERT INTO users (email) VALUES ('A@b.c') ON CONFLICT (lower(email)) DO NOTHING",
      schema: 'CREATE TABLE users (email text); CREATE UNIQUE INDEX ON users (lower(email));',
    },
    {
      title: 'the index is made in the same file',
      good: 'CREATE UNIQUE INDEX ON cameras (code); INSERT INTO cameras (code) VALUES ($1) ON CONFLICT (code) DO NOTHING',
      schema: 'CREATE TABLE cameras (id int PRIMARY KEY, code text);',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    for (const clause of find('OnConflictClause')) {
      const infer = clause.fields.infer as NodeFields | undefined;
      const relationFields = clause.parent?.fields.relation as NodeFields | undefined;
      if (!infer || infer.conname || !relationFields || !clause.parent) continue;
      const elements = list(infer.indexElems).map(element => unwrap(element)?.fields ?? {});
      if (elements.some(({ name, collation, opclass }) => typeof name !== 'string' || collation || opclass)) continue;
      const columns = elements.map(({ name }) => String(name));
      const table = asTable(relationFields);
      const relation = findRelation(catalog, table.name, table.schema);
      if (!relation || (relation.kind !== 'table' && relation.kind !== 'partitioned table')) continue;
      if (relation.parents && relation.parents.length > 0 && relation.indexes.length === 0) continue;
      if (!columns.every(name => relation.columns.some(column => column.name === name))) continue;
      const isPartialMeant = infer.whereClause !== undefined;
      const fits = (keys: readonly (string | undefined)[]): boolean =>
        new Set(keys).size === new Set(columns).size && keys.every(key => key !== undefined && columns.includes(key));
      const known = relation.indexes.some(
        index =>
          index.unique &&
          (index.predicate === undefined || isPartialMeant) &&
          fits(index.keys.map(key => unquoted(key))),
      );
      const own = relation.constraints.some(
        ({ kind, columns: keys }) =>
          (kind === 'primary key' || kind === 'unique' || kind === 'exclusion') && fits(keys),
      );
      const made = file
        .indexesOn(table.name, table.schema)
        .some(index => index.unique && (!index.partial || isPartialMeant) && fits(index.keys));
      if (known || own || made || altered(file.earlier(table.name))) continue;
      const at = findWords(statement.text, rangeOf(clause.parent), 'on', 'conflict');
      // Schema files may not tell everything; a server does.
      const severity = catalog.source === 'ddl' ? 'warning' : 'error';
      if (at) report({ at, message: 'missing', severity, values: { table: table.name, columns: columns.join(', ') } });
    }
  },
});

/** The file changes the table before: perhaps by a unique constraint. */
function altered(earlier: readonly { readonly kind?: string }[]): boolean {
  return earlier.some(({ kind }) => kind === 'AlterTableStmt' || kind === 'CreateStmt');
}

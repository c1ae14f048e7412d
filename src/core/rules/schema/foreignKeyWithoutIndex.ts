import { findRelation } from '../../catalog/catalog';
import type { Relation } from '../../catalog/catalog';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, isSmall, list, stringValue } from '../support/expressions';
import type { TableName } from '../support/expressions';
import { tableFactsOf } from '../support/tableFacts';
import type { TableKey } from '../support/tableFacts';
import { knownTable } from '../support/knownTable';
import type { FileIndex } from '../fileContext';
import type { NodeFields, NodeMatch } from '../nodeIndex';

export const foreignKeyWithoutIndex = defineRule({
  id: 'schema/foreign-key-without-index',
  since: '0.1.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Foreign key without an index',
  guideline: { guide: '004', section: 'Index Creation and Management' },
  docs: {
    problem: 'No index begins with the columns of the foreign key.',
    why: 'PostgreSQL indexes the referenced key, not the referring columns. Each delete or key update of a referenced row then reads the whole referring table, once per row, and so do joins from parent to child.',
    whenToIgnore:
      'The table stays small, or referenced rows are never deleted and nobody asks for the children of a row.',
  },
  messages: {
    missing: 'No index of {table} begins with {columns}: deleting a row of {referenced} reads the whole table.',
  },
  examples: [
    {
      title: 'in the table definition',
      schema: 'CREATE TABLE customers (id bigint PRIMARY KEY);',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);',
      flags: 'REFERENCES customers',
      fixed:
        'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);\n\nCREATE INDEX ON orders (customer_id);',
    },
    {
      title: 'added later to a large table',
      schema: '-- orders: 500000 rows\nCREATE TABLE orders (id bigint, customer_id bigint);',
      bad: 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)',
      flags: 'CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers',
    },
    {
      title: 'at a new column of a table nothing else is known of',
      bad: 'ALTER TABLE visits ADD COLUMN vet_id bigint REFERENCES vets (id)',
      flags: 'REFERENCES vets',
      fixed:
        'ALTER TABLE visits ADD COLUMN vet_id bigint REFERENCES vets (id);\n\nCREATE INDEX CONCURRENTLY ON visits (vet_id)',
    },
    {
      title: 'a new column that is unique',
      good: 'ALTER TABLE visits ADD COLUMN bill_id bigint UNIQUE REFERENCES bills (id)',
    },
    {
      title: 'a new column indexed right after',
      good: 'ALTER TABLE visits ADD COLUMN vet_id bigint REFERENCES vets (id); CREATE INDEX CONCURRENTLY visits_vet ON visits (vet_id);',
    },
    {
      title: 'the file creates the index',
      schema: 'CREATE TABLE customers (id bigint PRIMARY KEY);',
      good: 'CREATE TABLE orders (id bigint, customer_id bigint REFERENCES customers); CREATE INDEX ON orders (customer_id, id);',
    },
    {
      title: 'the primary key begins with the column',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY);',
      good: 'CREATE TABLE items (order_id bigint REFERENCES orders, line int, PRIMARY KEY (order_id, line))',
    },
    {
      title: 'the index exists on the server',
      schema: 'CREATE TABLE orders (id bigint, customer_id bigint); CREATE INDEX ON orders (customer_id);',
      good: 'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id)',
    },
    {
      title: 'the keys are added by the file later, as pg_dump does',
      good: 'CREATE TABLE public.items (order_id bigint, line int); ALTER TABLE ONLY public.items ADD CONSTRAINT items_pkey PRIMARY KEY (order_id, line); ALTER TABLE ONLY public.items ADD CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES public.orders(id);',
    },
    {
      title: 'nothing is known of the table',
      good: 'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id)',
    },
    {
      title: 'only rows that refer to something are indexed',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, coupon_id bigint REFERENCES coupons); CREATE INDEX ON orders (coupon_id) WHERE coupon_id IS NOT NULL;',
    },
    {
      title: 'an index made in the same body',
      good: 'DO $$ BEGIN CREATE TABLE zones (id bigint PRIMARY KEY, camera_id bigint REFERENCES cameras); CREATE INDEX ON zones (camera_id); END $$',
    },
    {
      title: 'the same columns for the second time, beside the first',
      bad: 'CREATE TABLE zones (id bigint PRIMARY KEY, camera_id bigint REFERENCES cameras, CONSTRAINT zones_camera FOREIGN KEY (camera_id) REFERENCES cameras)',
      flags: 'REFERENCES cameras',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int, camera_id int);',
      good: 'ALTER TABLE zones ADD FOREIGN KEY (camera_id) REFERENCES cameras (id)',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const range = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    if (!range || statement.kind === undefined || range.relpersistence === 't') return;
    const table = asTable(range);
    const relation = catalog && findRelation(catalog, table.name, table.schema);
    const known = knownTable(table, { file, catalog }, { statement, later: true });
    if (isSmall(relation) || (known?.inFile && !known.hasAllColumns)) return;
    const constraints = find('Constraint');
    const knownKeys = known?.keys ?? keysSaid(statement, file.later(table.name), table);
    const keys = [
      ...file
        .indexesOn(table.name, table.schema)
        .filter(index => !index.partial)
        .map(leadingKeys),
      // A predicate that only leaves out NULLs leaves out rows that refer to nothing.
      ...knownKeys
        .filter(({ predicate, columns }) => predicate === `${columns[0]} is not null`)
        .map(({ columns }) => columns.flatMap(column => column ?? [])),
      ...knownKeys.filter(({ constraint }) => constraint).map(({ columns }) => columns.flatMap(column => column ?? [])),
      ...indexKeys(relation),
    ];
    // The same columns once more are another rule's matter.
    const told = new Set(
      file
        .earlier(table.name)
        .flatMap(earlier => tableFactsOf(earlier) ?? [])
        .filter(facts => facts.table.name === table.name && facts.table.schema === table.schema)
        .flatMap(facts => facts.foreignKeys.map(key => key.columns.join(', '))),
    );
    for (const foreign of constraints.filter(constraint => constraint.fields.contype === 'CONSTR_FOREIGN')) {
      const columns = columnsOf(foreign);
      // A table that neither the file creates nor the catalog knows may have any index, but not on a new column.
      if (!known && foreign.parent?.type !== 'ColumnDef') continue;
      if (columns.length === 0 || keys.some(key => beginsWith(key, columns)) || told.has(columns.join(', '))) continue;
      told.add(columns.join(', '));
      const referenced = foreign.fields.pktable as NodeFields | undefined;
      const rows = relation?.rowEstimate;
      const isNew = statement.kind === 'CreateStmt';
      const names = columns.map(quoteIdentifier).join(', ');
      const end = statement.text.length;
      const creation = `CREATE INDEX${isNew || file.inTransaction ? '' : ' CONCURRENTLY'} ON ${quoteQualified(table.schema, table.name)} (${names})`;
      report({
        at: rangeOf(foreign),
        message: 'missing',
        values: {
          table: table.name,
          columns: columns.join(', '),
          referenced: String(referenced?.relname ?? 'the referenced table'),
        },
        fixes: [
          // The statement's own semicolon, which follows, ends the new statement.
          {
            title: 'Create the index',
            safe: false,
            edits: [{ range: { start: end, end }, newText: `;\n\n${creation}` }],
          },
        ],
        ...(rows !== undefined && { severity: 'warning' as const, evidence: `${table.name}: about ${rows} rows` }),
      });
    }
  },
});

/** Keys that the statement and those after it give a table nothing else is known of. */
function keysSaid(
  statement: ParsedStatement,
  later: readonly ParsedStatement[],
  { name, schema }: TableName,
): readonly TableKey[] {
  return [statement, ...later]
    .flatMap(each => tableFactsOf(each) ?? [])
    .filter(({ table }) => table.name === name && table.schema === schema)
    .flatMap(({ keys }) => keys);
}

/** The columns a constraint is on: its own list, or the column it is written at. */
function columnsOf(constraint: NodeMatch): string[] {
  const named = list(constraint.fields.fk_attrs ?? constraint.fields.keys).flatMap(key => stringValue(key) ?? []);
  if (named.length > 0) return named;
  const column = constraint.parent?.type === 'ColumnDef' ? constraint.parent.fields.colname : undefined;
  return typeof column === 'string' ? [column] : [];
}

function leadingKeys(index: FileIndex): string[] {
  const expression = index.keys.indexOf(undefined);
  return (expression < 0 ? index.keys : index.keys.slice(0, expression)).flatMap(key => key ?? []);
}

function indexKeys(relation: Relation | undefined): string[][] {
  if (!relation) return [];
  // A predicate that only leaves out NULLs leaves out rows that refer to nothing.
  const usable = relation.indexes.filter(
    index => index.valid && (index.predicate === undefined || /^\(*\S+ IS NOT NULL\)*$/i.test(index.predicate)),
  );
  return usable.map(index => index.keys.map(key => key.replace(/^"|"$/g, '')));
}

/** True if the first keys are the columns, in any order. */
function beginsWith(key: readonly string[], columns: readonly string[]): boolean {
  const first = key.slice(0, columns.length);
  return columns.every(column => first.includes(column));
}

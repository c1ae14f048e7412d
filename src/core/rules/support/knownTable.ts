import { findRelation } from '../../catalog/catalog';
import type { Catalog, Index, Relation } from '../../catalog/catalog';
import { identifierOf } from '../../sql/identifiers';
import type { ParsedStatement } from '../../sql/statement';
import type { FileContext } from '../fileContext';
import { comparableText } from './comparableText';
import { remembered } from './remembered';
import { typeNamed } from './dataTypes';
import type { TableName } from './expressions';
import { tableFactsOf } from './tableFacts';
import type { TableColumn, TableFacts, TableForeignKey, TableKey } from './tableFacts';

/** A table as the file and the catalog together describe it. */
export interface KnownTable {
  readonly name: TableName;
  /** The file creates it, so it is known whole but for what other files do to it. */
  readonly inFile: boolean;
  readonly isMaterializedView: boolean;
  readonly isTemporary: boolean;
  /** No column can be missing here. */
  readonly hasAllColumns: boolean;
  readonly columns: ReadonlyMap<string, TableColumn>;
  readonly keys: readonly TableKey[];
  readonly foreignKeys: readonly TableForeignKey[];
  /** Columns of the partition key, an expression as `undefined`; absent for a table that is not partitioned. */
  readonly partitionBy?: readonly (string | undefined)[];
  readonly partitionOf?: TableName;
  readonly relation?: Relation;
}

interface Surroundings {
  readonly file: FileContext;
  readonly catalog: Catalog | undefined;
}

/**
 * What is known of a table at a statement of the file: from the statements before it, from `statement` itself if given,
 * and with `later` from those after it. Undefined when neither the file creates it nor the catalog has it.
 */
export function knownTable(
  name: TableName,
  around: Surroundings,
  { statement, later = false }: { readonly statement?: ParsedStatement; readonly later?: boolean } = {},
): KnownTable | undefined {
  const key = `${name.schema ?? ''}.${name.name} ${later ? 'later' : ''}`;
  return remembered([around.file, around.catalog, statement], key, () => readTable(name, around, statement, later));
}

function readTable(
  name: TableName,
  { file, catalog }: Surroundings,
  statement: ParsedStatement | undefined,
  later: boolean,
): KnownTable | undefined {
  const before = [...file.earlier(name.name), ...(statement ? [statement] : [])];
  const after = later ? file.later(name.name).flatMap(item => factsAbout(item, name)) : [];
  // What follows is about this table until another one of the name is created.
  const next = after.findIndex(fact => fact.creates !== undefined);
  const facts = [...before.flatMap(item => factsAbout(item, name)), ...(next < 0 ? after : after.slice(0, next))];
  const created = facts.findLastIndex(fact => fact.creates !== undefined);
  const relation = created >= 0 ? undefined : catalog && findRelation(catalog, name.name, name.schema);
  if (created < 0 && !relation) return undefined;
  const base = relation ? fromCatalog(relation, name) : emptyTable(name);
  return facts.slice(Math.max(0, created)).reduce(apply, base);
}

function factsAbout(statement: ParsedStatement, name: TableName): TableFacts[] {
  const facts = tableFactsOf(statement);
  return facts && facts.table.name === name.name && sameSchema(facts.table.schema, name.schema) ? [facts] : [];
}

/** True unless both are named and differ. */
export function sameSchema(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function emptyTable(name: TableName): KnownTable {
  return {
    name,
    inFile: true,
    isMaterializedView: false,
    isTemporary: false,
    hasAllColumns: true,
    columns: new Map(),
    keys: [],
    foreignKeys: [],
  };
}

function apply(table: KnownTable, facts: TableFacts): KnownTable {
  const columns = new Map(table.columns);
  for (const column of facts.columns) columns.set(column.name, column);
  for (const name of facts.droppedColumns) columns.delete(name);
  const change = (name: string, changes: Partial<TableColumn>): void => {
    const column = columns.get(name);
    if (column) columns.set(name, { ...column, ...changes });
  };
  for (const name of facts.notNull) change(name, { notNull: true });
  for (const name of facts.nullable) change(name, { notNull: false });
  for (const [name, type] of facts.types) change(name, { type });
  const isLeft = (column: string | undefined): boolean =>
    column === undefined || !facts.droppedColumns.includes(column);
  const isDroppedName = (given: string | undefined, kind: string, of: readonly (string | undefined)[]): boolean =>
    facts.droppedConstraints.includes(given ?? [table.name.name, ...(kind === 'pkey' ? [] : of), kind].join('_'));
  const keys = table.keys.filter(
    key =>
      key.columns.every(isLeft) &&
      !(key.constraint && isDroppedName(key.name, key.primary ? 'pkey' : 'key', key.columns)),
  );
  const foreignKeys = table.foreignKeys.filter(
    key => key.columns.every(isLeft) && !isDroppedName(key.name, 'fkey', key.columns),
  );
  return renamed(
    {
      ...table,
      columns,
      isMaterializedView: table.isMaterializedView || facts.creates === 'materialized view',
      isTemporary: table.isTemporary || facts.temporary,
      hasAllColumns: table.hasAllColumns && !facts.hasOtherColumns,
      keys: [...keys, ...facts.keys],
      foreignKeys: [...foreignKeys, ...facts.foreignKeys],
      ...(facts.partitionBy && { partitionBy: facts.partitionBy }),
      ...(facts.partitionOf && { partitionOf: facts.partitionOf }),
    },
    facts.renamedColumn,
  );
}

function renamed(table: KnownTable, names: TableFacts['renamedColumn']): KnownTable {
  if (!names) return table;
  const { from, to } = names;
  const now = <Name extends string | undefined>(name: Name): Name | string => (name === from ? to : name);
  return {
    ...table,
    columns: new Map([...table.columns].map(([name, column]) => [now(name), { ...column, name: now(name) }])),
    keys: table.keys.map(key => ({ ...key, columns: key.columns.map(now), keys: key.keys.map(now) })),
    foreignKeys: table.foreignKeys.map(key => ({ ...key, columns: key.columns.map(now) })),
    ...(table.partitionBy && { partitionBy: table.partitionBy.map(now) }),
  };
}

function fromCatalog(relation: Relation, name: TableName): KnownTable {
  const parent = relation.isPartition ? relation.parents?.[0] : undefined;
  return {
    name,
    inFile: false,
    isMaterializedView: relation.kind === 'materialized view',
    isTemporary: false,
    hasAllColumns: relation.columns.length > 0 && relation.columnsKnown !== false,
    columns: new Map(
      relation.columns.map(column => [
        column.name,
        {
          name: column.name,
          type: column.type === 'unknown' ? undefined : typeNamed(column.type),
          notNull: column.notNull,
        },
      ]),
    ),
    keys: relation.indexes.filter(index => index.valid).map(index => catalogKey(index, relation)),
    foreignKeys: relation.constraints.flatMap(({ kind, name: constraint, columns, references }) =>
      kind === 'foreign key' && references
        ? [
            {
              name: constraint,
              columns,
              references: { schema: references.schema, name: references.relation },
              referenced: references.columns,
            },
          ]
        : [],
    ),
    ...(relation.kind === 'partitioned table' && { partitionBy: partitionColumns(relation.partitionKey) }),
    ...(parent && { partitionOf: { schema: parent.schema, name: parent.name } }),
    relation,
  };
}

/** The columns of `RANGE (captured_at, "Site")`; an expression, or an unknown key, is `undefined`. */
function partitionColumns(key: string | undefined): (string | undefined)[] {
  const inside = /^\s*\w+\s*\((.*)\)\s*$/s.exec(key ?? '')?.[1];
  if (inside === undefined || inside.includes('(')) return [undefined];
  return inside.split(',').map(part => {
    const word = /^\s*("(?:[^"]|"")+"|\w+)/.exec(part)?.[1];
    return word === undefined ? undefined : identifierOf(word);
  });
}

function catalogKey(index: Index, relation: Relation): TableKey {
  const names = new Set(relation.columns.map(column => column.name));
  const columns = index.keys.map(key => (names.has(identifierOf(key)) ? identifierOf(key) : undefined));
  // Single keys are printed without operator class and order, which the whole definition has.
  const isPlain = !/\b(?:DESC|NULLS|COLLATE|\w+_ops)\b/i.test(index.definition);
  return {
    name: index.name,
    method: index.method,
    unique: index.unique,
    primary: index.primary,
    constraint: index.primary || relation.constraints.some(({ name }) => name === index.name),
    columns,
    keys: isPlain
      ? index.keys.map((key, i) => columns[i] ?? comparableText(key))
      : index.keys.map((_, i) => `? ${index.name} ${i}`),
    include: index.include.map(identifierOf),
    ...(index.predicate !== undefined && { predicate: comparableText(index.predicate) }),
    nullsNotDistinct: /\bNULLS NOT DISTINCT\b/i.test(index.definition),
  };
}

/** True if a statement of the file drops or renames the object, before or after the one at hand. */
export function isDropped(name: string | undefined, file: FileContext): boolean {
  if (name === undefined) return false;
  return remembered([file], `dropped ${name}`, () =>
    [...file.earlier(name), ...file.later(name)].some(({ kind }) => kind === 'DropStmt' || kind === 'RenameStmt'),
  );
}

/**
 * Keys of a table that exist before the statement at hand: all that are known of, also when the table itself is not.
 * Those another statement of the file drops are left out.
 */
export function earlierKeys(name: TableName, around: Surroundings): readonly TableKey[] {
  const { file, catalog } = around;
  return remembered([file, catalog], `keys ${name.schema ?? ''}.${name.name}`, () => readEarlierKeys(name, around));
}

function readEarlierKeys(name: TableName, around: Surroundings): readonly TableKey[] {
  const { file } = around;
  const keys =
    knownTable(name, around)?.keys ??
    file.earlier(name.name).flatMap(statement => factsAbout(statement, name).flatMap(facts => facts.keys));
  return keys.filter(key => !isDropped(key.name, file));
}

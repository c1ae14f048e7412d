import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { isSerial, typeOfNode } from './dataTypes';
import { asTable, list, stringValue } from './expressions';
import type { TableName } from './expressions';
import { comparableText } from './comparableText';

/** A column as a statement defines it. */
export interface TableColumn {
  readonly name: string;
  /** PostgreSQL's internal name, `int8`; undefined if nobody said. */
  readonly type: string | undefined;
  readonly notNull: boolean;
}

/** An index, or the index behind a primary key or unique constraint. */
export interface TableKey {
  readonly name?: string;
  readonly method: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Made by a constraint, so it cannot be dropped as an index. */
  readonly constraint: boolean;
  /** Bare columns; an expression is `undefined`. */
  readonly columns: readonly (string | undefined)[];
  /** What two indexes are compared by: column or expression with collation, operator class and direction. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly predicate?: string;
  readonly nullsNotDistinct: boolean;
}

export interface TableForeignKey {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly references: TableName;
  /** Empty for the primary key of the referenced table. */
  readonly referenced: readonly string[];
}

/** What one DDL statement says about one table, without any piece of its tree. */
export interface TableFacts {
  readonly table: TableName;
  readonly creates?: 'table' | 'materialized view';
  /** Columns come from elsewhere too: LIKE, INHERITS, PARTITION OF, OF a type, AS a query. */
  readonly hasOtherColumns: boolean;
  readonly columns: readonly TableColumn[];
  readonly droppedColumns: readonly string[];
  readonly droppedConstraints: readonly string[];
  readonly renamedColumn?: { readonly from: string; readonly to: string };
  readonly notNull: readonly string[];
  readonly nullable: readonly string[];
  readonly types: ReadonlyMap<string, string | undefined>;
  readonly keys: readonly TableKey[];
  readonly foreignKeys: readonly TableForeignKey[];
  /** Columns of the partition key; an expression is `undefined`. */
  readonly partitionBy?: readonly (string | undefined)[];
  readonly partitionOf?: TableName;
  readonly inherits: boolean;
  readonly temporary: boolean;
}

const kept = new WeakMap<ParsedStatement, TableFacts | null>();

/** What a CREATE TABLE, ALTER TABLE, CREATE INDEX or CREATE MATERIALIZED VIEW says of its table. */
export function tableFactsOf(statement: ParsedStatement): TableFacts | undefined {
  const known = kept.get(statement);
  if (known !== undefined) return known ?? undefined;
  const facts = read(statement) ?? null;
  kept.set(statement, facts);
  return facts ?? undefined;
}

function read(statement: ParsedStatement): TableFacts | undefined {
  const fields = unwrap(statement.tree)?.fields;
  // A name that is filled in later is not known here.
  if (!fields || statement.placeholders.some(({ fills }) => fills === 'name')) return undefined;
  switch (statement.kind) {
    case 'CreateStmt':
      return readCreate(statement, fields);
    case 'AlterTableStmt':
      return fields.objtype === 'OBJECT_TABLE' ? readAlter(statement, fields) : undefined;
    case 'RenameStmt':
      return fields.renameType === 'OBJECT_COLUMN' && fields.relation
        ? {
            ...nothing(fields.relation),
            renamedColumn: { from: String(fields.subname ?? ''), to: String(fields.newname ?? '') },
          }
        : undefined;
    case 'IndexStmt':
      return { ...nothing(fields.relation), keys: [readIndex(statement, fields)] };
    case 'CreateTableAsStmt': {
      const into = fields.into as NodeFields | undefined;
      const creates = fields.objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table';
      return { ...nothing(into?.rel), creates, hasOtherColumns: true };
    }
    default:
      return undefined;
  }
}

function nothing(relation: unknown): TableFacts {
  return {
    table: asTable((relation ?? {}) as NodeFields),
    hasOtherColumns: false,
    columns: [],
    droppedColumns: [],
    droppedConstraints: [],
    notNull: [],
    nullable: [],
    types: new Map(),
    keys: [],
    foreignKeys: [],
    inherits: false,
    temporary: (relation as NodeFields | undefined)?.relpersistence === 't',
  };
}

function readCreate(statement: ParsedStatement, fields: NodeFields): TableFacts {
  const elements = list(fields.tableElts).flatMap(element => unwrap(element) ?? []);
  const columns = elements.filter(({ type }) => type === 'ColumnDef').map(({ fields: column }) => column);
  const constraints = elements.filter(({ type }) => type === 'Constraint').map(({ fields: constraint }) => constraint);
  const parents = list(fields.inhRelations).flatMap(fieldsOf);
  const spec = fields.partspec as NodeFields | undefined;
  const isPartition = fields.partbound !== undefined;
  const all = [...columns.flatMap(withColumn), ...constraints.map(constraint => ({ constraint, column: undefined }))];
  const keys = all.flatMap(({ constraint, column }) => readKey(constraint, column) ?? []);
  const primary = keys.filter(key => key.primary).flatMap(key => key.columns.flatMap(column => column ?? []));
  return {
    ...nothing(fields.relation),
    creates: 'table',
    hasOtherColumns:
      parents.length > 0 ||
      fields.ofTypename !== undefined ||
      elements.some(({ type }) => type === 'TableLikeClause') ||
      statement.placeholders.some(({ fills }) => fills === 'nothing'),
    columns: columns.map(readColumn),
    notNull: primary,
    keys,
    foreignKeys: all.flatMap(({ constraint, column }) => readForeignKey(constraint, column) ?? []),
    ...(spec && {
      partitionBy: list(spec.partParams).map(element => {
        const name = unwrap(element)?.fields.name;
        return typeof name === 'string' ? name : undefined;
      }),
    }),
    ...(parents[0] !== undefined && isPartition && { partitionOf: asTable(parents[0]) }),
    inherits: !isPartition && parents.length > 0,
  };
}

function readAlter(statement: ParsedStatement, fields: NodeFields): TableFacts {
  const facts = {
    columns: [] as TableColumn[],
    droppedColumns: [] as string[],
    droppedConstraints: [] as string[],
    notNull: [] as string[],
    nullable: [] as string[],
    types: new Map<string, string | undefined>(),
    keys: [] as TableKey[],
    foreignKeys: [] as TableForeignKey[],
  };
  const addConstraint = (constraint: NodeFields, column: string | undefined): void => {
    const key = readKey(constraint, column);
    const foreignKey = readForeignKey(constraint, column);
    if (key) facts.keys.push(key);
    if (key?.primary) facts.notNull.push(...key.columns.flatMap(name => name ?? []));
    if (foreignKey) facts.foreignKeys.push(foreignKey);
  };
  for (const item of list(fields.cmds)) {
    const command = unwrap(item)?.fields ?? {};
    const definition = unwrap(command.def)?.fields;
    const name = String(command.name ?? '');
    switch (command.subtype) {
      case 'AT_AddColumn':
        if (!definition) break;
        facts.columns.push(readColumn(definition));
        withColumn(definition).forEach(({ constraint, column }) => addConstraint(constraint, column));
        break;
      case 'AT_DropColumn':
        facts.droppedColumns.push(name);
        break;
      case 'AT_DropConstraint':
        facts.droppedConstraints.push(name);
        break;
      case 'AT_SetNotNull':
        facts.notNull.push(name);
        break;
      case 'AT_DropNotNull':
        facts.nullable.push(name);
        break;
      case 'AT_AlterColumnType':
        facts.types.set(name, typeOfNode(definition?.typeName as NodeFields | undefined));
        break;
      case 'AT_AddConstraint':
        if (definition) addConstraint(definition, undefined);
        break;
    }
  }
  return { ...nothing(fields.relation), ...facts };
}

function readColumn(fields: NodeFields): TableColumn {
  const typeName = fields.typeName as NodeFields | undefined;
  const constraints = list(fields.constraints).map(constraint => unwrap(constraint)?.fields.contype);
  return {
    name: String(fields.colname ?? ''),
    type: typeOfNode(typeName),
    notNull:
      isSerial(typeName) ||
      constraints.some(type => type === 'CONSTR_NOTNULL' || type === 'CONSTR_PRIMARY' || type === 'CONSTR_IDENTITY'),
  };
}

function withColumn(column: NodeFields): { readonly constraint: NodeFields; readonly column: string | undefined }[] {
  return list(column.constraints).flatMap(item => {
    const constraint = unwrap(item)?.fields;
    return constraint ? [{ constraint, column: String(column.colname ?? '') }] : [];
  });
}

function readKey(constraint: NodeFields, column: string | undefined): TableKey | undefined {
  if (constraint.contype === 'CONSTR_EXCLUSION') return readExclusion(constraint);
  const primary = constraint.contype === 'CONSTR_PRIMARY';
  if (!primary && constraint.contype !== 'CONSTR_UNIQUE') return undefined;
  const named = list(constraint.keys).flatMap(key => stringValue(key) ?? []);
  const columns = named.length > 0 ? named : column === undefined ? [] : [column];
  // USING INDEX: the index stands in its own statement.
  if (columns.length === 0) return undefined;
  return {
    ...(typeof constraint.conname === 'string' && { name: constraint.conname }),
    method: 'btree',
    unique: true,
    primary,
    constraint: true,
    columns,
    keys: columns,
    include: list(constraint.including).flatMap(key => stringValue(key) ?? []),
    nullsNotDistinct: constraint.nulls_not_distinct === true,
  };
}

/** The index behind EXCLUDE: not unique, but it finds rows by its columns. */
function readExclusion(constraint: NodeFields): TableKey {
  const columns = list(constraint.exclusions).map(item => {
    const name = unwrap(list(item)[0])?.fields.name;
    return typeof name === 'string' ? name : undefined;
  });
  return {
    ...(typeof constraint.conname === 'string' && { name: constraint.conname }),
    method: String(constraint.access_method ?? 'btree'),
    unique: false,
    primary: false,
    constraint: true,
    columns,
    keys: columns.map((column, i) => column ?? `? ${i}`),
    include: [],
    nullsNotDistinct: false,
  };
}

function readForeignKey(constraint: NodeFields, column: string | undefined): TableForeignKey | undefined {
  if (constraint.contype !== 'CONSTR_FOREIGN' || typeof constraint.pktable !== 'object') return undefined;
  const named = list(constraint.fk_attrs).flatMap(key => stringValue(key) ?? []);
  return {
    ...(typeof constraint.conname === 'string' && { name: constraint.conname }),
    columns: named.length > 0 ? named : column === undefined ? [] : [column],
    references: asTable(constraint.pktable as NodeFields),
    referenced: list(constraint.pk_attrs).flatMap(key => stringValue(key) ?? []),
  };
}

function readIndex(statement: ParsedStatement, fields: NodeFields): TableKey {
  const elements = list(fields.indexParams).flatMap(fieldsOf);
  const predicate = unwrap(fields.whereClause);
  return {
    ...(typeof fields.idxname === 'string' && { name: fields.idxname }),
    method: String(fields.accessMethod ?? 'btree'),
    unique: fields.unique === true,
    primary: false,
    constraint: false,
    columns: elements.map(({ name }) => (typeof name === 'string' ? name : undefined)),
    keys: elements.map(element => keyText(statement, element)),
    include: list(fields.indexIncludingParams).flatMap(element => {
      const name = unwrap(element)?.fields.name;
      return typeof name === 'string' ? [name] : [];
    }),
    ...(predicate && { predicate: nodeText(statement, predicate) }),
    nullsNotDistinct: fields.nulls_not_distinct === true,
  };
}

function keyText(statement: ParsedStatement, element: NodeFields): string {
  const expression = unwrap(element.expr);
  const parts = [typeof element.name === 'string' ? element.name : expression ? nodeText(statement, expression) : '?'];
  const names = (value: unknown): string => list(value).map(stringValue).join('.');
  if (element.collation) parts.push(`collate ${names(element.collation)}`);
  if (element.opclass) parts.push(names(element.opclass));
  if (element.opclassopts) parts.push('(options)');
  const descending = element.ordering === 'SORTBY_DESC';
  if (descending) parts.push('desc');
  const nullsFirst =
    element.nulls_ordering === 'SORTBY_NULLS_DEFAULT' ? descending : element.nulls_ordering === 'SORTBY_NULLS_FIRST';
  if (nullsFirst !== descending) parts.push(nullsFirst ? 'nulls first' : 'nulls last');
  return parts.join(' ');
}

let unknowns = 0;

function nodeText(statement: ParsedStatement, node: { readonly type: string; readonly fields: object }): string {
  const range = statement.rangeOf(node.type, node.fields);
  // A text that equals no other: what could not be read is never the same.
  return range ? comparableText(statement.text.slice(range.start, range.end)) : `? ${unknowns++}`;
}

function fieldsOf(node: unknown): NodeFields[] {
  const fields = unwrap(node)?.fields;
  return fields ? [fields] : [];
}

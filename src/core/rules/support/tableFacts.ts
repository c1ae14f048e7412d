import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { isSerial, typeOfNode } from './dataTypes';
import { asTable, list } from './expressions';
import type { TableName } from './expressions';
import { readForeignKey, readIndex, readKey } from './tableKeys';
import type { TableForeignKey, TableKey } from './tableKeys';

export type { TableForeignKey, TableKey } from './tableKeys';

/** A column as a statement defines it. */
export interface TableColumn {
  readonly name: string;
  /** PostgreSQL's internal name, `int8`; undefined if nobody said. */
  readonly type: string | undefined;
  readonly notNull: boolean;
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

function fieldsOf(node: unknown): NodeFields[] {
  const fields = unwrap(node)?.fields;
  return fields ? [fields] : [];
}

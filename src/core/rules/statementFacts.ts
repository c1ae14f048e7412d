import { PatternList } from '../sql/patternList';
import type { ParsedStatement } from '../sql/statement';
import { unwrap } from '../sql/walk';
import type { NodeFields } from './nodeIndex';
import { asTable, list, stringConstant, stringValue } from './support/expressions';
import type { TableName } from './support/expressions';
import { isAtLeast, locksOf } from './support/tableLocks';

/** An index some statement of the file creates, as far as a rule needs it. */
export interface FileIndex {
  readonly schema?: string;
  readonly table: string;
  readonly name?: string;
  readonly unique: boolean;
  /** Plain key columns in order; an expression is `undefined`. */
  readonly keys: readonly (string | undefined)[];
  readonly partial: boolean;
}

/** A setting some statement of the file gives a value. RESET gives it the empty text. */
export interface FileSetting {
  readonly name: string;
  /** As written, strings without quotes. */
  readonly value: string;
  /** It ends with the transaction. */
  readonly local: boolean;
}

/** What a statement means for the others of its file. */
export interface StatementFacts {
  /** Bare names of the objects it defines, changes, drops or hangs something on. */
  readonly names: readonly string[];
  /** Tables and materialized views it makes. */
  readonly creates?: readonly TableName[];
  /** It gives a table another name. */
  readonly renames?: { readonly from: TableName; readonly to: TableName };
  readonly index?: FileIndex;
  readonly setting?: FileSetting;
  /** `chains` ends one transaction and begins the next. */
  readonly transaction?: 'begins' | 'ends' | 'chains';
  /** Tables it keeps others from writing to or reading, for however short a time. */
  readonly locks?: readonly TableName[];
  /** It changes the schema, or it is an UPDATE or a DELETE. */
  readonly changes: boolean;
  /** Table of an INSERT with one row of VALUES. */
  readonly insertsOneRowInto?: string;
}

declare module '../sql/statement' {
  interface StatementNotes {
    /** Null if there are none. */
    facts?: StatementFacts | null;
  }
}

/** Facts about one statement; undefined for a SELECT and others that mean nothing to their neighbours. */
export function readStatementFacts(statement: ParsedStatement): StatementFacts | undefined {
  const { notes } = statement;
  if (notes.facts === undefined) {
    const facts = factsAsLike(statement);
    notes.facts = facts === undefined ? (read(statement) ?? null) : facts;
  }
  return notes.facts ?? undefined;
}

/** Those of a statement it is like; undefined if it is like none, or reading them showed where the two differ. */
function factsAsLike(statement: ParsedStatement): StatementFacts | null | undefined {
  const { like } = statement;
  if (!like) return undefined;
  const facts = readStatementFacts(like.statement) ?? null;
  return statement.like ? facts : undefined;
}

const SILENT: ReadonlySet<string> = new Set(['ExplainStmt', 'VariableShowStmt', 'CallStmt', 'DoStmt']);
const NO_SCHEMA_CHANGE: ReadonlySet<string> = new Set([
  'InsertStmt',
  'MergeStmt',
  'CopyStmt',
  'VacuumStmt',
  'VariableSetStmt',
  'TransactionStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'ListenStmt',
  'NotifyStmt',
  'UnlistenStmt',
  'CheckPointStmt',
  'DiscardStmt',
  'LoadStmt',
]);

function read(statement: ParsedStatement): StatementFacts | undefined {
  const { kind, tree } = statement;
  if (tree === undefined || kind === undefined) return undefined;
  if (kind === 'DoStmt' && makesPartitions(statement)) return { names: MAKING, changes: false };
  if (SILENT.has(kind)) return undefined;
  const fields = unwrap(tree)?.fields;
  if (fields === undefined) return undefined;
  if (kind === 'SelectStmt') return readSelect(fields);
  const isMaking = kind === 'CreateFunctionStmt' && makesPartitions(statement);
  const found = namesIn(kind, fields);
  const names = found.length === 0 && !isMaking ? found : [...new Set([...found, ...(isMaking ? MAKING : [])])];
  const changes = !NO_SCHEMA_CHANGE.has(kind);
  // DROP TABLE is mostly found in files that build everything anew, CREATE TABLE ... PARTITION OF has a rule of its own.
  const isBuilding = kind === 'CreateStmt' || (kind === 'DropStmt' && fields.removeType === 'OBJECT_TABLE');
  const wanted = isBuilding ? [] : locksOf(statement);
  const locks = wanted.flatMap(({ table, lock }) => (isAtLeast(lock, 'SHARE ROW EXCLUSIVE') ? table : []));
  const common = { names, changes, ...(locks.length > 0 && { locks }) };
  switch (kind) {
    case 'CreateStmt':
      return { ...common, ...created(fields.relation) };
    case 'CreateForeignTableStmt':
      return { ...common, ...created((fields.base as NodeFields | undefined)?.relation) };
    case 'CreateTableAsStmt':
      return { ...common, ...created((fields.into as NodeFields | undefined)?.rel) };
    case 'CreateSchemaStmt': {
      const schema = typeof fields.schemaname === 'string' ? fields.schemaname : undefined;
      const tables = list(fields.schemaElts).flatMap(element => {
        const made = unwrap(element);
        return made?.type === 'CreateStmt' ? [{ ...asTable(made.fields.relation as NodeFields), schema }] : [];
      });
      return { ...common, ...(tables.length > 0 && { creates: tables }) };
    }
    case 'RenameStmt':
      return { ...common, ...renamed(fields) };
    case 'IndexStmt': {
      const index = readIndex(fields);
      return { ...common, ...(index && { index }) };
    }
    case 'VariableSetStmt': {
      const value = list(fields.args).map(settingText).join(', ');
      const name = String(fields.name ?? '').toLowerCase();
      return { ...common, setting: { name, value, local: fields.is_local === true } };
    }
    case 'TransactionStmt': {
      const transaction = fields.chain === true ? 'chains' : TRANSACTION[String(fields.kind)];
      return transaction && { ...common, transaction };
    }
    case 'InsertStmt': {
      const values = list(unwrap(fields.selectStmt)?.fields.valuesLists);
      const table = nameOf(fields.relation);
      if (table === undefined || values.length > 1) return undefined;
      return values.length === 1
        ? { names: [], changes, insertsOneRowInto: table }
        : { names: [fillTopic(table)], changes };
    }
    default:
      return names.length > 0 || changes ? common : undefined;
  }
}

/** A SELECT means something to its neighbours if it makes a table or sets a setting. */
function readSelect(fields: NodeFields): StatementFacts | undefined {
  const into = (fields.intoClause as NodeFields | undefined)?.rel;
  if (into) return { names: [nameOf(into)].filter(name => name !== undefined), changes: true, ...created(into) };
  const targets = list(fields.targetList);
  const call = targets.length === 1 ? unwrap(unwrap(targets[0])?.fields.val) : undefined;
  const called = call?.type === 'FuncCall' ? stringValue(list(call.fields.funcname).at(-1)) : undefined;
  if (call === undefined || called === undefined) return undefined;
  // TimescaleDB's way of partitioning: about the table, though it looks like a query.
  if (called === 'create_hypertable') {
    const table = stringConstant(list(call.fields.args)[0])?.split('.').at(-1);
    return table === undefined ? undefined : { names: [table], changes: true };
  }
  if (called === 'create_parent' || called === 'run_maintenance') return { names: MAKING, changes: false };
  if (called !== 'set_config') return undefined;
  const [name, value, local] = list(call.fields.args);
  const setting = stringConstant(name);
  if (setting === undefined) return undefined;
  const isLocal = (unwrap(local)?.fields.boolval as NodeFields | undefined)?.boolval === true;
  return {
    names: [],
    changes: false,
    setting: { name: setting.toLowerCase(), value: stringConstant(value) ?? '', local: isLocal },
  };
}

function renamed(fields: NodeFields): Pick<StatementFacts, 'renames'> {
  if (fields.renameType !== 'OBJECT_TABLE' || !fields.relation || typeof fields.newname !== 'string') return {};
  const from = asTable(fields.relation as NodeFields);
  return { renames: { from, to: { schema: from.schema, name: fields.newname } } };
}

const TRANSACTION: Readonly<Record<string, 'begins' | 'ends'>> = {
  TRANS_STMT_BEGIN: 'begins',
  TRANS_STMT_START: 'begins',
  TRANS_STMT_COMMIT: 'ends',
  TRANS_STMT_ROLLBACK: 'ends',
  TRANS_STMT_PREPARE: 'ends',
};

/** Fields in which the statements of the grammar keep the name of what they are about. */
const NAME_FIELDS = [
  'newname',
  'schemaname',
  'idxname',
  'trigname',
  'policy_name',
  'conname',
  'defnames',
  'funcname',
  'typeName',
  'domainname',
  'extname',
] as const;
const RELATION_FIELDS = ['typevar', 'relation', 'view', 'sequence', 'table'] as const;

/** Name under which INSERT ... SELECT into a table is listed; the blank keeps it apart from the names of objects. */
export function fillTopic(table: string): string {
  return ` fill ${table}`;
}

/**
 * Name under which what makes, attaches or detaches partitions of a table is listed, and what makes or drops the table
 * itself: there they begin anew.
 */
export function partitionTopic(table: string): string {
  return ` partition of ${table}`;
}

/** Text of a body, or a query, that makes partitions by names it puts together. */
const MAKES_PARTITIONS = new PatternList([
  /\bpartition\s+of\b|\battach\s+partition\b|\bcreate_parent\b|\brun_maintenance/i,
]);
/** Name under which such statements are listed. */
export const MAKES_PARTITIONS_TOPIC = ' makes partitions';
const MAKING: readonly string[] = [MAKES_PARTITIONS_TOPIC];

function namesIn(kind: string, fields: NodeFields): string[] {
  if (kind === 'InsertStmt' || kind === 'UpdateStmt' || kind === 'DeleteStmt' || kind === 'MergeStmt') return [];
  const names: (string | undefined)[] = [];
  for (const field of RELATION_FIELDS) names.push(nameOf(fields[field]));
  names.push(nameOf((fields.into as NodeFields | undefined)?.rel));
  for (const field of NAME_FIELDS) {
    const value = fields[field];
    names.push(typeof value === 'string' ? value : lastName(value));
  }
  const parent = fields.partbound === undefined ? undefined : nameOf(unwrap(list(fields.inhRelations)[0])?.fields);
  if (parent !== undefined) names.push(partitionTopic(parent));
  const partitioned = fields.partspec === undefined ? undefined : nameOf(fields.relation);
  if (partitioned !== undefined) names.push(partitionTopic(partitioned));
  // The partition that is attached or detached.
  for (const command of list(fields.cmds)) {
    const partition = nameOf(unwrap(unwrap(command)?.fields.def)?.fields.name);
    const table = partition === undefined ? undefined : nameOf(fields.relation);
    names.push(partition, table === undefined ? undefined : partitionTopic(table));
  }
  // DROP lists names, RENAME and COMMENT name one, VACUUM and TRUNCATE list relations.
  const dropsTables = kind === 'DropStmt' && fields.removeType === 'OBJECT_TABLE';
  for (const object of list(fields.objects)) {
    const name = lastName(object);
    names.push(name, dropsTables && name !== undefined ? partitionTopic(name) : undefined);
  }
  names.push(lastName(fields.object));
  for (const item of [...list(fields.rels), ...list(fields.relations)]) {
    const node = unwrap(item);
    names.push(nameOf(node?.type === 'VacuumRelation' ? node.fields.relation : (node?.fields ?? item)));
  }
  return names.filter(name => name !== undefined);
}

/** The last part of a (qualified) name: a list of strings, a `List`, a type name or a function with its arguments. */
function lastName(value: unknown): string | undefined {
  const single = stringValue(value);
  if (single !== undefined) return single;
  const parts = list(value).map(stringValue);
  if (parts.length > 0) return parts.at(-1);
  const node = unwrap(value);
  return node ? lastName(node.fields.objname ?? node.fields.names) : undefined;
}

function nameOf(relation: unknown): string | undefined {
  const name = (relation as NodeFields | undefined)?.relname;
  return typeof name === 'string' ? name : undefined;
}

function created(relation: unknown): Pick<StatementFacts, 'creates'> {
  return nameOf(relation) === undefined ? {} : { creates: [asTable(relation as NodeFields)] };
}

function readIndex(fields: NodeFields): FileIndex | undefined {
  const relation = fields.relation as NodeFields | undefined;
  if (typeof relation?.relname !== 'string') return undefined;
  return {
    schema: typeof relation.schemaname === 'string' ? relation.schemaname : undefined,
    table: relation.relname,
    ...(typeof fields.idxname === 'string' && { name: fields.idxname }),
    unique: fields.unique === true,
    keys: list(fields.indexParams).map(parameter => {
      const name = unwrap(parameter)?.fields.name;
      return typeof name === 'string' ? name : undefined;
    }),
    partial: fields.whereClause !== undefined,
  };
}

function makesPartitions(statement: ParsedStatement): boolean {
  return statement.mentions(MAKES_PARTITIONS)[0] === true;
}

function settingText(argument: unknown): string {
  const constant = unwrap(argument)?.fields as Record<string, NodeFields | undefined> | undefined;
  const value = constant?.sval?.sval ?? constant?.ival?.ival ?? constant?.fval?.fval ?? constant?.boolval?.boolval;
  return value === undefined ? (constant?.ival ? '0' : '') : String(value);
}

import type { ParsedStatement } from '../sql/statement';
import { unwrap } from '../sql/walk';
import type { NodeFields } from './nodeIndex';
import { list, stringValue } from './support/expressions';

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

/** What a statement means for the others of its file. */
export interface StatementFacts {
  /** Bare names of the objects it defines, changes, drops or hangs something on. */
  readonly names: readonly string[];
  /** A table or materialized view it makes. */
  readonly creates?: { readonly name: string; readonly schema: string | undefined };
  readonly index?: FileIndex;
  readonly setting?: { readonly name: string; readonly value: string };
  readonly transaction?: 'begins' | 'ends';
  /** It changes the schema, or it is an UPDATE or a DELETE. */
  readonly changes: boolean;
  /** Table of an INSERT with one row of VALUES. */
  readonly insertsOneRowInto?: string;
}

/** Kept by statement and not by tree: trees are dropped and made again. */
const known = new WeakMap<ParsedStatement, StatementFacts | null>();

/** Facts about one statement; undefined for a SELECT and others that mean nothing to their neighbours. */
export function readStatementFacts(statement: ParsedStatement): StatementFacts | undefined {
  const kept = known.get(statement);
  if (kept !== undefined) return kept ?? undefined;
  const facts = read(statement);
  known.set(statement, facts ?? null);
  return facts;
}

const SILENT: ReadonlySet<string> = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt', 'CallStmt', 'DoStmt']);
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

function read({ kind, tree }: ParsedStatement): StatementFacts | undefined {
  if (tree === undefined || kind === undefined || SILENT.has(kind)) return undefined;
  const fields = unwrap(tree)?.fields;
  if (fields === undefined) return undefined;
  const names = [...new Set(namesIn(kind, fields))];
  const changes = !NO_SCHEMA_CHANGE.has(kind);
  switch (kind) {
    case 'CreateStmt':
      return { names, changes, ...created(fields.relation) };
    case 'CreateTableAsStmt':
      return { names, changes, ...created((fields.into as NodeFields | undefined)?.rel) };
    case 'IndexStmt': {
      const index = readIndex(fields);
      return { names, changes, ...(index && { index }) };
    }
    case 'VariableSetStmt': {
      const value = list(fields.args).map(settingText).join(', ');
      return { names, changes, setting: { name: String(fields.name ?? '').toLowerCase(), value } };
    }
    case 'TransactionStmt': {
      const transaction = TRANSACTION[String(fields.kind)];
      return transaction && { names, changes, transaction };
    }
    case 'InsertStmt': {
      const values = list(unwrap(fields.selectStmt)?.fields.valuesLists);
      const table = nameOf(fields.relation);
      return values.length === 1 && table !== undefined ? { names: [], changes, insertsOneRowInto: table } : undefined;
    }
    default:
      return names.length > 0 || changes ? { names, changes } : undefined;
  }
}

const TRANSACTION: Readonly<Record<string, 'begins' | 'ends'>> = {
  TRANS_STMT_BEGIN: 'begins',
  TRANS_STMT_START: 'begins',
  TRANS_STMT_COMMIT: 'ends',
  TRANS_STMT_ROLLBACK: 'ends',
  TRANS_STMT_PREPARE: 'ends',
};

/** Fields in which the statements of the grammar keep the name of what they are about. */
const NAME_FIELDS = ['idxname', 'trigname', 'policy_name', 'conname', 'defnames', 'funcname', 'typeName'] as const;
const RELATION_FIELDS = ['relation', 'view', 'sequence', 'table'] as const;

function namesIn(kind: string, fields: NodeFields): string[] {
  if (kind === 'InsertStmt' || kind === 'UpdateStmt' || kind === 'DeleteStmt' || kind === 'MergeStmt') return [];
  const names: (string | undefined)[] = [];
  for (const field of RELATION_FIELDS) names.push(nameOf(fields[field]));
  names.push(nameOf((fields.into as NodeFields | undefined)?.rel));
  for (const field of NAME_FIELDS) {
    const value = fields[field];
    names.push(typeof value === 'string' ? value : lastName(value));
  }
  // DROP lists names, RENAME and COMMENT name one, VACUUM and TRUNCATE list relations.
  for (const object of list(fields.objects)) names.push(lastName(object));
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
  const name = nameOf(relation);
  const schema = (relation as NodeFields | undefined)?.schemaname;
  return name === undefined ? {} : { creates: { name, schema: typeof schema === 'string' ? schema : undefined } };
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

function settingText(argument: unknown): string {
  const constant = unwrap(argument)?.fields as Record<string, NodeFields | undefined> | undefined;
  const value = constant?.sval?.sval ?? constant?.ival?.ival ?? constant?.fval?.fval ?? constant?.boolval?.boolval;
  return value === undefined ? (constant?.ival ? '0' : '') : String(value);
}

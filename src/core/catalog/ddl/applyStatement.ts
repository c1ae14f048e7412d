import { alterTable } from './alterTable';
import { alterPolicy, comment, createExtension, createPolicy, createStatistics, createTrigger } from './attachments';
import { createTableAs, createView } from './createAs';
import { createTable } from './createTable';
import type { DdlStatement, Fields } from './ddlStatement';
import { fieldsOf, namesOf, nodesOf, valueText } from './ddlStatement';
import { drop } from './drop';
import { createIndex } from './indexes';
import { rename, setSchema } from './renameStatement';
import { alterRoutine, createAggregate, createRoutine } from './routines';
import type { SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';
import { alterEnum, createComposite, createDomain, createEnum, createRange } from './types';

type Apply = (statement: DdlStatement, draft: SchemaDraft, fields: Fields) => void;

/** What each kind of statement does to the schema; all others are passed over. */
const STATEMENTS: Readonly<Record<string, Apply>> = {
  CreateStmt: createTable,
  CreateForeignTableStmt: (statement, draft, { base }) => {
    const table = fieldsOf(base);
    if (table) createTable(statement, draft, table, 'foreign table');
  },
  CreateTableAsStmt: createTableAs,
  ViewStmt: createView,
  SelectStmt: select,
  AlterTableStmt: alterTable,
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  DropStmt: drop,
  IndexStmt: createIndex,
  CreateSeqStmt: (_statement, draft, { sequence }) => draft.sequences.add(keyOf(draft.nameForNew(sequence))),
  CreateEnumStmt: createEnum,
  CreateRangeStmt: createRange,
  CreateDomainStmt: createDomain,
  CompositeTypeStmt: createComposite,
  AlterEnumStmt: (_statement, draft, fields) => alterEnum(draft, fields),
  CreateFunctionStmt: createRoutine,
  AlterFunctionStmt: alterRoutine,
  DefineStmt: (statement, draft, fields) => {
    if (fields['kind'] === 'OBJECT_AGGREGATE') createAggregate(statement, draft, fields);
  },
  CreateTrigStmt: createTrigger,
  CreatePolicyStmt: createPolicy,
  AlterPolicyStmt: alterPolicy,
  CreateStatsStmt: createStatistics,
  CreateExtensionStmt: (_statement, draft, fields) => createExtension(draft, fields),
  CommentStmt: comment,
  CreateSchemaStmt: createSchema,
  VariableSetStmt: (_statement, draft, fields) => setVariable(draft, fields),
  AlterDatabaseSetStmt: (_statement, draft, { setstmt }) => setDefault(draft, fieldsOf(setstmt)),
  AlterRoleSetStmt: (_statement, draft, { setstmt }) => setDefault(draft, fieldsOf(setstmt)),
};

/** Applies one statement of a schema file; one that is nested too deeply is passed over. */
export function applyStatement(statement: DdlStatement, draft: SchemaDraft, kind: string, fields: Fields): void {
  try {
    STATEMENTS[kind]?.(statement, draft, fields);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** True if a statement of this kind adds to the schema and takes nothing away. */
export function isAddition(kind: string, fields: Fields): boolean {
  if (kind === 'AlterTableStmt') {
    return nodesOf(fields['cmds']).every(({ fields: command }) =>
      /^AT_(?:Add|Attach|Set|Enable|Force|Validate|ColumnDefault)/.test(String(command['subtype'])),
    );
  }
  return /^(?:Create|CompositeType|View|Index)/.test(kind) || kind === 'AlterEnumStmt';
}

/** `SELECT INTO`, and the `set_config('search_path', ...)` of pg_dump. */
function select(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const { intoClause, ...query } = fields;
  if (intoClause !== undefined) {
    createTableAs(statement, draft, { into: intoClause, query: { SelectStmt: query } });
    return;
  }
  const [target] = nodesOf(fields['targetList']);
  const call = target && nodesOf(target.fields['val'])[0];
  if (call?.type !== 'FuncCall' || namesOf(call.fields['funcname']).at(-1) !== 'set_config') return;
  const [name, value] = nodesOf(call.fields['args']).map(({ type, fields: arg }) => valueText({ [type]: arg }));
  if (name?.toLowerCase() === 'search_path' && value !== undefined) draft.setSearchPath(schemasIn(value));
}

function setVariable(draft: SchemaDraft, fields: Fields): void {
  if (String(fields['name']).toLowerCase() !== 'search_path') return;
  draft.setSearchPath(fields['kind'] === 'VAR_SET_VALUE' ? settingValues(fields) : undefined);
}

/** `ALTER ROLE ... SET search_path` says where unqualified names are found later, not in this text. */
function setDefault(draft: SchemaDraft, fields: Fields | undefined): void {
  if (String(fields?.['name']).toLowerCase() !== 'search_path' || fields?.['kind'] !== 'VAR_SET_VALUE') return;
  const now = draft.searchPath;
  draft.setSearchPath(settingValues(fields));
  draft.searchPath = now;
}

function settingValues(fields: Fields): string[] {
  return nodesOf(fields['args']).flatMap(({ type, fields: value }) => valueText({ [type]: value }) ?? []);
}

function schemasIn(setting: string): string[] {
  return setting
    .split(',')
    .map(each => each.trim().replace(/^"(.*)"$/, '$1'))
    .filter(each => each !== '');
}

/** `CREATE SCHEMA` may create what is in it at once. */
function createSchema(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const schema = fields['schemaname'];
  if (typeof schema !== 'string') return;
  const before = draft.searchPath;
  draft.searchPath = [schema, ...before];
  for (const { type, fields: element } of nodesOf(fields['schemaElts'])) {
    applyStatement(statement, draft, type, element);
  }
  draft.searchPath = before;
}

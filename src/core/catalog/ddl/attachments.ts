import { quoteIdentifier } from '../../sql/identifiers';
import type { Policy, Trigger } from '../catalog';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, fieldsOf, namesOf, nodesOf, optionsOf, textField, valueText } from './ddlStatement';
import { chooseRelationName, joinColumnNames } from './objectNames';
import { changeRoutine } from './routines';
import type { SchemaDraft } from './schemaDraft';
import { without } from './without';

/** `CREATE TRIGGER`. */
export function createTrigger(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const trigger: Trigger = {
    name: String(fields['trigname'] ?? ''),
    function: namesOf(fields['funcname']).at(-1) ?? '',
    definition: statement.text,
  };
  draft.update(draft.nameOf(fields['relation']), relation => ({
    ...relation,
    triggers: [...(relation.triggers ?? []).filter(({ name }) => name !== trigger.name), trigger],
  }));
}

const COMMANDS: readonly Policy['command'][] = ['all', 'select', 'insert', 'update', 'delete'];

/** `CREATE POLICY`. */
export function createPolicy(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const policy: Policy = {
    name: String(fields['policy_name'] ?? ''),
    command: COMMANDS.find(command => command === fields['cmd_name']) ?? 'all',
    permissive: fields['permissive'] === true,
    ...readPolicyParts(statement, fields),
  };
  draft.update(draft.nameOf(fields['table']), relation => ({
    ...relation,
    policies: [...(relation.policies ?? []), policy],
  }));
}

/** `ALTER POLICY`: what it does not name stays. */
export function alterPolicy(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const { roles, ...expressions } = readPolicyParts(statement, fields);
  const changes = nodesOf(fields['roles']).length > 0 ? { roles, ...expressions } : expressions;
  draft.update(draft.nameOf(fields['table']), relation => ({
    ...relation,
    policies: (relation.policies ?? []).map(each =>
      each.name === fields['policy_name'] ? { ...each, ...changes } : each,
    ),
  }));
}

function readPolicyParts(statement: DdlStatement, fields: Fields): Pick<Policy, 'roles' | 'using' | 'check'> {
  const using = expressionText(statement, fields['qual']);
  const check = expressionText(statement, fields['with_check']);
  const roles = nodesOf(fields['roles']).map(({ fields: role }) => textField(role, 'rolename') ?? roleOf(role));
  return {
    roles: roles.length > 0 ? roles : ['public'],
    ...(using !== undefined && { using }),
    ...(check !== undefined && { check }),
  };
}

function roleOf({ roletype }: Fields): string {
  return String(roletype ?? 'public')
    .replace(/^ROLESPEC_/, '')
    .toLowerCase();
}

/** `CREATE STATISTICS`. */
export function createStatistics(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const [target] = nodesOf(fields['relations']);
  const table = target && draft.get(draft.nameOf(target.fields));
  if (!table) return;
  const columns = nodesOf(fields['exprs']).map(({ fields: element }) => {
    const name = textField(element, 'name');
    return name === undefined ? `(${expressionText(statement, element['expr']) ?? 'unknown'})` : quoteIdentifier(name);
  });
  const named = namesOf(fields['stat_types']);
  const nameParts = nodesOf(fields['exprs']).map(({ fields: element }) => textField(element, 'name') ?? 'expr');
  const name =
    namesOf(fields['defnames']).at(-1) ?? chooseRelationName(draft, table, joinColumnNames(nameParts), 'stat', false);
  // Over a single expression there is nothing but the expression's own statistics.
  const kinds = columns.length < 2 ? [] : named.length > 0 ? named : ['ndistinct', 'dependencies', 'mcv'];
  draft.update(table, relation => ({
    ...relation,
    extendedStatistics: [...(relation.extendedStatistics ?? []), { name, kinds, columns }],
  }));
}

/** `CREATE EXTENSION`; the version is empty unless the statement says it. */
export function createExtension(draft: SchemaDraft, fields: Fields): void {
  const name = String(fields['extname'] ?? '');
  const version = valueText(optionsOf(fields['options']).get('new_version')) ?? '';
  if (!draft.extensions.has(name)) draft.extensions.set(name, version);
}

const RELATIONS: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
]);
const ROUTINES: ReadonlySet<string> = new Set([
  'OBJECT_FUNCTION',
  'OBJECT_PROCEDURE',
  'OBJECT_ROUTINE',
  'OBJECT_AGGREGATE',
]);

/** `COMMENT ON`; a comment of NULL takes it away. */
export function comment(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const type = String(fields['objtype']);
  const text = textField(fields, 'comment');
  const withComment = <T extends { readonly comment?: string }>(object: T): T => {
    return (text === undefined ? without(object, 'comment') : { ...object, comment: text }) as T;
  };
  if (RELATIONS.has(type)) draft.update(draft.nameOfParts(namesOf(fields['object'])), withComment);
  else if (type === 'OBJECT_COLUMN') {
    const parts = namesOf(fields['object']);
    draft.update(draft.nameOfParts(parts.slice(0, -1)), relation => ({
      ...relation,
      columns: relation.columns.map(column => (column.name === parts.at(-1) ? withComment(column) : column)),
    }));
  } else if (ROUTINES.has(type)) changeRoutine(statement, draft, fieldsOf(fields['object']), withComment);
}

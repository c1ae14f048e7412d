import { unwrap } from '../../sql/walk';
import type { Column, Relation } from '../catalog';
import { readColumn, withDefault } from './columns';
import { addConstraints, addToTree, dropConstraint, dropReferencesTo, type ConstraintContext } from './constraints';
import { readOptions } from './createTable';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, fieldsOf, nodesOf, textField } from './ddlStatement';
import { attachIndex, inheritIndexes, setNotNull } from './indexes';
import { mentionsColumn } from './renames';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { isSameName, keyOf } from './schemaDraft';
import { formatTypeName } from './typeNames';
import { without } from './without';

/** `ALTER TABLE`, also of views, materialized views, indexes and composite types. */
export function alterTable(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const table = draft.nameOf(fields['relation']);
  const isOnly = fieldsOf(fields['relation'])?.['inh'] !== true;
  const commands = nodesOf(fields['cmds']).map(({ fields: command }) => command);
  if (fields['objtype'] === 'OBJECT_INDEX') {
    for (const command of commands) {
      const child = fieldsOf(fieldsOf(command['def'])?.['name']);
      if (command['subtype'] === 'AT_AttachPartition' && child) attachIndex(draft, table, draft.nameOf(child));
    }
    return;
  }
  if (fields['objtype'] === 'OBJECT_TYPE') {
    alterComposite(statement, draft, table, commands);
    return;
  }
  const context: ConstraintContext = { statement, draft, table, isNewTable: false, isOnly };
  for (const command of commands) COMMANDS[String(command['subtype'])]?.(context, command);
}

type Alter = (context: ConstraintContext, command: Fields) => void;

const changeColumn = (change: (column: Column, command: Fields, context: ConstraintContext) => Column): Alter => {
  const alter: Alter = (context, command) => {
    const { draft, table, isOnly } = context;
    const children = draft.childrenOf(table);
    draft.update(table, relation => ({
      ...relation,
      columns: relation.columns.map(column =>
        column.name === command['name'] ? change(column, command, context) : column,
      ),
    }));
    if (!isOnly) for (const child of children) alter({ ...context, table: child }, command);
  };
  return alter;
};

const change =
  (make: (relation: Relation, command: Fields, context: ConstraintContext) => Relation): Alter =>
  (context, command) =>
    context.draft.update(context.table, relation => make(relation, command, context));

const COMMANDS: Readonly<Record<string, Alter>> = {
  AT_AddColumn: (context, command) => addColumn(context, command),
  AT_DropColumn: ({ draft, table }, command) => dropColumn(draft, table, String(command['name'])),
  AT_AlterColumnType: changeColumn((column, command, { statement, draft }) => {
    const typeName = fieldsOf(fieldsOf(command['def'])?.['typeName']);
    return typeName ? { ...column, type: formatTypeName(statement, draft, typeName) } : column;
  }),
  AT_ColumnDefault: changeColumn((column, command, { statement }) =>
    withDefault(column, expressionText(statement, command['def'])),
  ),
  AT_SetNotNull: ({ draft, table }, command) => setNotNull(draft, table, [String(command['name'])]),
  AT_DropNotNull: changeColumn(column => ({ ...column, notNull: false })),
  AT_AddIdentity: changeColumn(column => ({ ...column, generated: 'identity' })),
  AT_DropIdentity: changeColumn(withoutGeneration),
  AT_DropExpression: changeColumn(column => withDefault(withoutGeneration(column), undefined)),
  AT_SetExpression: changeColumn((column, command, { statement }) =>
    withDefault(column, expressionText(statement, command['def'])),
  ),
  AT_AddConstraint: (context, command) => {
    const constraint = unwrap(command['def']);
    if (constraint?.type === 'Constraint') addConstraints(context, [{ fields: constraint.fields }]);
  },
  AT_DropConstraint: ({ draft, table }, command) => {
    const name = String(command['name']);
    if (command['behavior'] === 'DROP_CASCADE') dropReferencesTo(draft, table, name);
    dropConstraint(draft, table, name);
  },
  AT_ValidateConstraint: change((relation, command) => ({
    ...relation,
    constraints: relation.constraints.map(each =>
      each.name === command['name'] ? { ...each, validated: true } : each,
    ),
  })),
  AT_SetRelOptions: change((relation, command) => ({
    ...relation,
    options: { ...relation.options, ...readOptions(unwrap(command['def'])?.fields['items'] ?? command['def']) },
  })),
  AT_ResetRelOptions: change((relation, command) => {
    const reset = Object.keys(readOptions(unwrap(command['def'])?.fields['items'] ?? command['def']) ?? {});
    const kept = Object.entries(relation.options ?? {}).filter(([name]) => !reset.includes(name));
    return { ...relation, options: Object.fromEntries(kept) };
  }),
  AT_SetLogged: change(relation => ({ ...relation, unlogged: false })),
  AT_SetUnLogged: change(relation => ({ ...relation, unlogged: true })),
  AT_EnableRowSecurity: change(relation => ({
    ...relation,
    rowSecurity: relation.rowSecurity === 'forced' ? 'forced' : 'on',
  })),
  AT_DisableRowSecurity: change(relation => ({ ...relation, rowSecurity: 'off' })),
  AT_ForceRowSecurity: change(relation => ({ ...relation, rowSecurity: 'forced' })),
  AT_NoForceRowSecurity: change(relation => ({
    ...relation,
    rowSecurity: relation.rowSecurity === 'forced' ? 'on' : (relation.rowSecurity ?? 'off'),
  })),
  AT_AttachPartition: (context, command) => attachPartition(context, command),
  AT_DetachPartition: ({ draft, table }, command) => {
    const child = draft.nameOf(fieldsOf(fieldsOf(command['def'])?.['name']));
    draft.update(child, relation => withoutParent({ ...relation, isPartition: false }, table));
  },
  AT_AddInherit: ({ draft, table }, command) => {
    const parent = draft.nameOf(fieldsOf(command['def']));
    draft.update(table, relation => ({ ...relation, parents: [...(relation.parents ?? []), parent] }));
  },
  AT_DropInherit: ({ draft, table }, command) => {
    const parent = draft.nameOf(fieldsOf(command['def']));
    draft.update(table, relation => withoutParent(relation, parent));
  },
};

function withoutGeneration(column: Column): Column {
  return without(column, 'generated');
}

function withoutParent(relation: Relation, parent: QualifiedName): Relation {
  const parents = relation.parents?.filter(each => !isSameName(each, parent)) ?? [];
  return { ...without(relation, 'parents'), ...(parents.length > 0 && { parents }) };
}

function addColumn(context: ConstraintContext, command: Fields): void {
  const { statement, draft, table } = context;
  const definition = fieldsOf(command['def']);
  const relation = draft.get(table);
  if (!definition || !relation || relation.columns.some(({ name }) => name === definition['colname'])) return;
  const written = readColumn(statement, draft, table, definition);
  addToChildren(draft, table, written.column);
  addConstraints({ ...context, isNewTable: false }, written.constraints);
}

function addToChildren(draft: SchemaDraft, table: QualifiedName, column: Column): void {
  draft.update(table, relation =>
    relation.columns.some(({ name }) => name === column.name)
      ? relation
      : { ...relation, columns: [...relation.columns, column] },
  );
  for (const child of draft.childrenOf(table)) addToChildren(draft, child, column);
}

/** The column goes with every index and constraint that names it. */
export function dropColumn(draft: SchemaDraft, table: QualifiedName, name: string): void {
  const children = draft.childrenOf(table);
  draft.update(table, relation => {
    const gone = relation.constraints.filter(
      ({ kind, columns, expression }) =>
        columns.includes(name) || (kind === 'check' && mentionsColumn(expression, name)),
    );
    const goneNames = new Set(gone.map(constraint => constraint.name));
    return {
      ...relation,
      columns: relation.columns.filter(column => column.name !== name),
      constraints: relation.constraints.filter(constraint => !gone.includes(constraint)),
      indexes: relation.indexes.filter(
        index =>
          !goneNames.has(index.name) &&
          ![...index.keys, ...index.include, index.predicate].some(text => mentionsColumn(text, name)),
      ),
      ...(relation.extendedStatistics && {
        extendedStatistics: relation.extendedStatistics.filter(({ columns }) => !columns.includes(name)),
      }),
    };
  });
  for (const child of children) dropColumn(draft, child, name);
}

function attachPartition({ draft, table }: ConstraintContext, command: Fields): void {
  const child = draft.nameOf(fieldsOf(fieldsOf(command['def'])?.['name']));
  const parent = draft.get(table);
  if (!parent || !draft.get(child)) return;
  draft.update(child, relation => ({ ...relation, isPartition: true, parents: [table] }));
  for (const constraint of parent.constraints) {
    if (
      constraint.kind === 'foreign key' &&
      !hasForeignKey(draft.get(child), constraint.columns, constraint.references)
    ) {
      addToTree(draft, child, constraint, true);
    }
  }
  inheritIndexes(draft, parent, child);
  const keyColumns = parent.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? [];
  setNotNull(draft, child, keyColumns);
}

function hasForeignKey(
  relation: Relation | undefined,
  columns: readonly string[],
  references: Relation['constraints'][number]['references'],
): boolean {
  return (
    relation?.constraints.some(
      each =>
        each.kind === 'foreign key' &&
        each.columns.join() === columns.join() &&
        each.references?.schema === references?.schema &&
        each.references?.relation === references?.relation &&
        each.references?.columns.join() === references?.columns.join(),
    ) ?? false
  );
}

function alterComposite(
  statement: DdlStatement,
  draft: SchemaDraft,
  type: QualifiedName,
  commands: readonly Fields[],
): void {
  const key = keyOf(type);
  let columns = draft.composites.get(key);
  if (!columns) return;
  for (const command of commands) {
    const name = textField(command, 'name');
    const definition = fieldsOf(command['def']);
    const typeName = fieldsOf(definition?.['typeName']);
    if (command['subtype'] === 'AT_DropColumn') columns = columns.filter(column => column.name !== name);
    if (!definition || !typeName) continue;
    const formatted = formatTypeName(statement, draft, typeName);
    if (command['subtype'] === 'AT_AddColumn') {
      columns = [...columns, { name: String(definition['colname']), type: formatted, notNull: false }];
    } else if (command['subtype'] === 'AT_AlterColumnType') {
      columns = columns.map(column => (column.name === name ? { ...column, type: formatted } : column));
    }
  }
  draft.composites.set(key, columns);
}

import type { Relation } from '../catalog';
import type { DdlStatement, Fields } from './ddlStatement';
import { fieldsOf, namesOf, textField } from './ddlStatement';
import { moveRelation, renameColumn, renameIndex } from './renames';
import { changeRoutine } from './routines';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';
import { moveType } from './types';

/** `ALTER ... RENAME`. */
export function rename(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const to = textField(fields, 'newname') ?? '';
  const from = textField(fields, 'subname') ?? '';
  switch (fields['renameType']) {
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_FOREIGN_TABLE':
    case 'OBJECT_INDEX':
    case 'OBJECT_SEQUENCE':
      return renameNamed(draft, draft.nameOf(fields['relation']), to);
    case 'OBJECT_COLUMN':
      return renameColumn(draft, draft.nameOf(fields['relation']), from, to);
    case 'OBJECT_TABCONSTRAINT':
      return renameConstraint(draft, draft.nameOf(fields['relation']), from, to);
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
      return draft.update(draft.nameOf(fields['relation']), relation => withMemberRenamed(relation, from, to));
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const type = draft.typeNamed(namesOf(fields['object']));
      if (type) moveType(draft, type, { ...type, name: to });
      return;
    }
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return changeRoutine(statement, draft, fieldsOf(fields['object']), routine => ({ ...routine, name: to }));
    case 'OBJECT_SCHEMA':
      return renameSchema(draft, from, to);
    default:
  }
}

/** `ALTER TABLE` renames indexes too, as they share their names with tables. */
function renameNamed(draft: SchemaDraft, from: QualifiedName, to: string): void {
  if (draft.get(from)) moveRelation(draft, from, { schema: from.schema, name: to });
  else if (draft.sequences.delete(keyOf(from))) draft.sequences.add(keyOf({ schema: from.schema, name: to }));
  else renameIndex(draft, from, to);
}

function renameConstraint(draft: SchemaDraft, table: QualifiedName, from: string, to: string): void {
  const relation = draft.get(table);
  const constraint = relation?.constraints.find(({ name }) => name === from);
  if (!relation || !constraint) return;
  if (constraint.kind !== 'foreign key' && constraint.kind !== 'check') {
    renameIndex(draft, { schema: relation.schema, name: from }, to);
    return;
  }
  const children = draft.childrenOf(relation);
  draft.set({
    ...relation,
    constraints: relation.constraints.map(each => (each === constraint ? { ...each, name: to } : each)),
  });
  for (const child of children) renameConstraint(draft, child, from, to);
}

function withMemberRenamed(relation: Relation, from: string, to: string): Relation {
  const renamed = <T extends { readonly name: string }>(each: T): T =>
    each.name === from ? { ...each, name: to } : each;
  return {
    ...relation,
    ...(relation.triggers && { triggers: relation.triggers.map(renamed) }),
    ...(relation.policies && { policies: relation.policies.map(renamed) }),
  };
}

function renameSchema(draft: SchemaDraft, from: string, to: string): void {
  for (const relation of [...draft.relations()]) {
    if (relation.schema === from) moveRelation(draft, relation, { schema: to, name: relation.name });
  }
  for (const type of [...draft.types.values()]) {
    if (type.schema === from) moveType(draft, type, { schema: to, name: type.name });
  }
  draft.routines = draft.routines.map(routine => (routine.schema === from ? { ...routine, schema: to } : routine));
}

/** `ALTER ... SET SCHEMA`. */
export function setSchema(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const schema = textField(fields, 'newschema') ?? '';
  const object = fieldsOf(fields['object']);
  switch (fields['objectType']) {
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_FOREIGN_TABLE': {
      const name = draft.nameOf(fields['relation']);
      return moveRelation(draft, name, { schema, name: name.name });
    }
    case 'OBJECT_SEQUENCE': {
      const name = draft.nameOf(fields['relation']);
      if (draft.sequences.delete(keyOf(name))) draft.sequences.add(keyOf({ schema, name: name.name }));
      return;
    }
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const type = draft.typeNamed(namesOf(fields['object']));
      if (type) moveType(draft, type, { schema, name: type.name });
      return;
    }
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return changeRoutine(statement, draft, object, routine => ({ ...routine, schema }));
    default:
  }
}

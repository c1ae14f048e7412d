import type { UserType } from '../catalog';
import { readColumn } from './columns';
import type { DdlStatement, Fields } from './ddlStatement';
import { fieldsOf, namesOf, nodesOf, placeOf, placeOfName, textField } from './ddlStatement';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';
import { formatTypeName } from './typeNames';

export function createEnum(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  addType(statement, draft, fields['typeName'], { kind: 'enum', labels: namesOf(fields['vals']) });
}

export function createRange(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  addType(statement, draft, fields['typeName'], { kind: 'range' });
}

export function createDomain(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const baseType = formatTypeName(statement, draft, fieldsOf(fields['typeName']) ?? {});
  addType(statement, draft, fields['domainname'], { kind: 'domain', baseType });
}

export function createComposite(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const name = draft.nameForNew(fields['typevar']);
  if (draft.isNameTaken(name)) return;
  const columns = nodesOf(fields['coldeflist']).map(
    ({ fields: definition }) => readColumn(statement, draft, name, definition).column,
  );
  draft.composites.set(keyOf(name), columns);
  draft.types.set(keyOf(name), {
    ...name,
    kind: 'composite',
    ...placeOf(statement, 'RangeVar', fieldsOf(fields['typevar']) ?? {}),
  });
}

function addType(
  statement: DdlStatement,
  draft: SchemaDraft,
  names: unknown,
  type: Pick<UserType, 'kind' | 'labels' | 'baseType'>,
): void {
  const parts = namesOf(names);
  const name = draft.qualifyNew(parts.at(-2), parts.at(-1) ?? '');
  if (draft.types.has(keyOf(name))) return;
  draft.types.set(keyOf(name), { ...name, ...type, ...placeOfName(statement, name.name) });
}

/** `ALTER TYPE ... ADD VALUE` and `RENAME VALUE`. */
export function alterEnum(draft: SchemaDraft, fields: Fields): void {
  const name = draft.typeNamed(namesOf(fields['typeName']));
  const type = name && draft.types.get(keyOf(name));
  const value = textField(fields, 'newVal');
  if (!type?.labels || value === undefined) return;
  const renamed = textField(fields, 'oldVal');
  if (renamed !== undefined) {
    const labels = type.labels.map(label => (label === renamed ? value : label));
    draft.types.set(keyOf(type), { ...type, labels });
    return;
  }
  if (type.labels.includes(value)) return;
  const neighbour = textField(fields, 'newValNeighbor');
  const at = neighbour === undefined ? -1 : type.labels.indexOf(neighbour);
  const place = at < 0 ? type.labels.length : fields['newValIsAfter'] === true ? at + 1 : at;
  const labels = [...type.labels.slice(0, place), value, ...type.labels.slice(place)];
  draft.types.set(keyOf(type), { ...type, labels });
}

/** Gives a type another name or schema; columns of that type follow. */
export function moveType(draft: SchemaDraft, from: QualifiedName, to: QualifiedName): void {
  const type = draft.types.get(keyOf(from));
  if (!type) return;
  const before = draft.printName(from);
  const after = draft.printName(to);
  draft.types.delete(keyOf(from));
  draft.types.set(keyOf(to), { ...type, ...to });
  const columns = draft.composites.get(keyOf(from));
  if (columns) {
    draft.composites.delete(keyOf(from));
    draft.composites.set(keyOf(to), columns);
  }
  const rename = (text: string): string => (text === before ? after : text === `${before}[]` ? `${after}[]` : text);
  for (const relation of [...draft.relations()]) {
    if (relation.columns.every(column => rename(column.type) === column.type)) continue;
    draft.set({ ...relation, columns: relation.columns.map(each => ({ ...each, type: rename(each.type) })) });
  }
}

/** Drops a type; with CASCADE the columns of that type go too. */
export function dropType(draft: SchemaDraft, name: QualifiedName): readonly [QualifiedName, string][] {
  const printed = draft.printName(name);
  draft.types.delete(keyOf(name));
  draft.composites.delete(keyOf(name));
  return [...draft.relations()].flatMap(relation =>
    relation.columns
      .filter(({ type }) => type === printed || type === `${printed}[]`)
      .map((column): [QualifiedName, string] => [relation, column.name]),
  );
}

import { dropColumn } from './alterTable';
import { dropConstraint } from './constraints';
import type { DdlStatement, Fields } from './ddlStatement';
import { fieldsOf, namesOf, nodesOf } from './ddlStatement';
import { changeRoutine, dropRoutinesOf } from './routines';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';
import { dropType } from './types';

/** `DROP` of anything the catalog knows. */
export function drop(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const cascades = fields['behavior'] === 'DROP_CASCADE';
  const dropOne = DROPPED[String(fields['removeType'])];
  if (!dropOne) return;
  for (const { type, fields: object } of nodesOf(fields['objects'])) {
    const node = { [type]: object };
    dropOne({ statement, draft, parts: namesOf([node]), object: fieldsOf(node) ?? {}, cascades });
  }
}

interface Dropping {
  readonly statement: DdlStatement;
  readonly draft: SchemaDraft;
  /** The parts of its name. */
  readonly parts: readonly string[];
  readonly object: Fields;
  readonly cascades: boolean;
}

type Drop = (dropping: Dropping) => void;

const relation: Drop = ({ draft, parts, cascades }) => dropRelation(draft, draft.nameOfParts(parts), cascades);
const routine: Drop = ({ statement, draft, object }) => changeRoutine(statement, draft, object, () => undefined);
const type: Drop = ({ draft, parts, cascades }) => {
  const name = draft.typeNamed(parts);
  if (!name) return;
  const columns = dropType(draft, name);
  if (cascades) for (const [table, column] of columns) dropColumn(draft, table, column);
};

const DROPPED: Readonly<Record<string, Drop>> = {
  OBJECT_TABLE: relation,
  OBJECT_VIEW: relation,
  OBJECT_MATVIEW: relation,
  OBJECT_FOREIGN_TABLE: relation,
  OBJECT_INDEX: ({ draft, parts }) => {
    const name = draft.nameOfParts(parts);
    const owner = draft.ownerOfIndex(name);
    if (owner) dropIndex(draft, owner, name);
  },
  OBJECT_SEQUENCE: ({ draft, parts }) => draft.sequences.delete(keyOf(draft.nameOfParts(parts))),
  OBJECT_SCHEMA: ({ draft, parts }) => dropSchema(draft, parts[0] ?? ''),
  OBJECT_TYPE: type,
  OBJECT_DOMAIN: type,
  OBJECT_FUNCTION: routine,
  OBJECT_PROCEDURE: routine,
  OBJECT_ROUTINE: routine,
  OBJECT_AGGREGATE: routine,
  OBJECT_EXTENSION: ({ draft, parts }) => draft.extensions.delete(parts[0] ?? ''),
  OBJECT_TRIGGER: ({ draft, parts }) =>
    draft.update(draft.nameOfParts(parts.slice(0, -1)), each => ({
      ...each,
      triggers: each.triggers?.filter(({ name }) => name !== parts.at(-1)) ?? [],
    })),
  OBJECT_POLICY: ({ draft, parts }) =>
    draft.update(draft.nameOfParts(parts.slice(0, -1)), each => ({
      ...each,
      policies: each.policies?.filter(({ name }) => name !== parts.at(-1)) ?? [],
    })),
  OBJECT_STATISTIC_EXT: ({ draft, parts }) => {
    const name = parts.at(-1);
    for (const each of [...draft.relations()]) {
      const kept = each.extendedStatistics?.filter(statistics => statistics.name !== name);
      if (kept && kept.length !== each.extendedStatistics?.length) draft.set({ ...each, extendedStatistics: kept });
    }
  },
};

/** A table goes with its partitions; with CASCADE what refers to it goes too. */
function dropRelation(draft: SchemaDraft, name: QualifiedName, cascades: boolean): void {
  const dropped = draft.get(name);
  if (!dropped) return;
  for (const child of draft.childrenOf(name)) {
    if (child.isPartition || cascades) dropRelation(draft, child, cascades);
  }
  draft.delete(name);
  if (!cascades) return;
  for (const [view, reads] of [...draft.readBy]) {
    const [schema = '', viewName = ''] = view.split('\0');
    if (reads.has(keyOf(name))) dropRelation(draft, { schema, name: viewName }, true);
  }
  for (const other of [...draft.relations()]) {
    for (const { name: constraint, references } of other.constraints) {
      if (references?.relation === name.name && references.schema === name.schema) {
        dropConstraint(draft, other, constraint);
      }
    }
  }
}

function dropIndex(draft: SchemaDraft, table: QualifiedName, index: QualifiedName): void {
  const children = draft.childrenOf(table);
  const attached = draft.attached.get(keyOf(index));
  draft.update(table, each => ({ ...each, indexes: each.indexes.filter(({ name }) => name !== index.name) }));
  for (const child of children) {
    for (const { name } of child.indexes) {
      const own = { schema: child.schema, name };
      if (attached?.has(keyOf(own))) dropIndex(draft, child, own);
    }
  }
}

function dropSchema(draft: SchemaDraft, schema: string): void {
  for (const each of [...draft.relations()]) if (each.schema === schema) dropRelation(draft, each, true);
  for (const each of [...draft.types.values()]) {
    if (each.schema !== schema) continue;
    for (const [table, column] of dropType(draft, each)) dropColumn(draft, table, column);
  }
  dropRoutinesOf(draft, schema);
  for (const key of [...draft.sequences]) if (key.startsWith(`${schema}\0`)) draft.sequences.delete(key);
}

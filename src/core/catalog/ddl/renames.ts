import { quoteIdentifier } from '../../sql/identifiers';
import type { Constraint, Relation } from '../catalog';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { isSameName, keyOf } from './schemaDraft';

/** Gives a relation another name or schema; whoever refers to it follows. */
export function moveRelation(draft: SchemaDraft, from: QualifiedName, to: QualifiedName): void {
  const relation = draft.get(from);
  if (!relation || draft.get(to)) return;
  const children = draft.childrenOf(from);
  const reads = draft.readBy.get(keyOf(from));
  draft.delete(from);
  draft.set(referencesMoved({ ...relation, ...to }, from, to));
  if (reads) draft.readBy.set(keyOf(to), reads);
  for (const child of children) {
    draft.update(child, each => ({
      ...each,
      parents: each.parents?.map(parent => (isSameName(parent, from) ? to : parent)),
    }));
  }
  for (const other of [...draft.relations()]) {
    if (other.constraints.some(constraint => refersTo(constraint, from))) draft.set(referencesMoved(other, from, to));
  }
  for (const [view, read] of draft.readBy) {
    if (read.has(keyOf(from)))
      draft.readBy.set(view, new Set([...read].map(key => (key === keyOf(from) ? keyOf(to) : key))));
  }
}

function refersTo({ references }: Constraint, { schema, name }: QualifiedName): boolean {
  return references !== undefined && references.relation === name && references.schema === schema;
}

function referencesMoved(relation: Relation, from: QualifiedName, to: QualifiedName): Relation {
  return {
    ...relation,
    constraints: relation.constraints.map(constraint =>
      refersTo(constraint, from)
        ? { ...constraint, references: { ...constraint.references!, schema: to.schema, relation: to.name } }
        : constraint,
    ),
  };
}

/** Renames a column in its table, in those below it, and in what refers to it. */
export function renameColumn(draft: SchemaDraft, table: QualifiedName, from: string, to: string): void {
  const children = draft.childrenOf(table);
  draft.update(table, relation => withColumnRenamed(relation, from, to));
  for (const other of [...draft.relations()]) {
    if (!other.constraints.some(constraint => refersTo(constraint, table))) continue;
    const constraints = other.constraints.map(constraint =>
      refersTo(constraint, table)
        ? {
            ...constraint,
            references: { ...constraint.references!, columns: renamed(constraint.references!.columns, from, to) },
          }
        : constraint,
    );
    draft.set({ ...other, constraints });
  }
  for (const child of children) renameColumn(draft, child, from, to);
}

function withColumnRenamed(relation: Relation, from: string, to: string): Relation {
  const inText = (text: string): string => replaceName(text, from, to);
  return {
    ...relation,
    columns: relation.columns.map(column => (column.name === from ? { ...column, name: to } : column)),
    indexes: relation.indexes.map(index => ({
      ...index,
      keys: index.keys.map(inText),
      include: index.include.map(inText),
      ...(index.predicate !== undefined && { predicate: inText(index.predicate) }),
    })),
    constraints: relation.constraints.map(constraint => ({
      ...constraint,
      columns: renamed(constraint.columns, from, to),
      ...(constraint.expression !== undefined && { expression: inText(constraint.expression) }),
    })),
    ...(relation.partitionKey !== undefined && { partitionKey: inText(relation.partitionKey) }),
    ...(relation.extendedStatistics && {
      extendedStatistics: relation.extendedStatistics.map(each => ({ ...each, columns: each.columns.map(inText) })),
    }),
  };
}

function renamed(names: readonly string[], from: string, to: string): string[] {
  return names.map(name => (name === from ? to : name));
}

/** Puts another name wherever the text has this one as a word. */
function replaceName(text: string, from: string, to: string): string {
  return text.replace(namePattern(from), () => quoteIdentifier(to));
}

/** True if an expression names the column. */
export function mentionsColumn(text: string | undefined, column: string): boolean {
  return text !== undefined && namePattern(column).test(text);
}

function namePattern(name: string): RegExp {
  const quoted = quoteIdentifier(name);
  const escaped = quoted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // Inside a string constant it is no name; a word may be written in either case.
  return quoted.startsWith('"')
    ? new RegExp(escaped, 'g')
    : new RegExp(`(?<![\\w$'"])(?:"${escaped}"|${escaped})(?![\\w$'"(])`, 'gi');
}

/** Renames an index; a constraint of the same name is the index's. */
export function renameIndex(draft: SchemaDraft, from: QualifiedName, to: string): void {
  const owner = draft.ownerOfIndex(from);
  if (!owner) return;
  const attached = draft.attached.get(keyOf(from));
  if (attached) draft.attached.set(keyOf({ schema: from.schema, name: to }), attached);
  draft.set({
    ...owner,
    indexes: owner.indexes.map(index => (index.name === from.name ? { ...index, name: to } : index)),
    constraints: owner.constraints.map(constraint =>
      constraint.name === from.name && constraint.kind !== 'foreign key' && constraint.kind !== 'check'
        ? { ...constraint, name: to }
        : constraint,
    ),
  });
}

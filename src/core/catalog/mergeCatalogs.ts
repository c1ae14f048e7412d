import type { Catalog, Column, Constraint, DefinitionPlace, Index, Relation } from './catalog';
import { findRelation } from './lookup';

/**
 * What the server has together with what the schema files say. Where both know something the server is right; the
 * files add what is not migrated yet (tables, columns, indexes, constraints, routines, types) and the places where
 * things are defined.
 */
export function mergeCatalogs(server: Catalog, ddl: Catalog): Catalog {
  const merges = known.get(server) ?? new WeakMap<Catalog, Catalog>();
  known.set(server, merges);
  const merged = merges.get(ddl) ?? merge(server, ddl);
  merges.set(ddl, merged);
  return merged;
}

/** What was put together before: findings are kept by catalog, so the same two must give the same one. */
const known = new WeakMap<Catalog, WeakMap<Catalog, Catalog>>();

function merge(server: Catalog, ddl: Catalog): Catalog {
  const written = new Map<Relation, Relation>();
  const added: Relation[] = [];
  for (const relation of ddl.relations) {
    const known = counterpart(server, ddl, relation);
    if (known) written.set(known, relation);
    else added.push(relation);
  }
  const functions = mergeNamed(server.functions, ddl.functions, routineKey);
  const types = mergeNamed(server.types, ddl.types, ({ schema, name }) => `${schema}\0${name}`);
  const extensions = new Set(server.extensions.map(({ name }) => name));
  return {
    ...server,
    source: 'both',
    relations: [
      ...server.relations.map(relation => {
        const other = written.get(relation);
        return other ? mergeRelations(relation, other) : relation;
      }),
      ...added,
    ],
    extensions: [...server.extensions, ...ddl.extensions.filter(({ name }) => !extensions.has(name))],
    ...(functions && { functions }),
    ...(types && { types }),
  };
}

/** Files often leave the schema unsaid: then their table is the one that the server's search path leads to. */
function counterpart(server: Catalog, ddl: Catalog, { schema, name }: Relation): Relation | undefined {
  const same = findRelation(server, name, schema);
  return same ?? (schema === ddl.searchPath[0] ? findRelation(server, name) : undefined);
}

function mergeRelations(server: Relation, ddl: Relation): Relation {
  // A table of the server and a view of a file only share their name.
  if (!isSameKind(server, ddl)) return server;
  const names = new Set(server.columns.map(({ name }) => name));
  return {
    ...server,
    columns: [...server.columns, ...ddl.columns.filter(({ name }) => !names.has(name))] satisfies Column[],
    indexes: united(server.indexes, ddl.indexes, indexContent),
    constraints: united(server.constraints, ddl.constraints, constraintContent),
    ...(ddl.definedAt && { definedAt: ddl.definedAt }),
  };
}

function isSameKind(a: Relation, b: Relation): boolean {
  const isStored = ({ kind }: Relation): boolean => kind === 'table' || kind === 'partitioned table';
  return a.kind === b.kind || (isStored(a) && isStored(b));
}

/** Those of the first list and what the second adds: neither a known name nor the same under another name. */
function united<T extends { readonly name: string }>(
  known: readonly T[],
  others: readonly T[],
  content: (item: T) => string,
): T[] {
  const names = new Set(known.map(({ name }) => name));
  const contents = new Set(known.map(content));
  return [...known, ...others.filter(item => !names.has(item.name) && !contents.has(content(item)))];
}

function indexContent({ method, unique, keys, include, predicate }: Index): string {
  return squeeze([method, unique, keys.join(), include.join(), predicate ?? ''].join('|'));
}

function constraintContent({ kind, columns, references, expression }: Constraint): string {
  const target = references ? `${references.relation}(${references.columns.join()})` : '';
  return squeeze([kind, columns.join(), target, kind === 'check' ? (expression ?? '') : ''].join('|'));
}

/** Without the parentheses and casts that the server adds. */
function squeeze(text: string): string {
  return text
    .toLowerCase()
    .replace(/::[\w ]+?(?=\W|$)/g, '')
    .replace(/[\s()]/g, '');
}

interface Defined {
  readonly schema: string;
  readonly name: string;
  readonly definedAt?: DefinitionPlace;
}

function mergeNamed<T extends Defined>(
  server: readonly T[] | undefined,
  ddl: readonly T[] | undefined,
  key: (item: T) => string,
): readonly T[] | undefined {
  if (!server || !ddl) return server ?? ddl;
  const written = new Map(ddl.map(item => [key(item), item]));
  const known = new Set(server.map(key));
  return [
    ...server.map(item => {
      const definedAt = written.get(key(item))?.definedAt;
      return definedAt ? { ...item, definedAt } : item;
    }),
    ...ddl.filter(item => !known.has(key(item))),
  ];
}

function routineKey({ schema, name, parameters }: NonNullable<Catalog['functions']>[number]): string {
  const inputs = parameters.filter(({ mode }) => mode !== 'out' && mode !== 'table').map(({ type }) => type);
  return [schema, name, ...inputs].join('\0');
}

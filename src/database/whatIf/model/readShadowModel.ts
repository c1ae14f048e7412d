import type { CancelSignal } from '../../../core/base/cancelSignal';
import type { Catalog } from '../../../core/catalog/catalog';
import { DatabaseError, type Database } from '../../../core/ports';
import { quoteIdentifier, quoteQualified } from '../../../core/sql/identifiers';
import type { ModelStep, ShadowModel } from '../shadowProtocol';
import { readDefinitions, type Definitions } from './definitions';
import { readFacts } from './facts';
import { identifiersIn } from './identifiersIn';
import { inOrderOfInheritance, RELATIONS, type RelationRow } from './relations';
import { KNOWN_EXTENSIONS, readCollations, readRoutines, readTypes, type NamedDefinition } from './routines';
import { readPlannerSettings } from './settings';
import type { BaseModel, ShadowContents } from './shadowContents';
import { storageFacts } from './storageFacts';
import { createTable, createView, setDefaults, type TableContext } from './tables';

/** More relations than this in one statement, partitions included, take longer to copy than they are worth. */
const MAX_RELATIONS = 2000;

/** Texts that mention texts that mention texts: functions calling functions over views. */
const MAX_ROUNDS = 5;

/** A model of what a statement needs and the shadow lacks. */
export interface ModelOfStatement {
  readonly model: ShadowModel;
  /** What the shadow has more, once it is loaded. */
  readonly added: readonly RelationRow[];
  readonly names: readonly string[];
  /** `schema.name` of all that the statement depends on, with what was there before. */
  readonly relations: ReadonlySet<string>;
}

/**
 * Reads what the planner looks at for a text: the relations it names, the partitions, parents and view sources they
 * bring, the types and functions all of these mention. Nothing else of the database is touched.
 * @throws DatabaseError `unsupported` for relations a shadow cannot stand in for.
 */
export async function readShadowModel(
  db: Database,
  catalog: Catalog,
  text: string,
  contents: ShadowContents,
  signal?: CancelSignal,
): Promise<ModelOfStatement> {
  contents.base ??= await readBase(db, signal);
  const seen = new Set<string>();
  const relations = new Map<number, RelationRow>();
  const routines: NamedDefinition[] = [];
  const definitions: Definitions[] = [];
  let unread = text;
  for (let round = 0; round < MAX_ROUNDS && unread !== ''; round++) {
    const names = new Set([...identifiersIn(unread)].filter(name => !seen.has(name)));
    for (const name of names) seen.add(name);
    const texts: string[] = [];
    const wanted = namedRelations(catalog, names, seen);
    const found =
      contents.plainTables(wanted) ??
      (await db.query<RelationRow>(
        RELATIONS,
        [wanted.map(({ schema }) => schema), wanted.map(({ name }) => name)],
        signal,
      ));
    const added = found.filter(({ oid }) => !relations.has(oid));
    for (const relation of added) relations.set(relation.oid, relation);
    const fresh = added.filter(({ oid }) => !contents.has(oid));
    refuse(fresh, contents);
    texts.push(...added.map(({ view }) => view ?? ''));
    if (fresh.length > 0) {
      const known = [...contents.oids, ...relations.keys()];
      const defined = await readDefinitions(
        db,
        fresh.map(({ oid }) => oid),
        known,
        signal,
      );
      definitions.push(defined);
      texts.push(
        ...textsOf(defined),
        ...fresh.map(({ bound, partition_key }) => `${bound ?? ''} ${partition_key ?? ''}`),
      );
    }
    const called = routineNames(catalog, names).filter(name => !contents.hasLookedFor(name));
    if (called.length > 0) {
      const bodies = await readRoutines(db, called, signal);
      routines.push(...bodies);
      texts.push(...bodies.map(({ sql }) => sql));
    }
    unread = texts.join('\n');
  }
  const fresh = [...relations.values()].filter(({ oid }) => !contents.has(oid));
  const oids = fresh.map(({ oid }) => oid);
  const newNames = [...seen].filter(name => !contents.hasLookedFor(name));
  const types = oids.length + newNames.length > 0 ? await readTypes(db, newNames, oids, signal) : [];
  const collationNames = definitions.flatMap(({ columns }) =>
    columns.flatMap(({ collation }) => (collation ? [...identifiersIn(collation)] : [])),
  );
  const collations = mentionsCollation(text, collationNames)
    ? await readCollations(db, [...newNames, ...collationNames], signal)
    : [];
  const facts = oids.length > 0 ? await readFacts(db, oids, signal) : { sizes: [], attributes: [], extended: [] };
  const parts = { fresh, definitions: definitions.reduce(together, NOTHING), routines, types, collations };
  return {
    added: fresh,
    names: newNames,
    relations: new Set([...relations.values()].map(({ schema, name }) => `${schema}.${name}`)),
    model: {
      settings: [
        ...contents.base.settings,
        { name: 'search_path', value: catalog.searchPath.map(quoteIdentifier).join(', ') },
      ],
      extensions: contents.base.extensions,
      ...modelSteps(db, catalog, contents.base, parts),
      storage: storageFacts(facts, catalog),
      extended: facts.extended,
    },
  };
}

async function readBase(db: Database, signal?: CancelSignal): Promise<BaseModel> {
  const [locale] = await db.query<{ collate: string; provider: string | null }>(
    `select datcollate as collate, to_jsonb(d)->>'datlocprovider' as provider
     from pg_database d where datname = current_database()`,
    [],
    signal,
  );
  const collate = locale?.collate ?? 'C';
  const isLibc = (locale?.provider ?? 'c') === 'c';
  const extensions = await db.query<{ name: string; schema: string }>(
    `select e.extname::text as name, n.nspname::text as schema from pg_extension e
     join pg_namespace n on n.oid = e.extnamespace order by e.oid`,
    [],
    signal,
  );
  return {
    settings: await readPlannerSettings(db, signal),
    extensions: extensions.filter(({ name }) => KNOWN_EXTENSIONS.includes(name)),
    missingExtensions: extensions.map(({ name }) => name).filter(name => !KNOWN_EXTENSIONS.includes(name)),
    // PostgreSQL takes a shortcut for these two names only (and for its own builtin provider)
    sortsByByte: isLibc ? collate === 'C' || collate === 'POSIX' : locale?.provider === 'b',
  };
}

/** The relations a name may mean: of those on the search path the first, of others if their schema is named too. */
function namedRelations(
  catalog: Catalog,
  names: ReadonlySet<string>,
  all: ReadonlySet<string>,
): { schema: string; name: string }[] {
  const candidates = catalog.relations.filter(
    ({ name, schema }) => names.has(name) || (names.has(schema) && all.has(name)),
  );
  return candidates.filter(({ schema, name }) => {
    if (all.has(schema)) return true;
    const place = catalog.searchPath.indexOf(schema);
    return (
      place >= 0 &&
      !candidates.some(other => other.name === name && isBefore(catalog.searchPath.indexOf(other.schema), place))
    );
  });
}

function isBefore(place: number, other: number): boolean {
  return place >= 0 && place < other;
}

function routineNames(catalog: Catalog, names: ReadonlySet<string>): string[] {
  if (!catalog.functions) return [...names];
  return [...new Set(catalog.functions.map(({ name }) => name))].filter(name => names.has(name));
}

function refuse(fresh: readonly RelationRow[], contents: ShadowContents): void {
  if (fresh.length > MAX_RELATIONS)
    throw new DatabaseError('unsupported', `cannot model ${fresh.length} relations at once`);
  for (const { schema, name, kind, filtered, method } of fresh) {
    const refusal =
      kind === 'f'
        ? 'it is a foreign table, and its costs are another server’s'
        : filtered
          ? 'row security filters it for this role'
          : method !== null && method !== 'heap'
            ? `it is stored by ${method}`
            : undefined;
    if (refusal) {
      const missing = contents.base?.missingExtensions ?? [];
      const hint = missing.length > 0 ? `not in the shadow: ${missing.join(', ')}` : undefined;
      throw new DatabaseError('unsupported', `cannot model ${schema}.${name}: ${refusal}`, undefined, undefined, hint);
    }
  }
}

const NOTHING: Definitions = { columns: [], indexes: [], sequences: [], checks: [], statistics: [], foreignKeys: [] };

function together(a: Definitions, b: Definitions): Definitions {
  return {
    columns: [...a.columns, ...b.columns],
    indexes: [...a.indexes, ...b.indexes],
    sequences: [...a.sequences, ...b.sequences],
    checks: [...a.checks, ...b.checks],
    statistics: [...a.statistics, ...b.statistics],
    foreignKeys: [...a.foreignKeys, ...b.foreignKeys],
  };
}

function textsOf({ columns, indexes, checks, statistics }: Definitions): string[] {
  return [
    ...columns.map(({ expression }) => expression ?? ''),
    ...[
      ...indexes.map(({ definition }) => definition),
      ...checks.map(({ sql }) => sql),
      ...statistics.map(({ sql }) => sql),
    ],
  ];
}

function mentionsCollation(text: string, named: readonly string[]): boolean {
  return /\bcollate\b/i.test(text) || named.some(name => name !== 'default' && name !== 'c');
}

interface Parts {
  readonly fresh: readonly RelationRow[];
  readonly definitions: Definitions;
  readonly routines: readonly NamedDefinition[];
  readonly types: readonly NamedDefinition[];
  readonly collations: readonly NamedDefinition[];
}

/** Everything in an order that mostly works; the worker comes back to what failed for want of something later. */
function modelSteps(
  db: Database,
  catalog: Catalog,
  base: BaseModel,
  { fresh, definitions, routines, types, collations }: Parts,
): Pick<ShadowModel, 'steps' | 'lateSteps'> {
  const optional = (what: string, each: readonly { readonly name: string; readonly sql: string }[]): ModelStep[] =>
    each.map(({ name, sql }) => ({ sql, what: `${what} ${name}`, optional: true }));
  const schemas = new Set([
    ...[...fresh, ...types, ...routines].map(({ schema }) => schema),
    ...definitions.indexes.map(({ schema }) => schema),
    ...(fresh.length > 0 ? catalog.searchPath : []),
  ]);
  const context: TableContext = { sortsByByte: base.sortsByByte, serverVersion: db.serverVersion };
  const tables = inOrderOfInheritance(fresh.filter(({ kind }) => kind !== 'v'));
  const views = fresh.filter(({ kind }) => kind === 'v');
  const columnsOf = (oid: number) => definitions.columns.filter(({ relation }) => relation === oid);
  const nameOf = ({ schema, name }: RelationRow) => `${schema}.${name}`;
  // partitions' indexes first: those of the parent then attach to them instead of making new ones
  const isParent = new Set(tables.filter(({ kind }) => kind === 'p').map(({ oid }) => oid));
  const indexes = [...definitions.indexes].sort(
    (a, b) => Number(isParent.has(a.relation)) - Number(isParent.has(b.relation)) || a.oid - b.oid,
  );
  return {
    steps: [
      ...[...schemas]
        .filter(schema => !schema.startsWith('pg_'))
        .map(schema => ({ sql: `create schema if not exists ${quoteIdentifier(schema)}`, what: `schema ${schema}` })),
      ...optional('collation', collations),
      ...optional('type', types),
      ...optional('function', routines),
      ...optional('sequence', definitions.sequences),
      ...tables.map(table => ({
        sql: createTable(table, columnsOf(table.oid), context),
        what: `table ${nameOf(table)}`,
      })),
      ...optional('check', definitions.checks),
      ...indexes.map(({ relation, name, definition, constraint }) => {
        const table = tables.find(({ oid }) => oid === relation)!;
        const sql = constraint
          ? `alter table ${quoteQualified(table.schema, table.name)} add constraint ${quoteIdentifier(name)} ${constraint}`
          : definition.replace(/ ON ONLY /, ' ON ');
        return { sql, what: `index ${name}`, optional: true };
      }),
      ...optional('statistics', definitions.statistics),
      ...views.map(view => ({ sql: createView(view), what: `view ${nameOf(view)}` })),
      ...tables.flatMap(table => setDefaults(table, columnsOf(table.oid))),
    ],
    lateSteps: optional('foreign key', definitions.foreignKeys),
  };
}

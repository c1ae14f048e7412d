import type { Catalog, Relation } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { ForeignKey } from './catalogIndex';
import { indexOf } from './catalogIndex';
import type { ScopeColumn, ScopeSource } from './cursorScope';
import { aliasFor, relationName } from './writing';

/** The conditions that foreign keys give between an item of FROM and those before it: `c.id = o.customer_id`. */
export function joinConditions(catalog: Catalog, joined: ScopeSource, others: readonly ScopeSource[]): string[] {
  const conditions: string[] = [];
  for (const other of others) {
    const keys = keysBetween(catalog, joined, other);
    for (const key of keys) {
      for (const [referring, referred] of [
        [other, joined],
        [joined, other],
      ] as const) {
        const from = columnsWithBase(referring, key.from, key.columns);
        const to = columnsWithBase(referred, key.to, key.referenced);
        if (!from || !to) continue;
        const own = referring === joined ? from : to;
        const theirs = referring === joined ? to : from;
        conditions.push(
          own.map((column, i) => `${qualified(joined, column)} = ${qualified(other, theirs[i]!)}`).join(' and '),
        );
      }
    }
    if (keys.length === 0) conditions.push(...conventional(joined, other));
  }
  return [...new Set(conditions)];
}

export interface WholeJoin {
  readonly relation: Relation;
  readonly text: string;
}

/** Tables that foreign keys tie to those in FROM, with the condition. */
export function wholeJoins(catalog: Catalog, sources: readonly ScopeSource[]): WholeJoin[] {
  const { foreignKeys } = indexOf(catalog);
  const taken = new Set(sources.flatMap(({ name }) => name ?? []));
  const joins: WholeJoin[] = [];
  for (const source of sources) {
    const relations = new Set(source.columns().flatMap(({ base }) => base?.relation ?? []));
    for (const relation of relations) {
      for (const key of foreignKeys.get(relation) ?? []) {
        const leads = key.from === relation;
        const relationWanted = leads ? key.to : key.from;
        const own = columnsWithBase(source, relation, leads ? key.columns : key.referenced);
        if (!own || relationWanted.isPartition) continue;
        const alias = aliasFor(relationWanted.name, taken);
        if (alias === undefined) continue;
        const theirs = leads ? key.referenced : key.columns;
        const condition = theirs.map(
          (column, i) => `${alias}.${quoteIdentifier(column)} = ${qualified(source, own[i]!)}`,
        );
        const text = `${relationName(relationWanted, catalog)} ${alias} on ${condition.join(' and ')}`;
        joins.push({ relation: relationWanted, text });
      }
    }
  }
  return joins;
}

/** The columns of other items that a foreign key ties to a column. */
export function partnersOf(
  catalog: Catalog,
  { base }: ScopeColumn,
  sources: readonly ScopeSource[],
): ReadonlySet<ScopeColumn> {
  const partners = new Set<ScopeColumn>();
  if (!base) return partners;
  for (const key of indexOf(catalog).foreignKeys.get(base.relation) ?? []) {
    const wanted: [Relation, string | undefined][] = [];
    if (key.from === base.relation) wanted.push([key.to, key.referenced[key.columns.indexOf(base.column.name)]]);
    if (key.to === base.relation) wanted.push([key.from, key.columns[key.referenced.indexOf(base.column.name)]]);
    for (const [relation, name] of wanted) {
      for (const column of sources.flatMap(source => source.columns())) {
        if (column.base?.relation === relation && column.base.column.name === name) partners.add(column);
      }
    }
  }
  return partners;
}

function keysBetween(catalog: Catalog, a: ScopeSource, b: ScopeSource): readonly ForeignKey[] {
  const { foreignKeys } = indexOf(catalog);
  const relations = (source: ScopeSource): Set<Relation> =>
    new Set(source.columns().flatMap(({ base }) => base?.relation ?? []));
  const others = relations(b);
  const keys = [...relations(a)].flatMap(relation => foreignKeys.get(relation) ?? []);
  return [...new Set(keys)].filter(({ from, to }) => others.has(from) || others.has(to));
}

/** The names under which a source has columns of a table; undefined if it lacks one. */
function columnsWithBase(source: ScopeSource, relation: Relation, names: readonly string[]): string[] | undefined {
  const found: string[] = [];
  for (const name of names) {
    const column = source.columns().find(({ base }) => base?.relation === relation && base.column.name === name);
    if (!column) return undefined;
    found.push(column.name);
  }
  return found;
}

/** Without a foreign key: `customer_id` on both sides, or beside the `id` of customer(s), of the same type. */
function conventional(joined: ScopeSource, other: ScopeSource): string[] {
  const conditions: string[] = [];
  const match = (own: string, theirs: string): void => {
    const a = joined.columns().find(({ name }) => name === own);
    const b = other.columns().find(({ name }) => name === theirs);
    if (a && b && a.type !== undefined && a.type === b.type)
      conditions.push(`${qualified(joined, own)} = ${qualified(other, theirs)}`);
  };
  const singular = (source: ScopeSource): string => (source.relation ?? source.cte)?.name.replace(/s$/, '') ?? '';
  match('id', `${singular(joined)}_id`);
  match(`${singular(other)}_id`, 'id');
  for (const { name } of joined.columns()) if (name.endsWith('_id')) match(name, name);
  return conditions;
}

function qualified({ name }: ScopeSource, column: string): string {
  return name === undefined ? quoteIdentifier(column) : `${quoteIdentifier(name)}.${quoteIdentifier(column)}`;
}

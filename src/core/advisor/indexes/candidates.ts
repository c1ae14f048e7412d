import type { Catalog, Column, Index, Relation } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { IndexDefinition } from '../suggestion';
import type { ConstantPredicate, SortKey, TableAccess } from './accessPaths';
import { bareKey, distinctValues } from './indexSize';

export interface CandidateOptions {
  /** Most key columns of an index. */
  readonly maxWidth: number;
}

export interface Candidate {
  readonly relation: Relation;
  readonly index: IndexDefinition;
}

/** An index is worth considering from here on; a smaller table is read whole in a handful of pages. */
export const SMALL_TABLE_PAGES = 8;

/** Types without a B-tree order, or whose values are too wide for a key. */
const NO_BTREE = /^(json|jsonb|xml|point|line|lseg|box|path|polygon|circle|tsvector|tsquery)$|\[\]$/;
/** A covering index pays when it is much narrower than its table. */
const COVERING_SHARE = 0.65;
const COVERING_COLUMNS = 10;
/** A predicate value shared by more of the rows than this saves too little to be worth a special index. */
const PARTIAL_MAX_FREQUENCY = 0.5;
/** Above so many distinct values an index per value is no longer a design but an accident of this statement. */
const PARTIAL_MAX_DISTINCT = 50;
/** BRIN needs rows that lie in the order of the column, and enough pages to leave out. */
const BRIN_MIN_CORRELATION = 0.9;
const BRIN_MIN_PAGES = 1000;

interface Key {
  readonly column: string;
  /** As it stands in CREATE INDEX. */
  readonly text: string;
  readonly plain: boolean;
}

/** The indexes that could serve one mention of a table, without those an existing index already provides. */
export function candidateIndexes(access: TableAccess, catalog: Catalog, options: CandidateOptions): Candidate[] {
  const { relation } = access;
  const found = new Map<string, Candidate>();
  const add = (index: IndexDefinition) => {
    const id = indexIdentity(index);
    if (!found.has(id) && !coveringIndex(relation, index)) found.set(id, { relation, index });
  };
  const keyLists = btreeKeyLists(access, options);
  const included = coveringColumns(access);
  const define = (keys: readonly Key[], where?: string, include: readonly string[] = []): void => {
    if (keys.length > 0)
      add(
        definition(
          relation,
          'btree',
          keys.map(key => key.text),
          { where, include },
        ),
      );
  };
  for (const keys of keyLists) {
    define(keys);
    if (included) define(keys, undefined, withoutKeys(included, keys));
  }
  for (const predicates of partialPredicates(access)) {
    const where = predicates.map(predicate => predicate.text).join(' AND ');
    const fixed = new Set(predicates.filter(predicate => predicate.fixesColumn).map(predicate => predicate.column));
    for (const keys of keyLists) {
      const rest = keys.filter(key => !(key.plain && fixed.has(key.column)));
      define(rest.length > 0 ? rest : keys.slice(0, 1), where);
      if (included && rest.length > 0)
        define(
          rest,
          where,
          withoutKeys(included, rest).filter(name => !fixed.has(name)),
        );
    }
  }
  for (const index of invertedIndexes(access, catalog)) add(index);
  for (const column of access.range) {
    const correlation = Math.abs(columnOf(relation, column)?.statistics?.correlation ?? 0);
    if (correlation < BRIN_MIN_CORRELATION || (relation.pages ?? 0) < BRIN_MIN_PAGES) continue;
    add(definition(relation, 'brin', [quoteIdentifier(column)]));
  }
  return [...found.values()];
}

/** Two definitions with the same identity build the same index. */
export function indexIdentity(index: IndexDefinition): string {
  return [
    index.schema,
    index.relation,
    index.method,
    index.keys.join(','),
    index.include.join(','),
    index.where ?? '',
  ].join('|');
}

/** The existing index that already does all that `index` would: same leading keys, same predicate or none. */
export function coveringIndex(relation: Relation, index: IndexDefinition): Index | undefined {
  return relation.indexes.find(existing => {
    if (!existing.valid || existing.method !== index.method) return false;
    if (existing.predicate !== undefined && normal(existing.predicate) !== normal(index.where ?? '')) return false;
    const keys = existing.keys.map(normal);
    const wanted = index.keys.map(normal);
    if (!wanted.every((key, position) => keys[position] === key)) return false;
    const stored = new Set([...keys, ...existing.include.map(normal)]);
    return index.include.every(name => stored.has(normal(name)));
  });
}

/** Keys and predicates as both sides print them, without quotes, outer parentheses and harmless casts. */
export function normal(text: string): string {
  return text
    .toLowerCase()
    .replace(/::(text|character varying|bpchar|integer|bigint)\b/g, '')
    .replace(/[\s()"]/g, '');
}

function btreeKeyLists(access: TableAccess, { maxWidth }: CandidateOptions): Key[][] {
  const { relation } = access;
  const rows = Math.max(1, relation.rowEstimate ?? 1000);
  const sortable = (name: string) => !NO_BTREE.test(columnOf(relation, name)?.type ?? '');
  // the most selective first: such an index serves more statements, and its first key has useful statistics
  const bySelectivity = (a: string, b: string) =>
    distinctOf(relation, b, rows) - distinctOf(relation, a, rows) || compare(a, b);
  const equality = [...access.equality.keys()].filter(sortable).sort(bySelectivity);
  const single = equality.filter(name => access.equality.get(name) !== 'in');
  const range = [...access.range].filter(sortable).sort(compare);
  const join = [...access.join].filter(sortable).sort(bySelectivity);
  const lists: Key[][] = [];
  const push = (...parts: readonly (readonly Key[])[]) => {
    const keys = parts.flat().filter((key, at, all) => all.findIndex(other => other.text === key.text) === at);
    if (keys.length > 0 && keys.length <= maxWidth) lists.push(keys);
  };
  const plain = (names: readonly string[]) => names.map(plainKey);

  for (const name of [...equality, ...range, ...join, ...[...access.either].filter(sortable).sort(compare)])
    push(plain([name]));
  for (let width = 2; width <= maxWidth; width++) if (equality.length >= width) push(plain(equality.slice(0, width)));
  for (const last of range) {
    for (let width = 1; width < maxWidth; width++) push(plain(equality.slice(0, width)), plain([last]));
    for (const other of range) push(plain([last, other]));
  }
  for (const joined of join) {
    push(plain(equality.slice(0, maxWidth - 1)), plain([joined]));
    push(plain([joined]), plain(equality.slice(0, maxWidth - 1)));
    for (const last of range) {
      push(plain([joined, last]));
      push(plain(equality.slice(0, 1)), plain([joined, last]));
    }
    for (const other of join) if (other !== joined) push(plain([joined, other]));
  }
  const order = sortKeys(access.order);
  if (order.length > 0) {
    push(order);
    for (let width = 1; width < maxWidth; width++) push(plain(single.slice(0, width)), order);
    for (const joined of join) push(plain([joined]), order);
  }
  if (access.group.length > 0) {
    push(plain(access.group));
    push(plain(single.slice(0, 1)), plain(access.group));
  }
  for (const name of [...access.prefix].sort(compare)) {
    // with text_pattern_ops a prefix search works in every collation
    const type = columnOf(relation, name)?.type ?? '';
    if (!/^(text|character varying)/.test(type)) continue;
    const key: Key = { column: name, text: `${quoteIdentifier(name)} text_pattern_ops`, plain: false };
    push([key]);
    push(plain(single.slice(0, 1)), [key]);
  }
  for (const expression of access.expressions) {
    const key: Key = { column: expression.column, text: expression.text, plain: false };
    push([key]);
    push([key], plain(single.slice(0, 1)));
    if (expression.use === 'equality') push([key], order);
  }
  return lists;
}

/** A B-tree is read in both directions, so `a DESC, b DESC` needs no direction of its own. */
function sortKeys(order: readonly SortKey[]): Key[] {
  const forward = order.every(key => !key.descending && key.nulls !== 'first');
  const backward = order.every(key => key.descending && key.nulls !== 'last');
  return order.map(key => {
    if (forward || backward) return plainKey(key.column);
    const nulls = key.nulls && (key.nulls === 'first') !== key.descending ? ` NULLS ${key.nulls.toUpperCase()}` : '';
    const text = `${quoteIdentifier(key.column)}${key.descending ? ' DESC' : ''}${nulls}`;
    return { column: key.column, text, plain: text === quoteIdentifier(key.column) };
  });
}

/** Columns that would make the index enough to answer from, if that is far narrower than the table. */
function coveringColumns(access: TableAccess): string[] | undefined {
  const needed = access.relation.columns.filter(column => access.needed.has(column.name));
  const width = (columns: readonly Column[]) =>
    columns.reduce((sum, column) => sum + (column.statistics?.averageWidthBytes ?? 8), 0);
  if (needed.length === 0 || needed.length > COVERING_COLUMNS) return undefined;
  if (needed.some(column => NO_BTREE.test(column.type))) return undefined;
  if (width(needed) > COVERING_SHARE * width(access.relation.columns)) return undefined;
  return needed.map(column => column.name);
}

function withoutKeys(names: readonly string[], keys: readonly Key[]): string[] {
  const taken = new Set(keys.map(key => (key.text.endsWith('_ops') ? '' : (bareKey(key.text) ?? ''))));
  return names.filter(name => !taken.has(name));
}

/** Predicates worth an index of their own: one, or the rarest two together. */
function partialPredicates(access: TableAccess): ConstantPredicate[][] {
  const frequency = (predicate: ConstantPredicate) => predicateFrequency(access.relation, predicate);
  const unique = new Map(access.predicates.map(predicate => [predicate.text, predicate]));
  const useful = [...unique.values()]
    .filter(predicate => frequency(predicate) <= PARTIAL_MAX_FREQUENCY)
    .sort((a, b) => frequency(a) - frequency(b) || compare(a.text, b.text));
  const sets = useful.map(predicate => [predicate]);
  const [first, second] = useful;
  if (first && second && first.column !== second.column)
    sets.push([first, second].sort((a, b) => compare(a.text, b.text)));
  return sets;
}

/** Share of rows a constant predicate keeps; 1 if unknown or if an index per value would be absurd. */
export function predicateFrequency(relation: Relation, predicate: ConstantPredicate): number {
  const column = columnOf(relation, predicate.column);
  const statistics = column?.statistics;
  if (!column || !statistics) return 1;
  if (/ IS NULL$/.test(predicate.text)) return statistics.nullFraction;
  if (/ IS NOT NULL$/.test(predicate.text)) return 1 - statistics.nullFraction;
  if (predicate.value === undefined) return 1;
  const distinct = distinctValues(column, Math.max(1, relation.rowEstimate ?? 1000));
  if (distinct > PARTIAL_MAX_DISTINCT) return 1;
  const position = statistics.mostCommonValues?.indexOf(predicate.value) ?? -1;
  return statistics.mostCommonFrequencies?.[position] ?? 1 / distinct;
}

function invertedIndexes(access: TableAccess, catalog: Catalog): IndexDefinition[] {
  const hasTrigrams = catalog.extensions.some(extension => extension.name === 'pg_trgm');
  return access.inverted.flatMap(({ column, kind }) => {
    const name = quoteIdentifier(column);
    if (kind === 'substring') return hasTrigrams ? [definition(access.relation, 'gin', [`${name} gin_trgm_ops`])] : [];
    if (kind === 'jsonb contains') return [definition(access.relation, 'gin', [`${name} jsonb_path_ops`])];
    return [definition(access.relation, 'gin', [name])];
  });
}

function definition(
  relation: Relation,
  method: IndexDefinition['method'],
  keys: readonly string[],
  more: { readonly where?: string | undefined; readonly include?: readonly string[] } = {},
): IndexDefinition {
  const where = more.where === undefined ? {} : { where: more.where };
  return {
    schema: relation.schema,
    relation: relation.name,
    method,
    keys,
    include: [...(more.include ?? [])].sort(compare),
    ...where,
  };
}

function plainKey(column: string): Key {
  return { column, text: quoteIdentifier(column), plain: true };
}

function columnOf(relation: Relation, name: string): Column | undefined {
  return relation.columns.find(column => column.name === name);
}

function distinctOf(relation: Relation, name: string, rows: number): number {
  const column = columnOf(relation, name);
  return column ? distinctValues(column, rows) : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

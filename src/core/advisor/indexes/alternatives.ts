import type { Catalog } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import { candidateIndexes, coveringIndex, indexIdentity, type Candidate } from './candidates';
import { bareKey } from './indexSize';
import { withoutKeys } from './keyLists';
import { mayUse } from './relevance';
import type { TableAccess } from './tableAccess';

/** Another form of an index. */
export interface AlternativeForm {
  readonly candidate: Candidate;
  /** How it differs, in the words of CREATE INDEX: `without INCLUDE`, `other column order`; one at least. */
  readonly differences: readonly string[];
}

/** More forms than anybody reads through; each takes a plan of every statement that could use it. Our own choice. */
const MOST_FORMS = 10;
/** Widest key of a form; as wide as the advisor itself goes. */
const MAX_WIDTH = 3;

/**
 * The other forms of an index that could serve one of the mentions it serves, the nearest first: narrower, wider,
 * in another order of columns, with or without its predicate, of another access method. Forms that an existing index
 * already provides are left out, and those of `taken`, the other indexes of the set.
 */
export function alternativeForms(
  own: Candidate,
  accesses: readonly TableAccess[],
  catalog: Catalog,
  taken: readonly IndexDefinition[] = [],
): AlternativeForm[] {
  const served = accesses.filter(access => access.relation === own.relation && mayUse([access], own));
  const known = new Set([own.index, ...taken].map(indexIdentity));
  const forms: AlternativeForm[] = [];
  const offer = (index: IndexDefinition): void => {
    const id = indexIdentity(index);
    const candidate = { relation: own.relation, index };
    if (known.has(id) || !sharesColumn(own.index, index) || !mayUse(served, candidate)) return;
    if (coveringIndex(own.relation, index)) return;
    known.add(id);
    forms.push({ candidate, differences: differencesOf(own.index, index) });
  };
  variationsOf(own.index).forEach(offer);
  for (const access of served)
    for (const { index } of candidateIndexes(access, catalog, { maxWidth: MAX_WIDTH })) offer(index);
  // sorting keeps the order of what differs in as many ways
  return forms.sort((a, b) => a.differences.length - b.differences.length).slice(0, MOST_FORMS);
}

/** What can be said of any index: without INCLUDE, without its predicate, one column less, another column first. */
function variationsOf(index: IndexDefinition): IndexDefinition[] {
  const { schema, relation, method, keys, include } = index;
  return [
    ...(include.length > 0 ? [{ ...index, include: [] }] : []),
    ...(index.where === undefined ? [] : [{ schema, relation, method, keys, include }]),
    ...(keys.length > 1 ? [{ ...index, keys: keys.slice(0, -1) }] : []),
    ...keys.slice(1).map((key, position) => ({
      ...index,
      keys: [key, ...keys.slice(0, position + 1), ...keys.slice(position + 2)],
    })),
  ].map(form => ({ ...form, include: withoutKeys(form.include, textsOf(form)) }));
}

function textsOf({ keys }: IndexDefinition): { readonly text: string }[] {
  return keys.map(text => ({ text }));
}

/** Of two indexes without a common key column neither is a form of the other. */
function sharesColumn(one: IndexDefinition, other: IndexDefinition): boolean {
  const columns = new Set(one.keys.map(columnIn));
  return other.keys.some(key => columns.has(columnIn(key)));
}

function columnIn(key: string): string {
  return bareKey(key) ?? key;
}

function differencesOf(own: IndexDefinition, other: IndexDefinition): string[] {
  if (own.method !== other.method) return [`${other.method.toUpperCase()} instead of ${own.method.toUpperCase()}`];
  return [
    keysDiffer(own.keys, other.keys),
    includesDiffer(own, other),
    predicatesDiffer(own.where, other.where),
  ].filter(difference => difference !== undefined);
}

function keysDiffer(own: readonly string[], other: readonly string[]): string | undefined {
  const isWithin = (few: readonly string[], many: readonly string[]): boolean => few.every(key => many.includes(key));
  const differ = own.length !== other.length || own.some((key, position) => key !== other[position]);
  if (!differ) return undefined;
  if (own.length === other.length && isWithin(own, other)) return 'other order of key columns';
  if (other.length < own.length && isWithin(other, own)) return 'fewer key columns';
  if (other.length > own.length && isWithin(own, other)) return 'more key columns';
  return 'other key columns';
}

function includesDiffer(own: IndexDefinition, other: IndexDefinition): string | undefined {
  const stored = ({ keys, include }: IndexDefinition): string => [...keys.map(columnIn), ...include].sort().join();
  if (own.include.length > 0 && other.include.length === 0) return 'without INCLUDE';
  if (own.include.length === 0 && other.include.length > 0) return 'with INCLUDE';
  // a column that moved between key and INCLUDE is told of with the keys
  return own.include.join() === other.include.join() || stored(own) === stored(other) ? undefined : 'other INCLUDE';
}

function predicatesDiffer(own: string | undefined, other: string | undefined): string | undefined {
  if (own === other) return undefined;
  if (other === undefined) return 'without the predicate';
  return own === undefined ? 'with a predicate' : 'another predicate';
}

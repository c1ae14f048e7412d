import type { IndexDefinition } from '../suggestion';
import { indexIdentity, type Candidate } from './candidates';
import { bareKey } from './indexSize';
import { columnOf, type TableAccess } from './tableAccess';

/**
 * True if a plan of the statement that these mentions come from could use the index: its predicate is among the
 * statement's conditions, and its first key is asked for or its columns answer the mention alone. What this says no to
 * need not be planned, which saves most of an advisor's optimizer calls.
 */
export function mayUse(accesses: readonly TableAccess[], candidate: Candidate): boolean {
  return accesses.some(access => access.relation === candidate.relation && serves(access, candidate));
}

/**
 * What a plan of the statement could make of the index, as a text: the same for indexes that differ only behind the last
 * key the statement mentions, unless they answer a mention alone.
 */
export function useOf(accesses: readonly TableAccess[], { index, relation }: Candidate): string {
  const mentions = accesses.filter(access => access.relation === relation);
  if (index.method !== 'btree' || mentions.some(access => answersAlone(access, index))) return indexIdentity(index);
  const isMentioned = (key: string): boolean => {
    const name = bareKey(key);
    return name === undefined || mentions.some(({ needed }) => needed.has(name));
  };
  const last = index.keys.map(isMentioned).lastIndexOf(true);
  return indexIdentity({ ...index, keys: index.keys.slice(0, last + 1), include: [] });
}

function serves(access: TableAccess, { index, relation }: Candidate): boolean {
  if (index.where !== undefined) {
    const known = new Set(access.predicates.map(predicate => predicate.text));
    if (!index.where.split(' AND ').every(part => known.has(part))) return false;
    // a partial index may be read whole, for its predicate alone
    if (index.method === 'btree') return true;
  }
  const [first] = index.keys;
  if (first === undefined) return false;
  const name = bareKey(first);
  const column = name === undefined ? undefined : columnOf(relation, name)?.name;
  if (['gin', 'gist', 'spgist'].includes(index.method))
    return (
      access.inverted.some(
        use => first.startsWith(use.expression ?? ' ') || (!use.expression && use.column === column),
      ) ||
      (column !== undefined && access.nearest.has(column))
    );
  if (column === undefined) return access.expressions.some(use => first.startsWith(use.text));
  if (first.endsWith('_pattern_ops')) return access.prefix.has(column) || access.equality.has(column);
  return isAskedFor(access, column) || answersAlone(access, index);
}

function isAskedFor(access: TableAccess, column: string): boolean {
  return (
    access.equality.has(column) ||
    access.range.has(column) ||
    access.join.has(column) ||
    access.either.has(column) ||
    access.prefix.has(column) ||
    access.order[0]?.column === column ||
    access.group.includes(column) ||
    access.arranged.some(keys => keys[0]?.column === column)
  );
}

/** An index-only scan of all of it is cheaper than the table. */
function answersAlone(access: TableAccess, index: IndexDefinition): boolean {
  const stored = new Set([...index.keys.map(key => bareKey(key) ?? ''), ...index.include]);
  return access.needed.size > 0 && [...access.needed].every(name => stored.has(name));
}

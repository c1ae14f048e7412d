import { indexIdentity, type Candidate } from './candidates';
import type { CostedQuery } from './costedQuery';

/**
 * Rounds in which the planner picks from a statement's candidates, each without those it picked before. A third one
 * costs a quarter more plans and found no better set in five workloads.
 */
const ROUNDS = 2;

/**
 * The candidates of a statement that the planner itself takes: first of the widest forms, which do all that narrower
 * ones do, each round without those taken before; then of the narrow forms that these begin with.
 */
export async function pickCandidates(query: CostedQuery, candidates: readonly Candidate[]): Promise<Set<Candidate>> {
  const picked = new Set<Candidate>();
  const take = async (offered: readonly Candidate[]): Promise<void> => {
    let rest = offered;
    for (let round = 0; round < ROUNDS && rest.length > 0; round++) {
      const used = await query.used(rest);
      if (used.size === 0) break;
      for (const candidate of used) picked.add(candidate);
      rest = rest.filter(candidate => !used.has(candidate));
    }
  };
  const forms = candidates.map(candidate => ({ candidate, form: formOf(candidate) }));
  const wide = forms.filter(({ form }) => !forms.some(other => other.form !== form && doesMore(other.form, form)));
  await take(wide.map(({ candidate }) => candidate));
  const best = await query.cost(wide.map(({ candidate }) => candidate));
  const taken = [...picked].map(formOf);
  const narrow = forms.filter(
    ({ candidate, form }) =>
      candidate.index.include.length === 0 && taken.some(other => other.id === form.id || beginsWith(other, form)),
  );
  await take(narrow.map(({ candidate }) => candidate));
  query.settle(picked, best);
  return picked;
}

interface Form {
  readonly id: string;
  /** What has to be equal for two indexes to be comparable: table, method and predicate. */
  readonly kind: string;
  readonly keys: readonly string[];
  readonly stored: ReadonlySet<string>;
}

function formOf({ index }: Candidate): Form {
  return {
    id: indexIdentity(index),
    kind: `${index.schema}.${index.relation}|${index.method}|${index.where ?? ''}`,
    keys: index.keys,
    stored: new Set([...index.keys, ...index.include]),
  };
}

function doesMore(wide: Form, narrow: Form): boolean {
  return beginsWith(wide, narrow) && [...narrow.stored].every(name => wide.stored.has(name));
}

function beginsWith(wide: Form, narrow: Form): boolean {
  return wide.kind === narrow.kind && narrow.keys.every((key, position) => wide.keys[position] === key);
}

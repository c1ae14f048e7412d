import { listEntries } from './settingSql';

/** Whether the file of a library is on the server. */
export type LibraryState = 'present' | 'absent' | 'unknown';

/** What becomes of a profile's list of libraries to preload on a server. */
export interface PreloadChoice {
  /** The libraries loaded now, and the wanted ones that are not among them. */
  readonly value: string;
  readonly reason: string;
  /** Why it is not applied; null when it is. */
  readonly refused: string | null;
}

/** Extensions whose library does nothing at the start of the server: preloading them is of no use. */
const USELESS = new Set(['pgcrypto']);

/** Libraries of a list, without those that gain nothing by being preloaded. */
export function preloadLibraries(value: string): string[] {
  return listEntries(value).filter(name => name !== '');
}

/**
 * Adds to the libraries there are: a list in a guide knows nothing of those that a server already needs. A library that is
 * not there keeps the server from starting, and so does one that nobody could look for.
 */
export function choosePreload(
  wanted: readonly string[],
  present: readonly string[],
  states: ReadonlyMap<string, LibraryState>,
): PreloadChoice {
  const useful = wanted.filter(name => !USELESS.has(name));
  const added = useful.filter(name => !present.includes(name));
  const value = [...present, ...added].join(', ');
  const left = wanted.filter(name => USELESS.has(name));
  const notes = [
    present.length > 0 ? `added to what is loaded now: ${present.join(', ')}` : 'loaded when the server starts',
    ...left.map(name => `${name} is left out: it needs no preloading`),
  ];
  const inState = (state: LibraryState): string[] => added.filter(name => (states.get(name) ?? 'unknown') === state);
  const [absent, unknown] = [inState('absent'), inState('unknown')];
  const refused =
    absent.length > 0
      ? `the server would not start: it has no library ${absent.join(', ')}; install its package first`
      : unknown.length > 0
        ? `whether the server has the library ${unknown.join(', ')} could not be checked with this role; without it the server would not start`
        : null;
  return { value, reason: notes.join('; '), refused };
}

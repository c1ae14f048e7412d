import type { Completion } from './completion';

/** More than this many proposals nobody reads. */
export const MAX_ITEMS = 300;

/** How well a place is served by a kind of proposal; what is listed first comes first. */
export const TIERS = ['best', 'fitting', 'own', 'outer', 'common', 'other', 'far', 'last'] as const;
export type Tier = (typeof TIERS)[number];

interface Candidate {
  readonly match: number;
  readonly tier: number;
  readonly order: number;
  readonly build: () => Completion;
}

/** Takes what fits what is typed; proposals are only made for those that are shown. */
export class Collector {
  private readonly candidates: Candidate[] = [];
  private readonly seen = new Set<string>();
  private readonly prefix: string;
  /** True if something was held back that a longer prefix would show. */
  isIncomplete = false;

  constructor(typed: string) {
    this.prefix = typed.toLowerCase();
  }

  get hasPrefix(): boolean {
    return this.prefix !== '';
  }

  /** `name` is what the typed text must match; `key` tells proposals apart of which only the first is taken. */
  add(name: string, tier: Tier, build: () => Completion, key?: string): void {
    const match = matchOf(name, this.prefix);
    if (match < 0) return;
    if (key !== undefined) {
      if (this.seen.has(key)) return;
      this.seen.add(key);
    }
    this.candidates.push({ match, tier: TIERS.indexOf(tier), order: this.candidates.length, build });
  }

  finish(): { readonly items: Completion[]; readonly isIncomplete: boolean } {
    const sorted = this.candidates.sort((a, b) => a.match - b.match || a.tier - b.tier || a.order - b.order);
    return {
      items: sorted.slice(0, MAX_ITEMS).map(({ build }) => build()),
      isIncomplete: this.isIncomplete || sorted.length > MAX_ITEMS,
    };
  }
}

/** 0 for a beginning, 1 for the beginnings of its words, 2 for a part, 3 for letters in that order; -1 for none of it. */
export function matchOf(name: string, prefix: string): number {
  if (prefix === '') return 0;
  const lower = name.toLowerCase();
  const at = lower.indexOf(prefix);
  if (at === 0) return 0;
  if (lower.charCodeAt(0) === prefix.charCodeAt(0) && startsWords(lower, prefix)) return 1;
  if (at > 0) return 2;
  if (prefix.length < 2) return -1;
  let i = 0;
  for (let k = 0; k < lower.length && i < prefix.length; k++) if (lower[k] === prefix[i]) i++;
  return i === prefix.length ? 3 : -1;
}

/** `cr` and `coure` both begin the words of `counting_results`. */
function startsWords(name: string, prefix: string): boolean {
  const words = name.split(/[_.\s]+/);
  if (words.length < 2) return false;
  const fits = (word: number, at: number): boolean => {
    if (at === prefix.length) return true;
    const own = words[word];
    if (own === undefined) return false;
    for (let length = 0; length < own.length && at + length < prefix.length; length++) {
      if (own[length] !== prefix[at + length]) break;
      if (fits(word + 1, at + length + 1)) return true;
    }
    return false;
  };
  return fits(0, 0);
}

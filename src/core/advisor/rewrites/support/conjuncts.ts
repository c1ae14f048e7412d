import type { SourceRange } from '../../../base/sourceRange';
import type { Edit } from '../../../rules/finding';
import { conjuncts, rangeOfTree } from '../../../rules/support/trees';
import type { ParsedStatement } from '../../../sql/statement';

/** A condition of an AND, with the parentheses around it alone. */
export interface Conjunct {
  readonly tree: unknown;
  readonly range: SourceRange;
}

/** The conditions that an AND joins, in the order of the text; undefined if one of them has no place in it. */
export function conjunctPlaces(statement: ParsedStatement, condition: unknown): readonly Conjunct[] | undefined {
  const found = conjuncts(condition).map(tree => {
    const range = rangeOfTree(statement, tree);
    return range && { tree, range: withParentheses(statement.text, range) };
  });
  if (found.some(place => place === undefined)) return undefined;
  return (found as Conjunct[]).sort((a, b) => a.range.start - b.range.start);
}

/** Removes some conditions of an AND with the word AND beside each, but not all of them. */
export function removeConjuncts(
  { text }: ParsedStatement,
  all: readonly Conjunct[],
  gone: readonly Conjunct[],
): Edit[] | undefined {
  if (gone.length === 0 || gone.length >= all.length) return undefined;
  const edits: Edit[] = [];
  // A condition at the beginning goes with the AND behind it, any other with the one before it.
  let isBeginning = true;
  for (const [i, place] of all.entries()) {
    const { range } = place;
    if (!gone.includes(place)) {
      isBeginning = false;
      continue;
    }
    const neighbour = isBeginning ? all[i + 1] : all[i - 1];
    if (!neighbour) return undefined;
    const between = isBeginning
      ? { start: range.end, end: neighbour.range.start }
      : { start: neighbour.range.end, end: range.start };
    if (!/^\s*and\s*$/i.test(text.slice(between.start, between.end))) return undefined;
    edits.push({
      range: isBeginning ? { start: range.start, end: between.end } : { start: between.start, end: range.end },
      newText: '',
    });
  }
  return edits;
}

/** The range with all parentheses that hold nothing else. */
export function withParentheses(text: string, range: SourceRange): SourceRange {
  let { start, end } = range;
  for (;;) {
    const before = /\(\s*$/.exec(text.slice(0, start));
    const after = /^\s*\)/.exec(text.slice(end));
    // The parentheses of a call or of a list belong to the word before them.
    if (!before || !after || /[\w"]\s*$/.test(wordBefore(text, before.index))) return { start, end };
    start = before.index;
    end += after[0].length;
  }
}

/** The text right before a parenthesis, unless it is a word after which an expression begins. */
function wordBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 40), at);
  return /\b(?:and|or|not|where|on|having|when|then|else|select|by)\s*$/i.test(before) ? '' : before;
}

import { findHoles } from '../../sql/placeholders';
import type { ParsedStatement, PlaceholderStyle } from '../../sql/statement';
import type { Edit } from '../finding';

/** Placeholders that stand for the next value, whatever they are called. */
const IN_ORDER: ReadonlySet<PlaceholderStyle> = new Set(['question', 'format']);

/**
 * True if a program can send the values it sends now: `$1` and `:name` are all still there, and there are as many `?`
 * as before. The server refuses a value for a parameter the statement does not have.
 */
export function keepsPlaceholders({ placeholders }: ParsedStatement, edits: readonly Edit[]): boolean {
  if (placeholders.length === 0) return true;
  const isGone = ({ start, end }: Edit['range']): boolean =>
    edits.some(({ range }) => range.start <= start && end <= range.end);
  const kept = placeholders.filter(({ range }) => !isGone(range));
  const added = edits.flatMap(({ newText }) => findHoles(newText).holes.map(({ placeholder }) => placeholder));
  const after = [...kept, ...added];
  return placeholders.every(({ style, name }) =>
    IN_ORDER.has(style)
      ? after.filter(each => each.style === style).length === placeholders.filter(each => each.style === style).length
      : after.some(each => each.style === style && each.name === name),
  );
}

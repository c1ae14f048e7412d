import type { SourceRange } from '../../../base/sourceRange';
import type { ParsedStatement, Placeholder } from '../../../sql/statement';

/** Placeholders for values that a rewritten statement takes in addition. */
export interface NewParameters {
  /** As they are to be written, one for each name. */
  readonly texts: readonly string[];
  /** True where a driver goes by their order (`?`, `%s`), so that each text may be used only once. */
  readonly byPlace: boolean;
}

/**
 * Placeholders in the style of the statement, or `$1`... if it has none. A number that `replaced` leaves unused is
 * given again, since a server refuses numbers with gaps. Undefined for styles that have no free names (templates).
 */
export function newParameters(
  { text, placeholders }: ParsedStatement,
  names: readonly string[],
  replaced: SourceRange | undefined,
): NewParameters | undefined {
  const isGone = ({ range }: Placeholder): boolean =>
    replaced !== undefined && replaced.start <= range.start && range.end <= replaced.end;
  const model = placeholders.find(isGone) ?? placeholders.find(({ fills }) => fills === undefined || fills === 'value');
  const style = model?.style ?? 'dollar';
  switch (style) {
    case 'dollar':
      return { texts: freeNumbers(placeholders, isGone, names.length).map(number => `$${number}`), byPlace: false };
    case 'question':
    case 'format':
      return { texts: names.map(() => (style === 'question' ? '?' : '%s')), byPlace: true };
    case 'colon':
    case 'named':
    case 'pyformat':
    case 'psql-literal': {
      const written = text.slice(model!.range.start, model!.range.end);
      const free = freeNames(placeholders, names);
      return { texts: free.map(name => written.replace(model!.name, () => name)), byPlace: false };
    }
    default:
      return undefined;
  }
}

function freeNumbers(
  placeholders: readonly Placeholder[],
  isGone: (placeholder: Placeholder) => boolean,
  count: number,
): number[] {
  const used = new Set(placeholders.filter(each => !isGone(each)).map(each => Number(each.name)));
  const numbers: number[] = [];
  for (let number = 1; numbers.length < count; number++) if (!used.has(number)) numbers.push(number);
  return numbers;
}

function freeNames(placeholders: readonly Placeholder[], names: readonly string[]): string[] {
  const used = new Set(placeholders.map(each => each.name));
  return names.map(name => {
    let free = name.replace(/[^A-Za-z0-9_]/g, '_');
    while (used.has(free)) free += '_';
    used.add(free);
    return free;
  });
}

import type { SourceRange } from '../base/sourceRange';
import { rangeContains } from '../base/sourceRange';
import type { Catalog } from '../catalog/catalog';
import type { LocatedStatement, ParsedStatement } from '../sql/statement';
import type { Occurrence } from './occurrences';
import { occurrencesOf } from './occurrences';

/** The part of a document's script that the features read. */
export interface LanguageScript {
  readonly text: string;
  readonly statements: readonly LocatedStatement[];
  statementAt(offset: number): LocatedStatement | undefined;
}

/** A statement of a document, or of a function's body in it. */
export interface Place {
  readonly statement: ParsedStatement;
  /** Where it begins in the document. */
  readonly start: number;
  /** Variables of the body around it. */
  readonly variables?: ReadonlySet<string>;
}

/** The statement at an offset of the document, the innermost of a body. */
export function placeAt(script: LanguageScript, offset: number): Place | undefined {
  const located = script.statementAt(offset);
  if (!located) return undefined;
  const { start } = located.range;
  let found: Place = { statement: located.statement, start };
  let length = Infinity;
  for (const { range, statement, body } of located.statement.inner) {
    if (!rangeContains(range, offset - start) || range.end - range.start >= length) continue;
    found = { statement, start: start + range.start, variables: body.variables };
    length = range.end - range.start;
  }
  return found;
}

/** Every statement of a document with those of its bodies, as far as they touch the range. */
export function* placesIn(script: LanguageScript, within?: SourceRange, mentions?: string): Iterable<Place> {
  const word = mentions?.toLowerCase();
  for (const { range, statement } of script.statements) {
    if (within && (range.end < within.start || range.start > within.end)) continue;
    // Statements that do not mention the name need not be parsed.
    if (word !== undefined && !script.text.slice(range.start, range.end).toLowerCase().includes(word)) continue;
    yield { statement, start: range.start };
    for (const inner of statement.inner) {
      const start = range.start + inner.range.start;
      yield { statement: inner.statement, start, variables: inner.body.variables };
    }
  }
}

export function occurrencesAt(place: Place, catalog: Catalog | undefined): readonly Occurrence[] {
  return occurrencesOf(place.statement, catalog, place.variables);
}

/** The name at an offset of the document; between two that touch, the second. */
export function occurrenceAt(place: Place, offset: number, catalog: Catalog | undefined): Occurrence | undefined {
  const at = offset - place.start;
  return occurrencesAt(place, catalog).findLast(({ range }) => rangeContains(range, at));
}

import type { SourceRange } from '../base/sourceRange';
import { shiftRange } from '../base/sourceRange';
import type { Catalog } from '../catalog/catalog';
import type { NamedThing, Occurrence } from './occurrences';
import { isSameThing } from './occurrences';
import type { LanguageScript } from './place';
import { occurrenceAt, occurrencesAt, placeAt, placesIn } from './place';

/** A place of a document where the thing is named. */
export interface Reference {
  readonly range: SourceRange;
  readonly role: Occurrence['role'];
}

/** The names in the same statement that stand for what is named at an offset. */
export function highlightsAt(script: LanguageScript, offset: number, catalog: Catalog | undefined): Reference[] {
  const place = placeAt(script, offset);
  const found = place && occurrenceAt(place, offset, catalog);
  if (!place || !found || !isComparable(found.thing)) return [];
  return occurrencesAt(place, catalog)
    .filter(({ thing }) => isSameThing(thing, found.thing))
    .map(({ range, role }) => ({ range: shiftRange(range, place.start), role }));
}

/**
 * Everywhere in the document that the thing at an offset is named. Tables, columns of tables, functions and schemas are
 * looked for in all statements, everything else lives in its own.
 */
export function referencesAt(script: LanguageScript, offset: number, catalog: Catalog | undefined): Reference[] {
  return [...referenceSteps(script, offset, catalog)].flat();
}

/** The same statement by statement, so that a long document need not keep others waiting. */
export function* referenceSteps(
  script: LanguageScript,
  offset: number,
  catalog: Catalog | undefined,
): Generator<readonly Reference[]> {
  const place = placeAt(script, offset);
  const found = place && occurrenceAt(place, offset, catalog);
  if (!place || !found) return;
  const name = sharedName(found.thing);
  if (name === undefined) {
    yield highlightsAt(script, offset, catalog);
    return;
  }
  for (const other of placesIn(script, undefined, name)) {
    yield occurrencesAt(other, catalog)
      .filter(({ thing }) => isSameThing(thing, found.thing))
      .map(({ range, role }) => ({ range: shiftRange(range, other.start), role }));
  }
}

function isComparable(thing: NamedThing): boolean {
  return thing.kind !== 'unbound' || thing.source !== undefined;
}

function sharedName(thing: NamedThing): string | undefined {
  if (thing.kind === 'relation' || thing.kind === 'function') return thing.name.name;
  if (thing.kind === 'schema') return thing.name;
  return thing.kind === 'column' ? thing.column.base.column.name : undefined;
}

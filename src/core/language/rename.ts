import { utf8Length } from '../base/utf8';
import type { SourceRange } from '../base/sourceRange';
import { shiftRange } from '../base/sourceRange';
import { Binder, binderOf } from '../catalog/binding/binder';
import type { Catalog } from '../catalog/catalog';
import type { Grammar } from '../sql/grammar';
import { identifierOf, MAX_NAME_BYTES, quoteIdentifier } from '../sql/identifiers';
import { namesOf } from '../sql/names/namesOf';
import type { Source } from '../sql/names/scope';
import { parseStatement } from '../sql/parseStatement';
import type { ParsedStatement } from '../sql/statement';
import type { NamedThing, Occurrence } from './occurrences';
import { isSameThing, occurrencesOf, thingOfSource } from './occurrences';
import type { LanguageScript, Place } from './place';
import { occurrencesAt, occurrenceAt, placeAt } from './place';

/** What was refused, and why. */
export interface Refusal {
  readonly refused: string;
}

export interface Renamable {
  readonly range: SourceRange;
  /** The name as it stands there. */
  readonly placeholder: string;
}

export interface RenameEdits {
  /** Offsets of the document. */
  readonly ranges: readonly SourceRange[];
  readonly newText: string;
}

/** Whether the name at an offset can be renamed. */
export function prepareRename(
  script: LanguageScript,
  offset: number,
  catalog: Catalog | undefined,
): Renamable | Refusal {
  const found = findTarget(script, offset, catalog);
  if ('refused' in found) return found;
  const { occurrence, place } = found;
  const { start, end } = occurrence.range;
  return { range: shiftRange(occurrence.range, place.start), placeholder: place.statement.text.slice(start, end) };
}

/** Renames an alias, a WITH query, a column of a result or a window in its statement, or says why not. */
export function rename(
  script: LanguageScript,
  offset: number,
  newName: string,
  catalog: Catalog | undefined,
  grammar: Grammar,
): RenameEdits | Refusal {
  const found = findTarget(script, offset, catalog);
  if ('refused' in found) return found;
  const written = writeName(newName);
  if ('refused' in written) return written;
  const { place, occurrence } = found;
  const all = occurrencesAt(place, catalog);
  const own = all.filter(({ thing }) => isSameThing(thing, occurrence.thing));
  const doubt = findDoubt(place, occurrence.thing, catalog);
  if (doubt !== undefined) return { refused: doubt };
  const { text } = place.statement;
  const renamed = own.reduceRight(
    (changed, { range }) => changed.slice(0, range.start) + written.text + changed.slice(range.end),
    text,
  );
  const conflict = findConflict(place, all, parseStatement(grammar, renamed), catalog, written.text);
  if (conflict !== undefined) return { refused: conflict };
  return { ranges: own.map(({ range }) => shiftRange(range, place.start)), newText: written.text };
}

function findTarget(
  script: LanguageScript,
  offset: number,
  catalog: Catalog | undefined,
): { readonly place: Place; readonly occurrence: Occurrence } | Refusal {
  const place = placeAt(script, offset);
  const occurrence = place && occurrenceAt(place, offset, catalog);
  if (!place || !occurrence) return { refused: 'There is no name here that could be renamed.' };
  const reason = whyNot(occurrence.thing);
  if (reason !== undefined) return { refused: reason };
  const isDefined = occurrencesAt(place, catalog).some(
    ({ role, thing }) => role === 'definition' && isSameThing(thing, occurrence.thing),
  );
  return isDefined
    ? { place, occurrence }
    : { refused: 'The statement does not give this name itself: write an alias with AS first.' };
}

function whyNot(thing: NamedThing): string | undefined {
  switch (thing.kind) {
    case 'relation':
      return `${thing.name.name} is a table or view of the database: it keeps its name until ALTER TABLE renames it there.`;
    case 'column':
      return `${thing.column.base.column.name} is a column of ${thing.column.base.relation.name} in the database: it keeps its name until ALTER TABLE renames it there.`;
    case 'function':
      return `${thing.name.name} is a function of the database.`;
    case 'schema':
      return `${thing.name} is a schema of the database.`;
    case 'unbound':
      return `It is not known what ${thing.name} is a column of.`;
    default:
      return undefined;
  }
}

/** The name as it has to be written: as typed if it is a plain name, else in quotes. */
function writeName(typed: string): { readonly text: string } | Refusal {
  const name = typed.trim();
  const quoted = /^"(?:[^"]|"")+"$/.test(name);
  if (name === '' || name === '""') return { refused: 'A name cannot be empty.' };
  if (name.includes('\0')) return { refused: 'A name cannot contain a NUL character.' };
  if (!quoted && name.includes('"')) return { refused: 'The quotes of this name do not belong together.' };
  const meant = quoted ? identifierOf(name) : name;
  if (utf8Length(meant) > MAX_NAME_BYTES)
    return { refused: `PostgreSQL cuts names off after ${MAX_NAME_BYTES} bytes.` };
  if (quoted) return { text: name };
  const folded = identifierOf(name);
  const isPlain = quoteIdentifier(folded) === folded;
  return { text: isPlain ? name : quoteIdentifier(name) };
}

/** A name that may or may not mean what is renamed, because a table's columns are not known. */
function findDoubt(place: Place, thing: NamedThing, catalog: Catalog | undefined): string | undefined {
  const binder = binderOf(place.statement, catalog);
  for (const use of binder.names.columns.values()) {
    const binding = binder.bind(use);
    if (binding.kind !== 'unknown') continue;
    const { row, candidates } = binding;
    const meansRow = row !== undefined && isSameThing(thingOfSource(row, binder), thing);
    const meansColumn =
      candidates.length > 1 &&
      thing.kind === 'output' &&
      candidates.some(
        column => column.definition && isSameThing({ kind: 'output', definition: column.definition, column }, thing),
      );
    if (meansRow || meansColumn)
      return `It is not known whether ${use.parts.join('.')} means this name: the columns of a table are not known.`;
  }
  return undefined;
}

/** Why the statement would mean something else under the new name. */
function findConflict(
  { statement, variables }: Place,
  before: readonly Occurrence[],
  renamed: ParsedStatement,
  catalog: Catalog | undefined,
  name: string,
): string | undefined {
  if (renamed.syntaxError) return `${name} cannot stand in every place of the old name.`;
  if (variables?.has(identifierOf(name))) return `${name} is a variable here.`;
  const after = occurrencesOf(renamed, catalog, variables);
  const isSame =
    before.length === after.length &&
    identities(before).every((identity, i) => identity === identities(after)[i]) &&
    countTwins(renamed) <= countTwins(statement);
  return isSame ? undefined : `${name} already means something else in this statement.`;
}

const identityLists = new WeakMap<readonly Occurrence[], readonly string[]>();

/** For each name a text that is equal for those that mean the same; names of the database by what they mean. */
function identities(occurrences: readonly Occurrence[]): readonly string[] {
  const known = identityLists.get(occurrences);
  if (known) return known;
  const list = occurrences.map(({ thing }) => {
    if (thing.kind === 'column') {
      const { relation, column } = thing.column.base;
      return `column ${relation.schema}.${relation.name}.${column.name}`;
    }
    if (thing.kind === 'unbound') return 'unbound';
    return `${thing.kind} ${occurrences.findIndex(other => isSameThing(other.thing, thing))}`;
  });
  identityLists.set(occurrences, list);
  return list;
}

/** How many names stand twice where PostgreSQL wants them to differ: in one FROM, in one WITH. */
function countTwins(statement: ParsedStatement): number {
  let twins = 0;
  const count = (names: readonly (string | undefined)[]): void => {
    const given = names.filter(name => name !== undefined);
    twins += given.length - new Set(given).size;
  };
  for (const { scope, ctes, windows } of namesOf(statement).queries) {
    count(Binder.visible(scope.items).map((source: Source) => source.name));
    count(ctes.map(({ name }) => name));
    count(windows.map(({ name }) => name));
  }
  return twins;
}

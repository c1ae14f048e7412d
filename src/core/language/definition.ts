import type { SourceRange } from '../base/sourceRange';
import { shiftRange } from '../base/sourceRange';
import type { Catalog, DefinitionPlace } from '../catalog/catalog';
import { placesOf } from '../sql/names/namePlaces';
import type { QualifiedName, Source } from '../sql/names/scope';
import { strings } from '../sql/names/nodes';
import { unwrap } from '../sql/walk';
import type { NamedThing, Occurrence } from './occurrences';
import { isSameThing } from './occurrences';
import type { LanguageScript, Place } from './place';
import { occurrenceAt, occurrencesAt, placeAt } from './place';

/** Where the name at an offset is defined: in the statement, in this document, or in a schema file. */
export function definitionsAt(
  script: LanguageScript,
  uri: string,
  offset: number,
  catalog: Catalog | undefined,
): DefinitionPlace[] {
  const place = placeAt(script, offset);
  const found = place && occurrenceAt(place, offset, catalog);
  if (!place || !found) return [];
  const here = (ranges: readonly SourceRange[]): DefinitionPlace[] => ranges.map(range => ({ uri, range }));
  const local = definitionInStatement(place, found, catalog);
  if (local) return here([shiftRange(local, place.start)]);
  const { thing } = found;
  switch (thing.kind) {
    case 'relation': {
      const inFile = definitionsOfTable(script, thing.name, undefined, catalog);
      return inFile.length > 0 ? here(inFile) : known(thing.relation?.definedAt);
    }
    case 'column': {
      const { relation, column } = thing.column.base;
      const inFile = definitionsOfTable(script, relation, column.name, catalog);
      return inFile.length > 0 ? here(inFile) : known(relation.definedAt);
    }
    case 'unbound': {
      const table = thing.source && tableOf(thing.source);
      return table ? here(definitionsOfTable(script, table, thing.name, catalog)) : [];
    }
    case 'function': {
      const inFile = definitionsOfFunction(script, thing.name);
      return inFile.length > 0 ? here(inFile) : thing.routines.flatMap(routine => known(routine.definedAt));
    }
    default:
      return [];
  }
}

function known(place: DefinitionPlace | undefined): DefinitionPlace[] {
  return place ? [place] : [];
}

function tableOf(source: Source): QualifiedName | undefined {
  if (source.kind === 'table' || source.kind === 'new table') return source.table;
  return source.kind === 'excluded' || source.kind === 'old' || source.kind === 'new' ? source.of.table : undefined;
}

/** Relative to the statement. */
function definitionInStatement(
  place: Place,
  { thing }: Occurrence,
  catalog: Catalog | undefined,
): SourceRange | undefined {
  const defined = occurrencesAt(place, catalog).find(
    other => other.role === 'definition' && isSameThing(other.thing, thing),
  );
  if (defined) return defined.range;
  // A column named after its function or its keyword: the expression is its definition.
  const unnamed = thing.kind === 'output' && thing.definition.kind === 'output' ? thing.definition.output : undefined;
  return unnamed && placesOf(place.statement).outputValue(unnamed);
}

/** The CREATE statements of the document that define a table, or a column of it. */
function definitionsOfTable(
  script: LanguageScript,
  table: QualifiedName,
  column: string | undefined,
  catalog: Catalog | undefined,
): SourceRange[] {
  const found: SourceRange[] = [];
  for (const place of creating(script, table.name)) {
    const defined = occurrencesAt(place, catalog).filter(({ role }) => role === 'definition');
    if (!defined.some(({ thing }) => thing.kind === 'relation' && canBe(thing.name, table))) continue;
    const wanted = ({ thing }: Occurrence): boolean =>
      column === undefined ? thing.kind === 'relation' : nameOfColumn(thing) === column;
    const first = defined.find(wanted);
    if (first) found.push(shiftRange(first.range, place.start));
  }
  return found;
}

function nameOfColumn(thing: NamedThing): string | undefined {
  if (thing.kind === 'column' || thing.kind === 'output') return thing.column.name;
  return thing.kind === 'unbound' ? thing.name : undefined;
}

function definitionsOfFunction(script: LanguageScript, wanted: QualifiedName): SourceRange[] {
  const found: SourceRange[] = [];
  for (const { statement, start } of creating(script, wanted.name)) {
    const root = statement.tree && unwrap(statement.tree);
    if (root?.type !== 'CreateFunctionStmt') continue;
    const names = strings(root.fields.funcname);
    const name = names.at(-1);
    const schema = names.at(-2);
    if (name === undefined || !canBe({ name, ...(schema !== undefined && { schema }) }, wanted)) continue;
    const { tokens } = placesOf(statement);
    for (let i = 0; i < tokens.count && tokens.text(i) !== '('; i++) {
      const range = tokens.text(i + 1) === '(' ? tokens.rangeIfNamed(i, name) : undefined;
      if (range) found.push(shiftRange(range, start));
    }
  }
  return found;
}

/** Statements that begin with CREATE and mention a name; no other is parsed for it. */
function* creating(script: LanguageScript, name: string): Iterable<Place> {
  const word = name.toLowerCase();
  for (const { range, statement } of script.statements) {
    const text = script.text.slice(range.start, range.end);
    if (/^\s*create\b/i.test(text.slice(0, 20)) && text.toLowerCase().includes(word))
      yield { statement, start: range.start };
  }
}

/** True unless both are written with different schemas. */
function canBe(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && (a.schema === undefined || b.schema === undefined || a.schema === b.schema);
}

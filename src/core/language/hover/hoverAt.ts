import type { SourceRange } from '../../base/sourceRange';
import { shiftRange } from '../../base/sourceRange';
import { binderOf } from '../../catalog/binding/binder';
import type { KnownColumn } from '../../catalog/binding/knownColumn';
import type { Catalog } from '../../catalog/catalog';
import { placesOf } from '../../sql/names/namePlaces';
import type { Source } from '../../sql/names/scope';
import type { NamedThing } from '../occurrences';
import type { LanguageScript, Place } from '../place';
import { occurrenceAt, placeAt } from '../place';
import { describeColumn, describeRelation, describeRoutine } from './describe';
import { code, fence, MAX_LISTED, more } from './markdown';

export interface NameHover {
  /** Offsets of the document. */
  readonly range: SourceRange;
  readonly markdown: string;
}

/** What is known about the name at an offset; undefined if nothing is. */
export function hoverAt(script: LanguageScript, offset: number, catalog: Catalog | undefined): NameHover | undefined {
  const place = placeAt(script, offset);
  const found = place && occurrenceAt(place, offset, catalog);
  if (!place || !found) return undefined;
  const markdown = describe(found.thing, place, catalog);
  return markdown === undefined ? undefined : { range: shiftRange(found.range, place.start), markdown };
}

function describe(thing: NamedThing, place: Place, catalog: Catalog | undefined): string | undefined {
  const binder = binderOf(place.statement, catalog);
  switch (thing.kind) {
    case 'relation':
      return thing.relation && describeRelation(thing.relation);
    case 'column':
      return describeColumn(thing.column.base, thing.column.nullExtended);
    case 'alias':
      return describeAlias(thing.source, place, catalog);
    case 'cte': {
      const { columns, complete } = binder.columnsOfCte(thing.cte);
      return [`**${thing.cte.name}** · WITH query`, listColumns(columns, complete)].join('\n\n');
    }
    case 'output':
      return describeOutput(thing, place);
    case 'unbound':
      return thing.column?.type === undefined ? undefined : fence(`${thing.name} ${thing.column.type}`);
    case 'function':
      return thing.routines.length === 0 ? undefined : thing.routines.map(describeRoutine).join('\n\n---\n\n');
    default:
      return undefined;
  }
}

const ROWS: Readonly<Partial<Record<Source['kind'], string>>> = {
  excluded: 'the row that was to be inserted',
  old: 'the row before the command',
  new: 'the row after the command',
};

function describeAlias(source: Source, { statement }: Place, catalog: Catalog | undefined): string | undefined {
  const binder = binderOf(statement, catalog);
  const relation = binder.relationOf(source);
  const name = source.name ?? '';
  const row = ROWS[source.kind];
  if (relation) {
    const meaning = row ?? `alias of ${code(`${relation.schema}.${relation.name}`)}`;
    return `**${name}** · ${meaning}\n\n${describeRelation(relation)}`;
  }
  const { columns, complete } = binder.columnsOf(source);
  const kind = row ?? (source.kind === 'cte' ? `alias of ${code(source.cte.name)}` : `alias of a ${source.kind}`);
  return [`**${name}** · ${kind}`, listColumns(columns, complete)].filter(part => part !== '').join('\n\n');
}

function describeOutput(thing: Extract<NamedThing, { kind: 'output' }>, { statement }: Place): string {
  const { column, definition } = thing;
  const output = definition.kind === 'output' ? definition.output : undefined;
  const range = output && placesOf(statement).outputValue(output);
  const value = range && statement.text.slice(range.start, range.end);
  const head = `**${column.name}** · column of the query${column.type === undefined ? '' : ` · ${code(column.type)}`}`;
  return [
    head,
    value === undefined ? '' : fence(value.length > 400 ? `${value.slice(0, 400)} …` : value),
    column.base ? describeColumn(column.base, column.nullExtended) : '',
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

function listColumns(columns: readonly KnownColumn[], complete: boolean): string {
  if (columns.length === 0) return '';
  const lines = columns.slice(0, MAX_LISTED).map(({ name, type }) => (type === undefined ? name : `${name} ${type}`));
  const rest = complete ? more(columns.length) : '\n-- and others';
  return fence(`${lines.join('\n')}${rest}`);
}

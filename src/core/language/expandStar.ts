import type { SourceRange } from '../base/sourceRange';
import { rangeContains } from '../base/sourceRange';
import { Binder, binderOf } from '../catalog/binding/binder';
import type { KnownColumn } from '../catalog/binding/knownColumn';
import type { Catalog } from '../catalog/catalog';
import { quoteIdentifier } from '../sql/identifiers';
import type { ColumnUse, Source } from '../sql/names/scope';
import type { LanguageScript } from './place';
import { placeAt } from './place';

/** A star and the text it can be replaced by, in offsets of the document. */
export interface StarExpansion {
  readonly range: SourceRange;
  readonly newText: string;
  readonly columns: number;
}

/** A list no longer than this stays on one line. */
const LINE_WIDTH = 80;

/** The columns that the star at an offset stands for; undefined if some of them are not known. */
export function expandStarAt(
  script: LanguageScript,
  offset: number,
  catalog: Catalog | undefined,
): StarExpansion | undefined {
  const place = placeAt(script, offset);
  if (!place) return undefined;
  const { statement, start } = place;
  const binder = binderOf(statement, catalog);
  for (const query of binder.names.queries) {
    if (query.kind === 'set operation') continue;
    for (const output of query.outputs) {
      if (output.kind !== 'star' || !output.use) continue;
      const range = statement.rangeOf('ColumnRef', output.use.fields);
      if (!range || !rangeContains(range, offset - start)) continue;
      const { columns, complete } = binder.expand(output.use);
      if (!complete || columns.length === 0) return undefined;
      const names = columns.map(column => columnText(column, output.use!, binder));
      const at = { start: start + range.start, end: start + range.end };
      return { range: at, newText: layOut(names, script.text, at.start), columns: names.length };
    }
  }
  return undefined;
}

/** Qualified where the star was, or where more than one table is read. */
function columnText({ name, source }: KnownColumn, { parts, scope }: ColumnUse, binder: Binder): string {
  const own = quoteIdentifier(name);
  if (parts.length > 0) return [...parts.map(quoteIdentifier), own].join('.');
  const several = Binder.visible(scope.items).filter(item => !item.qualifiedOnly && item.kind !== 'merged').length > 1;
  const merged = source === undefined || scope.items.some(item => isMerged(item, name, binder));
  return several && !merged && source.name !== undefined ? `${quoteIdentifier(source.name)}.${own}` : own;
}

/** True if USING or NATURAL made one column of those of that name. */
function isMerged(item: Source, name: string, binder: Binder): boolean {
  if (item.kind !== 'join' || item.aliased) return false;
  const { left, right, using, natural } = item;
  const has = (side: Source): boolean => binder.columnsOf(side).columns.some(column => column.name === name);
  if (using.includes(name) || (natural && has(left) && has(right))) return true;
  return isMerged(left, name, binder) || isMerged(right, name, binder);
}

function layOut(names: readonly string[], text: string, start: number): string {
  const line = names.join(', ');
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  if (column + line.length <= LINE_WIDTH) return line;
  const indent = text.slice(start - column, start).replace(/[^\t]/g, ' ');
  return names.join(`,\n${indent}`);
}

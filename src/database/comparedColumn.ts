import { findRelation, type Catalog, type Column, type Relation } from '../core/catalog/catalog';
import type { ParsedStatement } from '../core/sql/statement';

/** A column that a parameter is compared with. */
export interface FoundColumn {
  readonly relation: Relation;
  readonly column: Column;
}

/** `column = $1`, `$1 < column`, `column IN (...`, `BETWEEN`: the nearest column name before the placeholder, else after. */
export function comparedColumn(statement: ParsedStatement, name: string, catalog: Catalog): FoundColumn | undefined {
  const placeholder = statement.placeholders.find(candidate => candidate.name === name);
  if (!placeholder) return undefined;
  const before = statement.text.slice(Math.max(0, placeholder.range.start - 200), placeholder.range.start);
  const after = statement.text.slice(placeholder.range.end, placeholder.range.end + 200);
  const left =
    /((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)\s*(?:=|<>|!=|<=?|>=?|(?:not\s+)?i?like|(?:not\s+)?in\s*\([^()]*|(?:not\s+)?between(?:\s+\S+\s+and)?|=\s*(?:any|all)\s*\()\s*$/i.exec(
      before,
    )?.[1];
  const right = /^(?:::\w+)?\s*(?:=|<>|!=|<=?|>=?)\s*((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/.exec(after)?.[1];
  const words = (left ?? right)?.split('.').map(unquote);
  const columnName = words?.at(-1);
  if (!words || columnName === undefined) return undefined;
  const qualifier = words.length > 1 ? words[0] : undefined;
  for (const table of statement.tables) {
    if (qualifier !== undefined && qualifier !== (table.alias ?? table.name)) continue;
    const relation = findRelation(catalog, table.name, table.schema);
    const column = relation?.columns.find(candidate => candidate.name === columnName);
    if (relation && column) return { relation, column };
  }
  return undefined;
}

function unquote(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1) : word.toLowerCase();
}

import type { UnknownName } from '../../catalog/binding/unknownNames';
import { findUnknownNames } from '../../catalog/binding/unknownNames';
import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { BodyContext, ParsedStatement } from '../../sql/statement';
import type { FileContext } from '../fileContext';
import type { Fix, Severity } from '../finding';
import { isSystemTable } from './expressions';
import { nearestName } from './nearestName';

/** Statements whose names are those of the tables as they are before it. */
export const NAMING_KINDS = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'ExplainStmt'];

interface Context {
  readonly statement: ParsedStatement;
  readonly catalog: Catalog;
  readonly file: FileContext;
  readonly body: BodyContext | undefined;
}

/** The unknown names of some kinds; none where the file itself changes the tables before the statement. */
export function unknownNames(
  { statement, catalog, file, body }: Context,
  kinds: readonly UnknownName['kind'][],
): UnknownName[] {
  // Two columns of one name are two whatever else a body knows; all other names may be of its own making.
  if (body !== undefined) {
    return kinds.every(kind => kind === 'ambiguous')
      ? findUnknownNames(statement, catalog, { inBody: true }).filter(
          // A variable of the name is another rule's matter, and may be what is meant.
          ({ kind, name }) => kind === 'ambiguous' && !body.variables.has(name),
        )
      : [];
  }
  // The catalog's own search path is what unqualified names are looked up by.
  if (file.settingBefore('search_path') !== undefined) return [];
  const found = findUnknownNames(statement, catalog, {
    isCreated: ({ schema, name }) => file.isCreatedBefore(name, schema) || file.earlier(name).length > 0,
  }).filter(({ kind }) => kinds.includes(kind));
  if (found.length === 0 || statement.tables.some(table => isSystemTable(table))) return [];
  return kinds.includes('relation') || !statement.tables.some(({ name }) => file.earlier(name).length > 0) ? found : [];
}

/** A server's refusal is certain; schema files may be behind. */
export function severityBy(catalog: Catalog): Severity {
  return catalog.source === 'ddl' ? 'warning' : 'error';
}

/** "; did you mean x?" and the edit that writes it. */
export function suggest({ name, candidates, range }: UnknownName): { readonly hint: string; readonly fixes: Fix[] } {
  const nearest = nearestName(name, candidates);
  if (nearest === undefined) return { hint: '', fixes: [] };
  const newText = quoteIdentifier(nearest);
  return {
    hint: `; ${newText} is there`,
    fixes: [{ title: `Change to ${newText}`, safe: false, edits: [{ range, newText }] }],
  };
}

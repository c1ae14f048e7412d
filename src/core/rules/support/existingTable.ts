import type { SourceRange } from '../../base/sourceRange';
import { findRelation } from '../../catalog/catalog';
import type { Relation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import type { RuleContext } from '../defineRule';
import type { Severity } from '../finding';
import type { TableName } from './expressions';

type Surroundings = Pick<
  RuleContext<Readonly<Record<string, string>>, 'file'>,
  'catalog' | 'file' | 'thresholds' | 'body'
>;

/** A table that others may be using while the statement runs. */
export interface ExistingTable {
  readonly name: string;
  /** What the catalog knows of it. */
  readonly relation: Relation | undefined;
  /** To be spread into a report: a big table makes a warning of it. */
  readonly size: { readonly severity?: Severity; readonly evidence?: string };
}

/** From this many times `smallTableRows` on, reading a table takes more than a few milliseconds. */
const QUICKLY_READ = 10;

/**
 * The table if locking it can hurt: not if this file has made it, if it is known to be small, or in the body of a
 * routine, where nobody knows which tables are new or temporary.
 */
export function existingTable(table: TableName, context: Surroundings): ExistingTable | undefined {
  const found = tableInUse(table, context);
  const rows = found?.relation?.rowEstimate;
  return rows !== undefined && rows < QUICKLY_READ * context.thresholds.smallTableRows ? undefined : found;
}

/** The same for statements that hurt however small the table is. */
export function tableInUse(table: TableName, context: Surroundings): ExistingTable | undefined {
  const { catalog, file, thresholds, body } = context;
  if (body !== undefined || table.schema === 'pg_temp' || file.isCreatedBefore(table.name, table.schema)) {
    return undefined;
  }
  const relation = catalog && findRelation(catalog, table.name, table.schema);
  const rows = relation?.rowEstimate;
  return {
    name: table.name,
    relation,
    size:
      rows === undefined
        ? {}
        : {
            evidence: `${table.name}: about ${rows} rows`,
            ...(rows >= thresholds.bigTableRows && { severity: 'warning' as const }),
          },
  };
}

/** Range of the words a statement begins with; all of it if it begins otherwise. */
export function leadingWords(text: string, words: RegExp): SourceRange {
  const found = words.exec(text);
  return { start: 0, end: found?.index === 0 ? found[0].length : text.length };
}

/** The edit that puts words in at a place. */
export function insertion(at: number, newText: string): { readonly range: SourceRange; readonly newText: string } {
  return { range: { start: at, end: at }, newText };
}

/** True if a lock_timeout is in force: whoever comes later does not wait long behind the statement. */
export function hasLockTimeout({ file, catalog }: Pick<Surroundings, 'file' | 'catalog'>): boolean {
  const value = file.settingBefore('lock_timeout') ?? catalog?.settings.lock_timeout;
  return value !== undefined && !/^(?:0\s*\w*)?$/.test(value);
}

/** The table's name as the statement spells it, with its schema and quotes. */
export function spelledName(statement: ParsedStatement, table: TableName): string {
  const found = statement.tables.find(({ name, schema }) => name === table.name && schema === table.schema);
  return found ? statement.text.slice(found.range.start, found.range.end) : table.name;
}

import { LIST_SETTINGS, QUOTED_LIST_SETTINGS } from '../catalog/listSettings';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../sql/identifiers';

/** What is asked for one setting; null takes our own entry away (`ALTER SYSTEM RESET`). */
export interface SettingChange {
  readonly name: string;
  readonly value: string | null;
}

/** True for a setting whose value is a list of names; written as one string they would name a single thing. */
export function isListSetting(name: string): boolean {
  return LIST_SETTINGS.has(name);
}

/** Where a setting is changed: for the whole server, one database, one role, or (storage parameters) one table. */
export type SettingScope =
  | { readonly kind: 'system' }
  | { readonly kind: 'database'; readonly database: string }
  | { readonly kind: 'role'; readonly role: string; readonly database?: string }
  | { readonly kind: 'table'; readonly schema: string; readonly table: string };

export const WHOLE_SERVER: SettingScope = { kind: 'system' };

/** The statement that a change stands for, to be shown before it runs. */
export function settingSql({ name, value }: SettingChange, scope: SettingScope = WHOLE_SERVER): string {
  const quoted = name.split('.').map(quoteIdentifier).join('.');
  const target = scopeSql(scope);
  if (scope.kind === 'table') {
    return value === null ? `${target} RESET (${quoted})` : `${target} SET (${quoted} = ${parameterValue(value)})`;
  }
  if (value === null) return `${target} RESET ${quoted}`;
  const values = QUOTED_LIST_SETTINGS.has(name) ? listEntries(value) : [value];
  return `${target} SET ${quoted} = ${values.map(quoteLiteral).join(', ')}`;
}

/** The scope in words: `the whole server`, `the database app`. */
export function describeScope(scope: SettingScope): string {
  switch (scope.kind) {
    case 'system':
      return 'the whole server';
    case 'database':
      return `the database ${quoteIdentifier(scope.database)}`;
    case 'role':
      return `the role ${quoteIdentifier(scope.role)}${scope.database === undefined ? '' : ` in ${quoteIdentifier(scope.database)}`}`;
    case 'table':
      return `the table ${quoteQualified(scope.schema, scope.table)}`;
  }
}

function scopeSql(scope: SettingScope): string {
  switch (scope.kind) {
    case 'system':
      return 'ALTER SYSTEM';
    case 'database':
      return `ALTER DATABASE ${quoteIdentifier(scope.database)}`;
    case 'role': {
      const inDatabase = scope.database === undefined ? '' : ` IN DATABASE ${quoteIdentifier(scope.database)}`;
      return `ALTER ROLE ${quoteIdentifier(scope.role)}${inDatabase}`;
    }
    case 'table':
      return `ALTER TABLE ${quoteQualified(scope.schema, scope.table)}`;
  }
}

function parameterValue(value: string): string {
  return /^\d+(\.\d+)?$|^(on|off|true|false)$/.test(value) ? value : quoteLiteral(value);
}

/** Entries of a comma-separated list, without the quotes around them: a comma inside quotes belongs to its entry. */
export function listEntries(value: string): string[] {
  if (value.trim() === '') return [''];
  const entries = value.match(/(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^,"'])+|(?<=,)(?=,|$)|^(?=,)/g) ?? [];
  return entries.map(each => unquoted(each.trim()));
}

function unquoted(entry: string): string {
  const [, quote, text] = /^(["'])(.*)\1$/s.exec(entry) ?? [];
  return quote === undefined || text === undefined ? entry : text.replaceAll(quote + quote, quote);
}

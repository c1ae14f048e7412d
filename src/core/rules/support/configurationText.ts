import { findSetting } from '../../catalog/systemCatalog/serverSettings';
import type { SourceRange } from '../../base/sourceRange';
import { quoteLiteral } from '../../sql/identifiers';

/** A line `name = value` of a text that is postgresql.conf and not SQL. */
export interface ConfigurationLine {
  readonly name: string;
  readonly nameRange: SourceRange;
  /** Without quotes. */
  readonly value: string;
  /** With its quotes. */
  readonly valueRange: SourceRange;
}

/** A comma behind the value is that of a list in SQL, of storage parameters for one. */
const LINE =
  /^[ \t]*([a-z_]+(?:\.[a-z_]+)?)[ \t]*=[ \t]*('(?:[^'\n]|'')*'|[^\s'#;-][^\s'#;,]*|-\d+\w*)(?=[ \t]*(?:$|[#;\r]|--))/gim;

/** A line with which SQL begins below the settings: what it lists in parentheses is not the server's. */
const SQL_LINE = /^[ \t]*(?:alter|create|select|insert|update|delete|drop|vacuum|analyze|with|do|set|reset)[ \t]+\w/im;

/** Its lines up to the first of SQL, if the text begins with one whose name is a setting; nothing otherwise. */
export function configurationLines(text: string): ConfigurationLine[] {
  const configuration = text.slice(0, SQL_LINE.exec(text)?.index);
  const lines = [...configuration.matchAll(LINE)].map(match => {
    const [whole, name = '', written = ''] = match;
    const nameStart = match.index + whole.indexOf(name);
    const end = match.index + whole.length;
    return {
      name,
      nameRange: { start: nameStart, end: nameStart + name.length },
      value: written.startsWith("'") ? written.slice(1, -1).replaceAll("''", "'") : written,
      valueRange: { start: end - written.length, end },
    };
  });
  const [first] = lines;
  const isFirst = first !== undefined && /^(?:\s|--[^\n]*|#[^\n]*)*$/.test(text.slice(0, first.nameRange.start));
  return isFirst && isSetting(first.name) ? lines : [];
}

function isSetting(name: string): boolean {
  return name.includes('.') || findSetting(name) !== undefined;
}

const LISTS = /_preload_libraries$|^(?:search_path|temp_tablespaces|unix_socket_directories)$/;

/** The same as a statement. */
export function asAlterSystem({ name, value }: ConfigurationLine): string {
  const entries = LISTS.test(name) ? value.split(',').map(entry => entry.trim()) : [value];
  const isBare = entries.length === 1 && /^(?:-?\d+(?:\.\d+)?|on|off|true|false)$/.test(value);
  return `ALTER SYSTEM SET ${name} = ${isBare ? value : entries.map(quoteLiteral).join(', ')};`;
}

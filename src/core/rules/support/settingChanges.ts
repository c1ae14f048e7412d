import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { configurationLines } from './configurationText';
import type { ConfigurationLine } from './configurationText';
import { functionName, list, stringConstant } from './expressions';

/** Whose setting is changed, and for how long. A line of postgresql.conf is `configuration`. */
export type SettingScope =
  'configuration' | 'system' | 'database' | 'role' | 'function' | 'session' | 'transaction' | 'call';

/** True if the setting is that of the whole server. */
export function isServerWide(scope: SettingScope): boolean {
  return scope === 'system' || scope === 'configuration';
}

/**
 * A setting given a value: SET, ALTER SYSTEM, ALTER DATABASE, ALTER ROLE, SET of a function, set_config(), or a line of
 * postgresql.conf that stands where SQL should.
 */
export interface SettingChange {
  readonly scope: SettingScope;
  /** In lower case. */
  readonly name: string;
  /** The name where it is written; the statement's first word if it is written otherwise (`SET TIME ZONE`). */
  readonly nameRange: SourceRange;
  /** As written, strings without quotes; empty for RESET, DEFAULT and for values that are only known at run time. */
  readonly values: readonly string[];
  /** All values together; undefined without any. */
  readonly valueRange: SourceRange | undefined;
  /** It only takes away what was set for a role or database, whatever that was. */
  readonly isRemoval: boolean;
}

const SCOPES: Readonly<Record<string, SettingScope>> = {
  AlterSystemStmt: 'system',
  AlterDatabaseSetStmt: 'database',
  AlterRoleSetStmt: 'role',
  DefElem: 'function',
};

/** SET, RESET and set_config() have it; `U&"..."` can hide it. */
export const SETS_SOMETHING = /set|u&/i;

const NONE: readonly SettingChange[] = [];
/** Each of the rules on settings asks. */
const known = new WeakMap<ParsedStatement, readonly SettingChange[]>();

/** The settings a statement changes. */
export function settingChanges(
  statement: ParsedStatement,
  find: (type: string) => readonly NodeMatch[],
): readonly SettingChange[] {
  const kept = known.get(statement);
  if (kept) return kept;
  const changes = readChanges(statement, find);
  known.set(statement, changes.length > 0 ? changes : NONE);
  return changes;
}

function readChanges(statement: ParsedStatement, find: (type: string) => readonly NodeMatch[]): SettingChange[] {
  if (statement.syntaxError) return configurationLines(statement.text).map(fromConfiguration);
  const sets = find('VariableSetStmt').flatMap(node => variableSet(statement, node) ?? []);
  const calls = find('FuncCall').flatMap(node => setConfig(statement, node.fields) ?? []);
  return [...sets, ...calls];
}

function fromConfiguration({ name, nameRange, value, valueRange }: ConfigurationLine): SettingChange {
  return {
    scope: 'configuration',
    name: name.toLowerCase(),
    nameRange,
    values: [value],
    valueRange,
    isRemoval: false,
  };
}

function variableSet(statement: ParsedStatement, node: NodeMatch): SettingChange | undefined {
  const { kind, name, args, is_local: isLocal } = node.fields;
  if (typeof name !== 'string' || kind === 'VAR_SET_MULTI' || kind === 'VAR_SET_CURRENT') return undefined;
  const constants = list(args);
  const first = constants[0];
  const last = constants.at(-1);
  const [start, end] = [rangeOf(statement, first), rangeOf(statement, last)];
  const valueRange = start && end && { start: start.start, end: end.end };
  const scope = SCOPES[node.parent?.type ?? ''] ?? (isLocal === true ? 'transaction' : 'session');
  return {
    scope,
    name: name.toLowerCase(),
    nameRange: nameRange(statement.text, name, valueRange?.start ?? statement.text.length),
    isRemoval: kind !== 'VAR_SET_VALUE' && (scope === 'role' || scope === 'database'),
    values: isFilledIn(statement, valueRange) ? [] : constants.flatMap(constant => constantText(constant) ?? []),
    valueRange,
  };
}

function setConfig(statement: ParsedStatement, fields: NodeFields): SettingChange | undefined {
  if (functionName(fields) !== 'set_config') return undefined;
  const [name, value] = list(fields.args);
  const setting = stringConstant(name);
  const written = rangeOf(statement, name);
  const valueRange = rangeOf(statement, value);
  if (setting === undefined || !written || isFilledIn(statement, written)) return undefined;
  const text = isFilledIn(statement, valueRange) ? undefined : stringConstant(value);
  return {
    scope: 'call',
    name: setting.toLowerCase(),
    nameRange: written,
    values: text === undefined ? [] : [text],
    valueRange,
    isRemoval: false,
  };
}

/** The last mention of the name before its value. */
function nameRange(text: string, name: string, before: number): SourceRange {
  const start = text.toLowerCase().lastIndexOf(name.toLowerCase(), before - 1);
  if (start >= 0) return { start, end: start + name.length };
  return { start: 0, end: /^\w*/.exec(text)?.[0].length ?? 0 };
}

/** What stands for a placeholder is not what the server will see. */
function isFilledIn(statement: ParsedStatement, range: SourceRange | undefined): boolean {
  return (
    range !== undefined &&
    statement.placeholders.some(({ range: hole }) => hole.start < range.end && range.start < hole.end)
  );
}

function rangeOf(statement: ParsedStatement, node: unknown): SourceRange | undefined {
  const found = unwrap(node);
  return found && statement.rangeOf(found.type, found.fields);
}

function constantText(node: unknown): string | undefined {
  const found = unwrap(node);
  if (found?.type !== 'A_Const') return undefined;
  const fields = found.fields as Record<string, NodeFields | undefined>;
  if (fields.sval) return String(fields.sval.sval ?? '');
  if (fields.fval) return String(fields.fval.fval ?? '');
  return fields.ival ? String(fields.ival.ival ?? 0) : undefined;
}

import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { list, stringConstant, stringValue } from './expressions';

/** A string given to a function, and where it stands with its quotes. */
export interface WrittenText {
  readonly text: string;
  readonly range: SourceRange;
}

/** Schedule and command of a call that gives pg_cron a job; what is not a plain string is undefined. */
export interface CronCall {
  readonly schedule: WrittenText | undefined;
  readonly command: WrittenText | undefined;
}

/** Reads `cron.schedule([name,] schedule, command)` and `cron.schedule_in_database(name, schedule, command, ...)`. */
export function cronCall(statement: ParsedStatement, fields: NodeFields): CronCall | undefined {
  const [schema, name] = list(fields.funcname).map(stringValue);
  if (schema !== 'cron' || (name !== 'schedule' && name !== 'schedule_in_database')) return undefined;
  const given = list(fields.args);
  if (given.some(argument => unwrap(argument)?.type === 'NamedArgExpr')) {
    return { schedule: named(statement, given, 'schedule'), command: named(statement, given, 'command') };
  }
  const first = name === 'schedule' && given.length === 2 ? 0 : 1;
  return { schedule: written(statement, given[first]), command: written(statement, given[first + 1]) };
}

function named(statement: ParsedStatement, given: readonly unknown[], name: string): WrittenText | undefined {
  const found = given.map(unwrap).find(argument => argument?.fields.name === name);
  return written(statement, found?.fields.arg);
}

function written(statement: ParsedStatement, argument: unknown): WrittenText | undefined {
  const text = stringConstant(argument);
  const node = unwrap(argument);
  const range = node && statement.rangeOf(node.type, node.fields);
  if (text === undefined || !range) return undefined;
  const isFilledIn = statement.placeholders.some(({ range: hole }) => hole.start < range.end && range.start < hole.end);
  return isFilledIn ? undefined : { text, range };
}

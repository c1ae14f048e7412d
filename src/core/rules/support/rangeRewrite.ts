import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { functionName, list, stringConstant } from './expressions';
import type { NodeFields } from '../nodeIndex';

/**
 * `day(column) <operator> value` as conditions on the bare column, with the day written as half-open interval:
 * `column >= day AND column < day + 1`. Undefined when a value cannot be read from the text.
 */
export function dayCondition(
  statement: ParsedStatement,
  column: string,
  comparison: NodeFields,
  operator: string,
  value: unknown,
): string | undefined {
  if (comparison.kind === 'AEXPR_BETWEEN') {
    const [low, high] = list(value).map(bound => dayText(statement, bound));
    return low && high ? `${column} >= ${low} AND ${column} < ${high} + 1` : undefined;
  }
  const day = dayText(statement, value);
  if (day === undefined || comparison.kind !== 'AEXPR_OP') return undefined;
  switch (operator) {
    case '=':
      return `${column} >= ${day} AND ${column} < ${day} + 1`;
    case '>=':
      return `${column} >= ${day}`;
    case '<':
      return `${column} < ${day}`;
    case '>':
      return `${column} >= ${day} + 1`;
    case '<=':
      return `${column} < ${day} + 1`;
    default:
      return undefined;
  }
}

/**
 * True if {@link dayCondition} means the same for every moment of a column without time zone. An infinite day has no
 * day after it, so a value nobody sees here (a parameter) may not be the end of the interval.
 */
export function isExactDayCondition(comparison: NodeFields, operator: string, value: unknown): boolean {
  if (comparison.kind === 'AEXPR_BETWEEN') return isFiniteDay(list(value)[1]);
  return operator === '>=' || operator === '<' || isFiniteDay(value);
}

function isFiniteDay(value: unknown): boolean {
  const node = unwrap(value);
  if (node?.type === 'TypeCast') return isFiniteDay(node.fields.arg);
  if (node?.type === 'A_Const') return !/inf/i.test(stringConstant(value) ?? '');
  return node?.type === 'SQLValueFunction';
}

/** The value as an expression of type date. */
function dayText(statement: ParsedStatement, value: unknown): string | undefined {
  const node = unwrap(value);
  const range = node && statement.rangeOf(node.type, node.fields);
  if (!node || !range) return undefined;
  const text = statement.text.slice(range.start, range.end);
  if (node.type === 'A_Const') return stringConstant(value) === undefined ? undefined : `date ${text}`;
  // A name that counts as a value is a variable of the routine around the statement.
  if (node.type === 'ParamRef' || node.type === 'ColumnRef') return `${text}::date`;
  if (node.type === 'SQLValueFunction' && node.fields.op === 'SVFOP_CURRENT_DATE') return text;
  if (node.type === 'FuncCall' && functionName(node.fields) === 'date') return text;
  if (node.type === 'TypeCast') return isDateCast(node.fields) ? text : undefined;
  return undefined;
}

function isDateCast(fields: NodeFields): boolean {
  const names = list((fields.typeName as NodeFields | undefined)?.names);
  return unwrap(names.at(-1))?.fields.sval === 'date';
}

/** The comparison the other way round: `5 < x` is `x > 5`. */
export function mirrored(operator: string): string {
  return { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }[operator] ?? operator;
}

/** Operators an ordinary (btree) index can answer. */
export const ORDER_OPERATORS: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=']);

/** True for `timestamp` without time zone, whatever its precision. */
export function isZoneless(type: string | undefined): boolean {
  return type !== undefined && /^timestamp(?:\(\d\))?(?: without time zone)?$/.test(type);
}

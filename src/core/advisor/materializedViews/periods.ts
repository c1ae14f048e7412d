import { functionName, integerConstant, list, operatorOf, stringConstant } from '../../rules/support/expressions';
import { unwrap, type TypedNode } from '../../sql/walk';
import { isCastTo } from './expressions';

/** Units of `date_trunc` of which each is made of whole ones before it; a week is made of days only. */
const UNITS = ['second', 'minute', 'hour', 'day', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number] | 'week';

/** The period a group of rows falls into, and what is cut to it: `date_trunc('day', t)`, `t::date`, `date(t)`. */
export function periodOf({ type, fields }: TypedNode): { readonly unit: Unit; readonly of: TypedNode } | undefined {
  if (type === 'TypeCast' && isCastTo(fields, 'date')) {
    const of = unwrap(fields.arg);
    return of && { unit: 'day', of };
  }
  if (type !== 'FuncCall') return undefined;
  const args = list(fields.args);
  const name = functionName(fields);
  if (name === 'date' && args.length === 1) {
    const of = unwrap(args[0]);
    return of && { unit: 'day', of };
  }
  if (name !== 'date_trunc' || args.length !== 2) return undefined;
  const unit = unitOf(stringConstant(args[0]));
  const of = unwrap(args[1]);
  return unit && of && { unit, of };
}

function unitOf(text: string | undefined): Unit | undefined {
  const unit = text?.toLowerCase();
  return unit === 'week' ? unit : UNITS.find(each => each === unit);
}

/** Seconds of a unit, for estimates. */
export const UNIT_SECONDS: Readonly<Record<Unit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  quarter: 7_889_400,
  year: 31_557_600,
};

/** True if whatever begins a `coarse` also begins a `fine`. */
function contains(coarse: Unit, fine: Unit): boolean {
  if (coarse === fine) return true;
  if (coarse === 'week') return contains('day', fine);
  return fine !== 'week' && UNITS.indexOf(coarse) >= UNITS.indexOf(fine);
}

/**
 * True if a value surely stands at the beginning of a period: then `t >= value` asks for the same rows as
 * `date_trunc(unit, t) >= value`, and `t < value` likewise. A parameter may hold anything.
 */
export function beginsPeriod(node: TypedNode | undefined, unit: Unit): boolean {
  if (!node) return false;
  const { type, fields } = node;
  if (type === 'SQLValueFunction') return fields.op === 'SVFOP_CURRENT_DATE' && contains('day', unit);
  const text = stringConstant({ [type]: fields });
  if (text !== undefined) return literalBegins(text, unit);
  const cut = periodOf(node);
  if (cut) return contains(cut.unit, unit);
  if (type !== 'A_Expr' || fields.kind !== 'AEXPR_OP') return false;
  const operator = operatorOf(fields);
  if (operator !== '+' && operator !== '-') return false;
  const step = intervalUnit(unwrap(fields.rexpr));
  return step !== undefined && contains(step, unit) && beginsPeriod(unwrap(fields.lexpr), unit);
}

/** `2024-05-01`, `2024-05-01 00:00:00`: without an offset, which would be another midnight. */
function literalBegins(text: string, unit: Unit): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.0+)?)?)?$/.exec(text.trim());
  if (!match) return false;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const begins: Record<Unit, boolean> = {
    second: true,
    minute: second === '00',
    hour: minute === '00' && second === '00',
    day: hour === '00' && minute === '00' && second === '00',
    week: false,
    month: false,
    quarter: false,
    year: false,
  };
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  begins.week = begins.day && date.getUTCDay() === 1;
  begins.month = begins.day && day === '01';
  begins.quarter = begins.month && (Number(month) - 1) % 3 === 0;
  begins.year = begins.month && month === '01';
  return begins[unit];
}

/** The unit of which an interval literal has a whole number: `'7 days'`. */
function intervalUnit(node: TypedNode | undefined): Unit | undefined {
  if (node?.type !== 'TypeCast' || !isCastTo(node.fields, 'interval')) return undefined;
  if (integerConstant(node.fields.arg) !== undefined) return undefined;
  const match = /^\s*\d+\s+(second|minute|hour|day|week|month|year)s?\s*$/i.exec(stringConstant(node.fields.arg) ?? '');
  return unitOf(match?.[1]);
}

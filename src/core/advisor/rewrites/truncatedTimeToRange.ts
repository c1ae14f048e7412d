import type { NodeFields } from '../../rules/nodeIndex';
import { castType, functionName, list, stringConstant } from '../../rules/support/expressions';
import { comparedExpressions } from '../../rules/support/comparisons';
import type { Comparison } from '../../rules/support/comparisons';
import { textOfTree } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless } from './rewrite';
import { isBeginning, nextUnit, rangeCondition, readDay } from './support/days';
import type { Day, DayRange, DayUnit } from './support/days';
import { writtenDay } from './support/writtenDay';
import { timeColumn, whyBare, zoneDifferences } from './support/timeColumn';
import type { TimeColumn } from './support/timeColumn';

/** `date_trunc(...) = value`, and days compared with one value, are fixes of rules. */
export const truncatedTimeToRange = defineRewrite({
  id: 'truncated-time-to-range',
  title: 'Compare the column itself with a range',
  why: 'An index on the column cannot serve what a function makes of it; a range of the column can.',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['FuncCall', 'TypeCast'],
  find(context) {
    const calls = comparedExpressions(context.find, 'FuncCall').flatMap(each => readCall(context, each) ?? []);
    const casts = comparedExpressions(context.find, 'TypeCast').flatMap(each => readCast(context, each) ?? []);
    return [...calls, ...casts];
  },
});

function readCall(context: RewriteContext, compared: Comparison): FoundRewrite | undefined {
  const { fields } = compared.side;
  const [first, second] = list(fields.args);
  switch (functionName(fields)) {
    case 'date_trunc': {
      const unit = dayUnit(first);
      if (unit === undefined || list(fields.args).length !== 2) return undefined;
      const column = timeColumn(context, compared.query, compared.side, 'args', second);
      return column && (truncated(context, compared, column, unit) ?? sinceBeginning(context, compared, column, unit));
    }
    case 'to_char': {
      const column = timeColumn(context, compared.query, compared.side, 'args', first);
      const format = stringConstant(second);
      return column && format !== undefined ? written(context, compared, column, format) : undefined;
    }
    case 'date': {
      const column = timeColumn(context, compared.query, compared.side, 'args', first);
      return column && listed(context, compared, column);
    }
    default:
      return undefined;
  }
}

function readCast(context: RewriteContext, compared: Comparison): FoundRewrite | undefined {
  if (castType(compared.side.fields) !== 'date') return undefined;
  const column = timeColumn(context, compared.query, compared.side, 'arg', compared.side.fields.arg);
  return column && listed(context, compared, column);
}

function found(
  context: RewriteContext,
  { comparison }: Comparison,
  column: TimeColumn,
  condition: string,
  differences: readonly string[] = [],
): FoundRewrite {
  const range = context.rangeOf(comparison);
  return {
    range,
    edits: [{ range, newText: condition }],
    equality: equalUnless(
      [...zoneDifferences(column), ...differences],
      [`${column.name} has no time zone: a day begins at its midnight`],
    ),
    why: whyBare(column),
  };
}

/** `date_trunc(unit, column)` compared with days that begin a unit. */
function truncated(
  context: RewriteContext,
  compared: Comparison,
  column: TimeColumn,
  unit: DayUnit,
): FoundRewrite | undefined {
  const { comparison, value, operator } = compared;
  const { kind } = comparison.fields;
  const days = (kind === 'AEXPR_OP' ? [value] : list(value)).map(literalDay);
  if (!days.every(day => day !== undefined && isBeginning(day, unit))) return undefined;
  const ranges = rangesOf(kind, operator, days as Day[], unit);
  if (!ranges) return undefined;
  // date_trunc makes a timestamptz of a date, which begins where the zone of the session says.
  const differences = column.kind === 'date' ? ['a midnight that the time zone of the session leaves out'] : [];
  return found(context, compared, column, rangeCondition(column.text, ranges), differences);
}

function rangesOf(kind: unknown, operator: string, days: readonly Day[], unit: DayUnit): DayRange[] | undefined {
  const [first, second] = days;
  if (kind === 'AEXPR_BETWEEN') return second! >= first! ? [{ from: first, to: nextUnit(second!, unit) }] : undefined;
  if (kind === 'AEXPR_IN') return limited(days.map(day => ({ from: day, to: nextUnit(day, unit) })));
  if (kind !== 'AEXPR_OP') return undefined;
  switch (operator) {
    case '>=':
      return [{ from: first }];
    case '>':
      return [{ from: nextUnit(first!, unit) }];
    case '<':
      return [{ to: first }];
    case '<=':
      return [{ to: nextUnit(first!, unit) }];
    default:
      return undefined;
  }
}

const STEPS: Readonly<Record<DayUnit, string>> = {
  day: '1 day',
  week: '1 week',
  month: '1 month',
  quarter: '3 months',
  year: '1 year',
};

/** `date_trunc('month', column) >= date_trunc('month', now())`: the value begins a unit, whichever. */
function sinceBeginning(
  context: RewriteContext,
  compared: Comparison,
  column: TimeColumn,
  unit: DayUnit,
): FoundRewrite | undefined {
  const { comparison, value, operator } = compared;
  const call = unwrap(value);
  const text = textOfTree(context.statement, value);
  if (comparison.fields.kind !== 'AEXPR_OP' || call?.type !== 'FuncCall' || text === undefined) return undefined;
  if (functionName(call.fields) !== 'date_trunc' || dayUnit(list(call.fields.args)[0]) !== unit) return undefined;
  if (list(call.fields.args).length !== 2) return undefined;
  const next = `${text} + interval '${STEPS[unit]}'`;
  const bound = { '>=': `>= ${text}`, '>': `>= ${next}`, '<': `< ${text}`, '<=': `< ${next}` }[operator];
  return bound === undefined
    ? undefined
    : found(context, compared, column, `${column.text} ${bound}`, [
        'the beginning is that of another type than the column',
      ]);
}

/** `to_char(column, 'YYYY-MM') = '2024-05'` */
function written(
  context: RewriteContext,
  compared: Comparison,
  column: TimeColumn,
  format: string,
): FoundRewrite | undefined {
  const { comparison, value, operator } = compared;
  const { kind } = comparison.fields;
  if (kind !== 'AEXPR_IN' && !(kind === 'AEXPR_OP' && operator === '=')) return undefined;
  const ranges = (kind === 'AEXPR_OP' ? [value] : list(value)).map(item => {
    const text = unwrap(item)?.type === 'A_Const' ? stringConstant(item) : undefined;
    const read = text === undefined ? undefined : writtenDay(text, format);
    return read && { from: read.day, to: nextUnit(read.day, read.unit) };
  });
  const known = limited(ranges.filter(range => range !== undefined));
  if (known?.length !== ranges.length) return undefined;
  return found(context, compared, column, rangeCondition(column.text, known), [
    'to_char writes a year before Christ like the one after',
  ]);
}

/** `date(column) IN (...)`, `column::date IN (...)` */
function listed(context: RewriteContext, compared: Comparison, column: TimeColumn): FoundRewrite | undefined {
  const { comparison, value } = compared;
  if (comparison.fields.kind !== 'AEXPR_IN' || column.kind === 'date') return undefined;
  const days = list(value).map(literalDay);
  const ranges = limited(days.flatMap(day => (day === undefined ? [] : { from: day, to: nextUnit(day, 'day') })));
  return ranges?.length === days.length
    ? found(context, compared, column, rangeCondition(column.text, ranges))
    : undefined;
}

/** Ours: a condition of more ranges is no easier to read than what it replaces. */
const MOST_RANGES = 6;

function limited(ranges: readonly DayRange[]): DayRange[] | undefined {
  return ranges.length > 0 && ranges.length <= MOST_RANGES ? [...ranges] : undefined;
}

const UNITS: ReadonlySet<string> = new Set<DayUnit>(['day', 'week', 'month', 'quarter', 'year']);

function dayUnit(node: unknown): DayUnit | undefined {
  const text = stringConstant(node)?.toLowerCase() ?? '';
  return UNITS.has(text) ? (text as DayUnit) : undefined;
}

/** A literal, plain or cast to a type without time zone. */
function literalDay(node: unknown): Day | undefined {
  const value = unwrap(node);
  if (value?.type === 'TypeCast' && !isZonelessCast(value.fields)) return undefined;
  return value?.type === 'A_Const' || value?.type === 'TypeCast' ? readDay(stringConstant(node)) : undefined;
}

function isZonelessCast(fields: NodeFields): boolean {
  const type = castType(fields);
  return type === 'date' || type === 'timestamp';
}

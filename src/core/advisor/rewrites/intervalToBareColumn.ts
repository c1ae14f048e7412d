import { castType, functionName, list, operatorOf, stringConstant } from '../../rules/support/expressions';
import { comparedExpressions } from '../../rules/support/comparisons';
import type { Comparison } from '../../rules/support/comparisons';
import { mirrored } from '../../rules/support/rangeRewrite';
import { matchBelow, textOfTree } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless } from './rewrite';
import { isSteady } from './support/steady';
import { timeColumn, whyBare } from './support/timeColumn';
import type { TimeColumn } from './support/timeColumn';

export const intervalToBareColumn = defineRewrite({
  id: 'interval-to-bare-column',
  title: 'Calculate with now() and not with the column',
  why: 'An index on the column cannot serve what is calculated from it; a comparison with the column itself can.',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['A_Expr', 'FuncCall'],
  find(context) {
    return [
      ...comparedExpressions(context.find, 'A_Expr').flatMap(each => differenceOf(context, each) ?? []),
      ...comparedExpressions(context.find, 'FuncCall').flatMap(
        each => ageOf(context, each) ?? secondsOf(context, each) ?? [],
      ),
    ];
  },
});

/** `now() - column < interval '1 hour'` */
function differenceOf(context: RewriteContext, compared: Comparison): FoundRewrite | undefined {
  const { lexpr, rexpr } = compared.side.fields;
  if (operatorOf(compared.side.fields) !== '-' || !isMoment(lexpr)) return undefined;
  const column = timeColumn(context, compared.query, compared.side, 'rexpr', rexpr);
  return column && moved(context, compared, column, lexpr, []);
}

/** `age(column) < interval '1 hour'`, `age(now(), column) < ...` */
function ageOf(context: RewriteContext, compared: Comparison): FoundRewrite | undefined {
  const { fields } = compared.side;
  const args = list(fields.args);
  if (functionName(fields) !== 'age' || args.length === 0 || args.length > 2) return undefined;
  const [now, last] = args.length === 2 ? args : [undefined, args[0]];
  if (now !== undefined && !isMoment(now)) return undefined;
  const column = timeColumn(context, compared.query, compared.side, 'args', last);
  return (
    column &&
    moved(context, compared, column, now, [
      'age() counts months and days, and begins today at midnight if only the column is given',
    ])
  );
}

/** `extract(epoch FROM now() - column) < 3600`: so many seconds, whatever the clocks did meanwhile. */
function secondsOf(context: RewriteContext, compared: Comparison): FoundRewrite | undefined {
  const { side, comparison, query, value, operator } = compared;
  const name = functionName(side.fields);
  const [unit, difference] = list(side.fields.args);
  const subtraction = matchBelow(side, 'args', difference);
  if ((name !== 'extract' && name !== 'date_part') || stringConstant(unit)?.toLowerCase() !== 'epoch') return undefined;
  if (subtraction?.type !== 'A_Expr' || operatorOf(subtraction.fields) !== '-') return undefined;
  const { lexpr, rexpr } = subtraction.fields;
  const column = isMoment(lexpr) ? timeColumn(context, query, subtraction, 'rexpr', rexpr) : undefined;
  const moment = textOfTree(context.statement, lexpr);
  const seconds = textOfTree(context.statement, value);
  if (!column || column.kind === 'date' || moment === undefined || seconds === undefined) return undefined;
  if (comparison.fields.kind !== 'AEXPR_OP' || operator === '=' || !isNumber(value)) return undefined;
  const range = context.rangeOf(comparison);
  const isZoned = column.kind === 'zoned' && isZonedMoment(lexpr);
  return {
    range,
    edits: [{ range, newText: `${column.text} ${mirrored(operator)} ${moment} - ${seconds} * interval '1 second'` }],
    equality: equalUnless(isZoned ? [] : [OTHER_ZONE], [`${column.name} and the moment have a time zone`]),
    why: whyBare(column),
  };
}

const OTHER_ZONE = 'the column and the moment are not both with time zone: an hour where clocks are changed';

/** A number, or numbers that are multiplied. */
function isNumber(node: unknown): boolean {
  const found = unwrap(node);
  if (found?.type === 'A_Expr') {
    return operatorOf(found.fields) === '*' && isNumber(found.fields.lexpr) && isNumber(found.fields.rexpr);
  }
  return found?.type === 'A_Const' && (found.fields.ival !== undefined || found.fields.fval !== undefined);
}

function moved(
  context: RewriteContext,
  { comparison, operator, value }: Comparison,
  column: TimeColumn,
  moment: unknown,
  differences: readonly string[],
): FoundRewrite | undefined {
  const { statement, catalog } = context;
  if (comparison.fields.kind !== 'AEXPR_OP' || operator === '=' || column.kind === 'date') return undefined;
  const from = moment === undefined ? 'current_date' : textOfTree(statement, moment);
  const length = textOfTree(statement, value);
  if (from === undefined || length === undefined || !isInterval(value) || !isSteady(value, catalog)) return undefined;
  const range = context.rangeOf(comparison);
  const isZoned = column.kind === 'zoned' && isZonedMoment(moment);
  return {
    range,
    edits: [{ range, newText: `${column.text} ${mirrored(operator)} ${from} - ${length}` }],
    equality: equalUnless(
      [
        ...differences,
        ...(isOfHours(value)
          ? []
          : ['days and months are then those of the calendar; now a day has 24 hours and a month 30 days']),
        ...(isZoned ? [] : [OTHER_ZONE]),
      ],
      [`${column.name} and the moment have a time zone, and the interval has hours, minutes and seconds only`],
    ),
    why: whyBare(column),
  };
}

const MOMENTS: ReadonlySet<string> = new Set(['now', 'transaction_timestamp', 'statement_timestamp']);

function isMoment(node: unknown): boolean {
  const found = unwrap(node);
  if (found?.type === 'FuncCall') return MOMENTS.has(functionName(found.fields) ?? '');
  return (
    found?.type === 'SQLValueFunction' &&
    /^SVFOP_(?:CURRENT_TIMESTAMP|LOCALTIMESTAMP|CURRENT_DATE)$/.test(String(found.fields.op))
  );
}

function isZonedMoment(node: unknown): boolean {
  const found = unwrap(node);
  return found?.type === 'FuncCall' || found?.fields.op === 'SVFOP_CURRENT_TIMESTAMP';
}

/** What can only be an interval here: a literal or a parameter cast to one, `make_interval(...)`. */
function isInterval(node: unknown): boolean {
  const found = unwrap(node);
  if (found?.type === 'TypeCast') return castType(found.fields) === 'interval';
  return found?.type === 'FuncCall' && functionName(found.fields) === 'make_interval';
}

/** True for a literal without days and months: these have one length everywhere. */
function isOfHours(node: unknown): boolean {
  const text = stringConstant(node);
  return text !== undefined && /^\s*(?:\d+(?:\.\d+)?\s*(?:hours?|h|minutes?|mins?|seconds?|secs?|s)\s*)+$/i.test(text);
}

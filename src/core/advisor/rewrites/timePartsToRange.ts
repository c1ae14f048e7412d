import type { NodeMatch } from '../../rules/nodeIndex';
import { functionName, integerConstant, list, stringConstant } from '../../rules/support/expressions';
import { comparedExpressions } from '../../rules/support/comparisons';
import type { Comparison } from '../../rules/support/comparisons';
import { conjuncts } from '../../rules/support/trees';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless } from './rewrite';
import { conjunctPlaces, removeConjuncts } from './support/conjuncts';
import { dayOf, nextUnit, rangeCondition } from './support/days';
import type { DayRange, DayUnit } from './support/days';
import { timeColumn, whyBare, zoneDifferences } from './support/timeColumn';
import type { TimeColumn } from './support/timeColumn';

/** `extract(year FROM column) = 2024` alone is the fix of `query/function-on-column`. */
export const timePartsToRange = defineRewrite({
  id: 'time-parts-to-range',
  title: 'Write year, month and day as a range of the column',
  why: 'An index on the column cannot serve its parts; a range of the column can.',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['FuncCall'],
  mentions: /extract|date_part/i,
  find(context) {
    const parts = comparedExpressions(context.find, 'FuncCall').flatMap(each => readPart(context, each) ?? []);
    return parts.flatMap(part => (part.unit === 'year' ? (rangeOf(context, part, parts) ?? []) : []));
  },
});

/** `extract(month FROM created_at) = 5` */
interface Part extends Comparison {
  readonly unit: 'year' | 'month' | 'day';
  readonly column: TimeColumn;
  /** What it may be, from low to high, with both ends. */
  readonly values: readonly (readonly [low: number, high: number])[];
}

function readPart(context: RewriteContext, compared: Comparison): Part | undefined {
  const { side, query } = compared;
  const name = functionName(side.fields);
  const [unit, argument] = list(side.fields.args);
  const asked = stringConstant(unit)?.toLowerCase();
  if ((name !== 'extract' && name !== 'date_part') || (asked !== 'year' && asked !== 'month' && asked !== 'day'))
    return undefined;
  const column = timeColumn(context, query, side, 'args', argument);
  const values = valuesOf(compared);
  return column && values && { ...compared, unit: asked, column, values };
}

function valuesOf({ comparison, operator, value }: Comparison): (readonly [number, number])[] | undefined {
  const { kind } = comparison.fields;
  const numbers = (kind === 'AEXPR_OP' ? [value] : list(value)).map(plainInteger);
  if (numbers.length === 0 || !numbers.every(number => number !== undefined)) return undefined;
  if (kind === 'AEXPR_BETWEEN') {
    const [low, high] = numbers;
    return numbers.length === 2 && low! <= high! ? [[low!, high!]] : undefined;
  }
  if (kind === 'AEXPR_IN' || (kind === 'AEXPR_OP' && operator === '=')) return numbers.map(number => [number, number]);
  return undefined;
}

function plainInteger(node: unknown): number | undefined {
  return unwrap(node)?.type === 'A_Const' ? integerConstant(node) : undefined;
}

function rangeOf(context: RewriteContext, year: Part, parts: readonly Part[]): FoundRewrite | undefined {
  const month = beside(year, parts, 'month');
  const day = month && beside(year, parts, 'day');
  const isAlone = !month;
  // One year alone is the rule's.
  if (isAlone && year.comparison.fields.kind === 'AEXPR_OP') return undefined;
  const ranges = rangesOf(year, month, day);
  if (!ranges) return undefined;
  const remove = removal(context, year, [month, day]);
  if (!remove) return undefined;
  const range = context.rangeOf(year.comparison);
  const condition = rangeCondition(year.column.text, ranges);
  return {
    range,
    edits: [{ range, newText: condition }, ...remove],
    equality: equalUnless(zoneDifferences(year.column), [
      `${year.column.name} has no time zone, and the parts are those of its calendar`,
    ]),
    why: whyBare(year.column),
  };
}

/** Another part of the same column that the same AND asks for. */
function beside(year: Part, parts: readonly Part[], unit: DayUnit): Part | undefined {
  const found = parts.filter(
    part =>
      part.unit === unit &&
      part.query === year.query &&
      part.column.text === year.column.text &&
      part.comparison.parent === year.comparison.parent &&
      isAnd(part.comparison.parent),
  );
  return found.length === 1 ? found[0] : undefined;
}

function isAnd(node: NodeMatch | undefined): boolean {
  return node?.type === 'BoolExpr' && node.fields.boolop === 'AND_EXPR';
}

/** Ours: a condition of more ranges is no easier to read than what it replaces. */
const MOST_RANGES = 6;

function rangesOf(year: Part, month: Part | undefined, day: Part | undefined): DayRange[] | undefined {
  const ranges: (DayRange | undefined)[] = [];
  const finest = day ?? month ?? year;
  const isWholeYears = (low: number, high: number): boolean => low === high || finest === year;
  for (const [low, high] of year.values) {
    if (!isWholeYears(low, high)) return undefined;
    if (finest === year) ranges.push(spanOf(dayOf(low), dayOf(high), 'year'));
    for (const [first, last] of month?.values ?? []) {
      if (finest === month) ranges.push(spanOf(dayOf(low, first), dayOf(low, last), 'month'));
      else if (first !== last) return undefined;
      else
        for (const [from, to] of day!.values)
          ranges.push(spanOf(dayOf(low, first, from), dayOf(low, first, to), 'day'));
    }
  }
  const known = ranges.filter(range => range !== undefined);
  return known.length === ranges.length && known.length > 0 && known.length <= MOST_RANGES ? known : undefined;
}

function spanOf(first: string | undefined, last: string | undefined, unit: DayUnit): DayRange | undefined {
  return first !== undefined && last !== undefined ? { from: first, to: nextUnit(last, unit) } : undefined;
}

/** Takes the other parts out of their AND. */
function removal(context: RewriteContext, year: Part, others: readonly (Part | undefined)[]) {
  const gone = others.flatMap(part => part?.comparison.fields ?? []);
  if (gone.length === 0) return [];
  const { statement } = context;
  const and = year.comparison.parent!;
  const condition = { BoolExpr: and.fields };
  const all = conjunctPlaces(statement, condition);
  if (!all || conjuncts(condition).length !== all.length) return undefined;
  return removeConjuncts(
    statement,
    all,
    all.filter(({ tree }) => gone.includes(unwrap(tree)?.fields ?? {})),
  );
}

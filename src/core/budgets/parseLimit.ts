import { closestName } from '../rules/support/closestName';
import { nearestName } from '../rules/support/nearestName';
import type { Finding } from '../rules/finding';
import type { Comparison } from './budget';
import type { BudgetToken } from './budgetTokens';
import { findMetric, METRICS, needsUnit, SHOWN_UNITS, unitFactor, type Metric } from './metrics';
import { parseClause, problem, spanOf, type ParsedClauses } from './parseClause';
import { malformed } from './problems';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '<': '<',
  '<=': '<=',
  '≤': '<=',
  '=': '=',
  '==': '=',
  '>=': '>=',
  '≥': '>=',
  '>': '>',
};

/** `metric comparison number unit`, and behind it perhaps a clause whose comma was forgotten. */
export function parseLimit(text: string, tokens: readonly BudgetToken[], words: readonly string[]): ParsedClauses {
  const said = tokens.slice(0, words.length);
  const metric = findMetric(words.join(' '));
  if (!metric) return unknownMetric(tokens, said, words);
  const [operator, number, ...rest] = tokens.slice(words.length);
  const comparison = operator?.kind === 'operator' ? COMPARISONS[operator.text] : undefined;
  if (!comparison) {
    const at = operator?.kind === 'operator' ? operator.range : spanOf(said);
    const message = `${metric.name} wants a comparison and a number: ${metric.name} ${metric.example}.`;
    return problem(at, message, operator?.text === '=<' ? '<=' : operator?.text === '=>' ? '>=' : undefined);
  }
  if (number?.kind !== 'number') {
    const at = spanOf(tokens.slice(0, words.length + (number ? 2 : 1)));
    return problem(at, `${metric.name} is compared with a number: ${metric.name} ${metric.example}.`);
  }
  const value = Number(number.text.replace(/[,_]/g, ''));
  const [unit, ...more] = rest;
  const factor = unit && /^(?:[\p{L}µ]+|%)$/u.test(unit.text) ? unitFactor(metric.quantity, unit.text) : undefined;
  const head = tokens.slice(0, words.length + 2 + (factor === undefined ? 0 : 1));
  const behind = factor === undefined ? rest : more;
  const missing = factor === undefined && value !== 0 && needsUnit(metric.quantity) && !isBytesNamed(said, metric);
  if (missing) return missingUnit(metric, number, behind);
  const clause = {
    kind: 'limit',
    metric: metric.name,
    comparison,
    limit: value * (factor ?? 1),
    range: spanOf(head),
  } as const;
  if (behind.length === 0) return { clauses: [clause], problems: [] };
  return afterLimit(text, metric, clause, behind);
}

/** "WAL bytes < 8192" has said its unit. */
function isBytesNamed(said: readonly BudgetToken[], { quantity }: Metric): boolean {
  return quantity === 'bytes' && said.at(-1)?.text.toLowerCase() === 'bytes';
}

function missingUnit(metric: Metric, number: BudgetToken, behind: readonly BudgetToken[]): ParsedClauses {
  const units = SHOWN_UNITS[metric.quantity];
  const [unit] = behind;
  // "msec" and "seconds" begin like the unit, "mss" is a slip
  const near =
    unit &&
    (units.find(each => unit.text.toLowerCase().startsWith(each.toLowerCase())) ?? closestName(unit.text, units));
  const usual = metric.quantity === 'time' ? 'ms' : units[0]!;
  if (unit?.kind === 'word') {
    return problem(unit.range, `${metric.name} is not measured in "${unit.text}" but in ${list(units)}.`, near);
  }
  const message = `The unit is missing: ${metric.name} is measured in ${list(units)}.`;
  return problem(number.range, message, `${number.text} ${usual}`);
}

/** A whole clause behind the number lacks its comma; anything else is no part of one. */
function afterLimit(
  text: string,
  metric: Metric,
  clause: ParsedClauses['clauses'][number],
  behind: readonly BudgetToken[],
): ParsedClauses {
  const next = parseClause(text, behind);
  const [first] = behind;
  if (next.clauses.length > 0) {
    const gap = { start: clause.range.end, end: first!.range.start };
    const comma: Finding = {
      ...malformed(first!.range, 'A comma separates clauses.'),
      fixes: [{ title: 'Insert a comma', safe: true, edits: [{ range: gap, newText: ', ' }] }],
    };
    return { clauses: [clause, ...next.clauses], problems: [comma, ...next.problems] };
  }
  const units = SHOWN_UNITS[metric.quantity];
  const about =
    units.length === 0
      ? `${metric.name} is a plain number, without a unit`
      : `${metric.name} is measured in ${list(units)}`;
  const near = first && behind.length === 1 ? nearestName(first.text, units) : undefined;
  return {
    clauses: [clause],
    problems: [malformed(spanOf(behind), `${about}; a comma begins the next clause.`, near)],
  };
}

function unknownMetric(
  tokens: readonly BudgetToken[],
  said: readonly BudgetToken[],
  words: readonly string[],
): ParsedClauses {
  const known = METRICS.flatMap(({ name, aliases }) => [name, ...aliases]);
  const name = words.join(' ');
  if (name === '') {
    const message = 'A clause begins with what is limited: execution < 10 ms, rows <= 100.';
    return problem(spanOf(tokens), message);
  }
  const near = nearestName(name, known) ?? known.find(each => each.toLowerCase().split(' ').includes(name));
  return problem(
    spanOf(said),
    `"${name}" cannot be limited.` +
      (near ? ` Did you mean ${near}?` : ` There are ${list(METRICS.map(each => each.name))}.`),
    near,
  );
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

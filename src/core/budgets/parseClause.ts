import type { SourceRange } from '../base/sourceRange';
import { closestName } from '../rules/support/closestName';
import type { Finding } from '../rules/finding';
import { identifierOf } from '../sql/identifiers';
import type { BudgetName, Clause } from './budget';
import type { BudgetToken } from './budgetTokens';
import { METRICS } from './metrics';
import { parseLimit } from './parseLimit';
import { malformed } from './problems';

export interface ParsedClauses {
  readonly clauses: readonly Clause[];
  readonly problems: readonly Finding[];
}

/** Words that open a clause without a number. */
export const FIXED_CLAUSES = ['no seq scan', 'no sort on disk', 'uses', 'rows estimate within', 'plan ='] as const;

/** Reads the tokens between two commas. They are one clause; more than one if commas are missing. */
export function parseClause(text: string, tokens: readonly BudgetToken[]): ParsedClauses {
  const words = leadingWords(tokens);
  const [first = ''] = words;
  if (first === 'no') return parseNo(tokens, words);
  if (first === 'uses') return parseUses(tokens);
  if (first === 'rows' && words[1] === 'estimate') return parseEstimate(tokens, words);
  if (first === 'plan' && words.length === 1) return parseShape(tokens);
  if (/^us(?:e|ed|es|ing)$/.test(first) && tokens.length === 2) {
    return problem(tokens[0]!.range, '"uses" names an index that the plan must use: uses idx_orders_date.', 'uses');
  }
  return parseLimit(text, tokens, words);
}

/** Nothing but a problem. */
export function problem(range: SourceRange, message: string, replacement?: string): ParsedClauses {
  return { clauses: [], problems: [malformed(range, message, replacement)] };
}

/** From the beginning of the first token to the end of the last. */
export function spanOf(tokens: readonly BudgetToken[]): SourceRange {
  return { start: tokens[0]?.range.start ?? 0, end: tokens.at(-1)?.range.end ?? 0 };
}

/** The words before anything else, in lower case. */
function leadingWords(tokens: readonly BudgetToken[]): string[] {
  const end = tokens.findIndex(({ kind }) => kind !== 'word');
  return tokens.slice(0, end < 0 ? undefined : end).map(({ text }) => text.toLowerCase());
}

function parseNo(tokens: readonly BudgetToken[], words: readonly string[]): ParsedClauses {
  const range = spanOf(tokens);
  const said = words.join(' ');
  if (said === 'no sort on disk' && tokens.length === 4)
    return { clauses: [{ kind: 'disk sort', range }], problems: [] };
  if (/^no seq(?:uential)? scan\b/.test(said)) {
    if (tokens.length === 3) return { clauses: [{ kind: 'seq scan', range }], problems: [] };
    const name = words[3] === 'on' ? readName(tokens.slice(4)) : undefined;
    if (name && name.length === tokens.length - 4) {
      return { clauses: [{ kind: 'seq scan', relation: name.name, range }], problems: [] };
    }
    const rest = spanOf(tokens.slice(3));
    return problem(rest, '"no seq scan" ends here, or goes on with "on" and one table: no seq scan on orders.');
  }
  const near = closestName(words.slice(0, 3).join(' '), ['no seq scan']) ?? closestName(said, ['no sort on disk']);
  const known = 'There are "no seq scan", "no seq scan on <table>" and "no sort on disk".';
  const at = near === 'no seq scan' ? spanOf(tokens.slice(0, 3)) : range;
  return problem(at, `Nothing is known about "${said}". ${known}`, near);
}

function parseUses(tokens: readonly BudgetToken[]): ParsedClauses {
  const name = readName(tokens.slice(1));
  if (!name) return problem(spanOf(tokens), '"uses" wants the name of an index: uses idx_orders_date.');
  const rest = tokens.slice(1 + name.length);
  const clause: Clause = { kind: 'index', index: name.name, range: spanOf(tokens.slice(0, 1 + name.length)) };
  if (rest.length === 0) return { clauses: [clause], problems: [] };
  const message = 'One index for each "uses"; a comma begins the next clause.';
  return { clauses: [clause], problems: [malformed(spanOf(rest), message)] };
}

function parseEstimate(tokens: readonly BudgetToken[], words: readonly string[]): ParsedClauses {
  const range = spanOf(tokens);
  const [number, times] = tokens.slice(3);
  const factor = Number(number?.text.replace(/[,_]/g, ''));
  const isTimes = tokens.length === 5 && /^(?:x|times)$/i.test(times?.text ?? '');
  if (words[2] !== 'within' || number?.kind !== 'number' || !(isTimes || tokens.length === 4)) {
    return problem(range, 'An estimate is compared with the rows that came: rows estimate within 10x.');
  }
  if (!isTimes)
    return problem(number.range, 'The unit is missing: 10x is ten times too many or too few.', `${number.text}x`);
  if (factor < 1) return problem(number.range, 'No estimate is nearer than 1x.');
  return { clauses: [{ kind: 'estimate', factor, range }], problems: [] };
}

function parseShape(tokens: readonly BudgetToken[]): ParsedClauses {
  const [, operator, value] = tokens;
  const range = spanOf(tokens);
  if (operator?.text !== '=' || !value || tokens.length !== 3 || !/^[0-9a-f]{8}$/.test(value.text)) {
    const message = 'A plan is pinned by the 8 hexadecimal digits of its fingerprint: plan = 3fa9c2e1.';
    const isPlanning = operator && value?.kind === 'number' && tokens.length > 3;
    return problem(isPlanning ? tokens[0]!.range : range, message, isPlanning ? 'planning' : undefined);
  }
  return { clauses: [{ kind: 'shape', fingerprint: value.text, range }], problems: [] };
}

/** `orders`, `shop.orders`, `"Orders"`, at the beginning of the tokens. */
function readName(tokens: readonly BudgetToken[]): { readonly name: BudgetName; readonly length: number } | undefined {
  const isName = (token: BudgetToken | undefined): token is BudgetToken =>
    token?.kind === 'word' || token?.kind === 'quoted';
  const [first, dot, second] = tokens;
  if (!isName(first)) return undefined;
  if (dot?.kind !== 'dot' || !isName(second)) {
    return { name: { name: identifierOf(first.text), range: first.range }, length: 1 };
  }
  const range = { start: first.range.start, end: second.range.end };
  return { name: { schema: identifierOf(first.text), name: identifierOf(second.text), range }, length: 3 };
}

/** Everything a clause may begin with. */
export function clauseOpenings(): string[] {
  return [...METRICS.map(({ name }) => name), ...FIXED_CLAUSES];
}

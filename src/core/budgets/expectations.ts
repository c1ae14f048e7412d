import type { SourceRange } from '../base/sourceRange';
import type { Finding } from '../rules/finding';
import { identifierOf, quoteIdentifier } from '../sql/identifiers';
import type { LocatedStatement } from '../sql/statement';
import type { Budget } from './budget';
import { BUDGET_RULES } from './budgetRules';
import { commentLines, type CommentLine } from './commentLines';
import { writeBudget } from './pinBudget';
import { placesOfWord } from './statementGaps';

/** What a comment in prose expects of a statement, as clauses of a budget. */
export interface Expectation {
  readonly statement: LocatedStatement;
  /** From the heading to the last line that is understood. */
  readonly range: SourceRange;
  readonly clauses: readonly string[];
}

const HEADING = /^expect(?:ed|ations?)(?:\s+(?:results?|performance|plan|costs?|figures))?\s*:\s*/i;

/**
 * Blocks like "Expected Results: Execution Time: < 5ms" beside statements. Only what can mean one thing counts: an upper
 * limit of one figure, or the name of an index. A line with anything else in it ("for 95 % of queries", "~10 ms", "10x
 * faster") is left alone as a whole, and so is a block that may belong to either of two statements.
 */
export function findExpectations(text: string, statements: readonly LocatedStatement[]): Expectation[] {
  const found: Expectation[] = [];
  for (const place of placesOfWord(text, statements, /[Ee]xpect|EXPECT/)) {
    if ('inside' in place) continue;
    const { gap, before, next } = place;
    const paragraphs = paragraphsOf(commentLines(text, gap));
    paragraphs.forEach((lines, i) => {
      const statement = ownerOf(text, lines, {
        before: i === 0 ? before : undefined,
        next: i === paragraphs.length - 1 ? next : undefined,
      });
      const read = statement && readBlock(text, lines);
      if (read) found.push({ statement, ...read });
    });
  }
  return found;
}

/** A hint for each that has no budget yet, with the fix that writes one. `asHost` as in `PinPlace.isHost`. */
export function expectationHints(
  text: string,
  expectations: readonly Expectation[],
  budgets: readonly Budget[],
  isHost = false,
): Finding[] {
  return expectations
    .filter(({ statement }) => !budgets.some(budget => budget.statement.range.start === statement.range.start))
    .map(({ statement, range, clauses }): Finding => {
      const place = { text, statementStart: statement.range.start, existing: undefined, isHost };
      const countsBlocks = clauses.some(clause => /^(?:shared|buffers)/.test(clause));
      return {
        rule: BUDGET_RULES.expectation,
        severity: 'hint',
        message:
          'This can be a budget, which is checked whenever the statement is measured.' +
          (countsBlocks ? ' Blocks grow with the rows returned: "buffers per row" says the same of any number.' : ''),
        range,
        fixes: [writeBudget('Turn into a budget', clauses, place)],
      };
    });
}

function paragraphsOf(lines: readonly CommentLine[]): CommentLine[][] {
  const paragraphs: CommentLine[][] = [];
  for (const line of lines) {
    if (line.beginsParagraph || paragraphs.length === 0) paragraphs.push([]);
    paragraphs.at(-1)!.push(line);
  }
  return paragraphs;
}

/** The statement that a paragraph is about: the only one it could be, or the one it touches while a line parts the other. */
function ownerOf(
  text: string,
  lines: readonly CommentLine[],
  { before, next }: { before: LocatedStatement | undefined; next: LocatedStatement | undefined },
): LocatedStatement | undefined {
  if (!before || !next) return before ?? next;
  const isParted = (from: number, to: number): boolean => /\n[ \t\r]*\n/.test(text.slice(from, to));
  const fromBefore = isParted(before.range.end, lines[0]!.comment.start);
  const fromNext = isParted(lines.at(-1)!.comment.end, next.range.start);
  return fromBefore === fromNext ? undefined : fromBefore ? next : before;
}

function readBlock(text: string, lines: readonly CommentLine[]): Pick<Expectation, 'range' | 'clauses'> | undefined {
  const slice = ({ start, end }: SourceRange): string => text.slice(start, end);
  const first = lines.findIndex(({ range }) => HEADING.test(slice(range)));
  if (first < 0) return undefined;
  const clauses: string[] = [];
  let { end } = lines[first]!.range;
  for (const [i, { range }] of lines.slice(first).entries()) {
    const line = slice(range).replace(i === 0 ? HEADING : /^[-*•]\s+/, '');
    const read = line === '' ? [] : readLine(line, i === 0);
    if (read.length > 0) end = range.end;
    clauses.push(...read);
  }
  const range = { start: lines[first]!.range.start, end };
  return clauses.length === 0 ? undefined : { range, clauses: [...new Set(clauses)] };
}

const NUMBER = String.raw`(?<number>\d[\d,_]*(?:\.\d+)?)`;
const BELOW = String.raw`:?\s*(?<below><=?|≤|under|below|less than|at most)\s*`;
const NAME = String.raw`(?<name>"(?:[^"]|"")+"|[A-Za-z_][\w$]*)`;

interface Reading {
  readonly pattern: RegExp;
  readonly clause: (groups: Readonly<Record<string, string>>) => string;
}

const limit =
  (metric: string) =>
  ({ below = '', number = '', unit }: Readonly<Record<string, string>>): string =>
    `${metric} ${/^(?:<=|≤|at most)$/i.test(below) ? '<=' : '<'} ${number}${unit === undefined ? '' : ` ${unit}`}`;

const pattern = (source: string): RegExp => new RegExp(`^${source}$`, 'i');
const TIME = String.raw`${BELOW}${NUMBER}\s*(?<unit>us|µs|ms|s)`;

const READINGS: readonly Reading[] = [
  { pattern: pattern(`planning(?: time)?\\s*${TIME}`), clause: limit('planning') },
  { pattern: pattern(`execution(?: time)?\\s*${TIME}`), clause: limit('execution') },
  { pattern: pattern(`(?:buffers\\s*)?${BELOW}${NUMBER}\\s*shared hits?`), clause: limit('shared hit') },
  { pattern: pattern(`shared hits?\\s*${BELOW}${NUMBER}`), clause: limit('shared hit') },
  { pattern: pattern(`buffers\\s*${BELOW}${NUMBER}(?:\\s*(?:blocks|pages))?`), clause: limit('buffers') },
  { pattern: pattern(`rows(?: returned)?\\s*${BELOW}${NUMBER}`), clause: limit('rows') },
  {
    pattern: pattern(`(?:an? )?(?:index(?: only)? scan(?: backward)? using|bitmap index scan on) ${NAME}`),
    clause: ({ name = '' }) => `uses ${quoteIdentifier(identifierOf(name))}`,
  },
  {
    pattern: pattern(`no seq(?:uential)? scans?(?: on ${NAME})?`),
    clause: ({ name }) => `no seq scan${name === undefined ? '' : ` on ${quoteIdentifier(identifierOf(name))}`}`,
  },
];

/** "< 10ms" alone, right behind the heading. */
const BARE_TIME: Reading = { pattern: pattern(TIME), clause: limit('execution') };

/** The clauses of a line of which everything is understood; else none. */
function readLine(line: string, isHeading: boolean): string[] {
  const items = line.replace(/[.;]\s*$/, '').split(/,(?!\d{3}\b)|\band\b/);
  const clauses = items.map((item, i) => {
    const readings = isHeading && i === 0 ? [...READINGS, BARE_TIME] : READINGS;
    for (const reading of readings) {
      const match = reading.pattern.exec(item.trim());
      if (match) return reading.clause(definedGroups(match.groups));
    }
    return undefined;
  });
  return clauses.every(clause => clause !== undefined) ? clauses : [];
}

function definedGroups(groups: Record<string, string | undefined> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

import { formatCount } from '../base/units';
import { buildPlanTree } from './buildPlanTree';
import type { DocumentOrigin } from './buildPlanTree';
import { jsonSegments, parseJson } from './jsonSegments';
import { stripLinePrefixes } from './linePrefixes';
import { readLog } from './logEntries';
import { parseTextPlan } from './parseTextPlan';
import { parseXmlPlan } from './parseXmlPlan';
import { parseYamlPlan } from './parseYamlPlan';
import type { PlanFormat, PlanProblem, PlanReading } from './planTree';
import { isRawObject } from './rawValue';
import type { RawObject } from './rawValue';
import type { SourceLine } from './sourceLine';
import { joinText, lineLocator, splitLines } from './sourceLine';
import { PLAN_BREAK, unframe } from './unframe';

/** A document a reader found; `problems` are about this one. */
interface Found extends DocumentOrigin {
  readonly document: RawObject;
  readonly problems?: readonly PlanProblem[];
}

/** More than any plan; beyond it the input is cut, so that time and memory stay bounded. */
const MAX_LENGTH = 100_000_000;
/** Arrays, rows and texts in each other; drivers and tools use three or four. */
const MAX_WRAPPING = 12;
/** More than anybody looks through; a log of auto_explain may hold any number. */
const MAX_PLANS = 10_000;
const MAX_PROBLEMS = 200;
const MAX_PROBLEM_TEXT = 200;

/**
 * Reads plans from what EXPLAIN gave: parsed JSON (a document, an array of them, rows of a driver), or text in any of
 * the four formats, with or without what psql, other clients, mail programs or a server log put around it. Never
 * throws: what could not be understood stands beside what could.
 */
export function readPlans(input: unknown): PlanReading {
  try {
    const problems: PlanProblem[] = [];
    const text = typeof input === 'string' && input.length > MAX_LENGTH ? input.slice(0, MAX_LENGTH) : input;
    if (text !== input)
      problems.push({ message: `only the first ${MAX_LENGTH / 1_000_000} million characters were read` });
    const found = typeof text === 'string' ? fromText(text, 0) : fromValue(text, 0);
    if (found.length > MAX_PLANS)
      problems.push({ message: `only the first ${formatCount(MAX_PLANS)} plans were read` });
    const plans = found.slice(0, MAX_PLANS).flatMap(({ document, problems: own = [], ...origin }) => {
      const notUnderstood = [...(origin.notUnderstood ?? []), ...own.map(wordsOf)];
      const tree = buildPlanTree(document, { ...origin, notUnderstood });
      if (!tree) return [];
      for (const each of own.slice(0, MAX_PROBLEMS)) problems.push(each);
      for (const remark of tree.notUnderstood.slice(notUnderstood.length)) {
        problems.push({ message: remark, ...(tree.source && { line: tree.source.line }) });
      }
      return [tree];
    });
    if (plans.length === 0) problems.push({ message: 'no plan was found' });
    return { plans, problems: problems.slice(0, MAX_PROBLEMS).map(shorten) };
  } catch (error) {
    // Nothing known leads here; an input that does must not take the program with it.
    return { plans: [], problems: [{ message: `the input could not be read: ${(error as Error).message}` }] };
  }
}

function wordsOf({ message, text }: PlanProblem): string {
  return message === 'not understood' && text !== undefined ? text : message;
}

function shorten(problem: PlanProblem): PlanProblem {
  const { text } = problem;
  return text !== undefined && text.length > MAX_PROBLEM_TEXT
    ? { ...problem, text: `${text.slice(0, MAX_PROBLEM_TEXT)}…` }
    : problem;
}

/** Documents in a parsed JSON value, however deep drivers and tools wrap them. */
function fromValue(value: unknown, depth: number, origin: DocumentOrigin = {}): Found[] {
  if (depth > MAX_WRAPPING) return [];
  if (Array.isArray(value)) {
    const rows = value as unknown[];
    // A driver gives text plans as a row per line, some as bare texts.
    const cells = rows.map(lineOf);
    if (rows.length > 0 && cells.every(cell => typeof cell === 'string')) return fromText(cells.join('\n'), depth + 1);
    return rows.flatMap(row => fromValue(row, depth + 1, origin));
  }
  if (typeof value === 'string') return fromText(value, depth + 1);
  if (!isRawObject(value)) return [];
  if (isRawObject(value['Plan'])) return [{ document: value, ...origin }];
  if (typeof value['Node Type'] === 'string') return [{ document: { Plan: value }, ...origin }];
  const wrapped = cellOf(value) ?? value['plan'] ?? value['message'] ?? value['rows'];
  return wrapped === undefined ? [] : fromValue(wrapped, depth + 1, origin);
}

/** The text of a row that holds nothing else, in whichever way the driver gives rows. */
function lineOf(row: unknown): unknown {
  if (isRawObject(row)) return cellOf(row);
  return Array.isArray(row) && row.length === 1 ? (row as unknown[])[0] : row;
}

/** The only column of a row. */
function cellOf(row: RawObject): unknown {
  return row['QUERY PLAN'] ?? row['query_plan'] ?? row['query plan'] ?? row['QUERY_PLAN'] ?? row['Query Plan'];
}

function fromText(text: string, depth: number): Found[] {
  if (depth > MAX_WRAPPING) return [];
  const direct = parseJson(text);
  if (direct !== undefined) {
    const line = 1 + (/^\s*/.exec(text)?.[0].split('\n').length ?? 1) - 1;
    const found = fromValue(direct, depth + 1, { source: { format: 'json', line } });
    if (found.length > 0) return found;
  }
  const lines = splitLines(text);
  const stripped = stripLinePrefixes(lines);
  const entries = readLog(stripped);
  if (entries.length > 0) {
    // one more than is read: that it was cut is said
    return entries.slice(0, MAX_PLANS + 1).flatMap(entry =>
      fromFragment(entry.lines).map(found => ({
        ...found,
        ...(found.source && { source: { ...found.source, loggedMs: entry.durationMs } }),
      })),
    );
  }
  const found = fromFragment(unescapeQuotes(stripped));
  // What all lines begin with may have been part of them.
  return found.length === 0 && stripped.length === lines.length ? fromFragment(lines) : found;
}

/** JSON copied from the source of a program or from another JSON: `{\"Plan\": ...`. */
function unescapeQuotes(lines: readonly SourceLine[]): readonly SourceLine[] {
  if (!lines.some(line => /[{,\s]\\"(?:Plan|Node Type)\\"\s*:/.test(line.text))) return lines;
  return lines.map(({ text, line }) => ({
    text: text
      .replace(/\\n/g, ' ')
      .replace(/\\(["\\])/g, '$1')
      .replace(/^\s*"(?=[[{])|(?<=[\]}])"\s*;?\s*$/g, ''),
    line,
  }));
}

function fromFragment(lines: readonly SourceLine[]): Found[] {
  const parts: SourceLine[][] = [[]];
  for (const line of unframe(lines)) {
    if (line.text === PLAN_BREAK) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.flatMap(part => (part.some(line => line.text.trim() !== '') ? fromPart(part) : []));
}

/** One result of EXPLAIN, in whichever format. */
function fromPart(lines: readonly SourceLine[]): Found[] {
  const text = joinText(lines);
  const locate = lineLocator(lines);
  const sourceAt = (format: PlanFormat, offset: number) => ({ format, line: locate(offset) });
  const early = (line: number) => [
    { message: 'the input ends before the plan does; what was complete is shown', line },
  ];
  // A text plan may show JSON inside a filter, so a plan in JSON must show its first key.
  if (/"(?:Plan|Node Type)"\s*:/.test(text)) {
    const segments = jsonSegments(text);
    const found = segments.flatMap(segment => {
      const source = sourceAt('json', segment.start);
      const inside = fromValue(segment.value, 0, { source });
      return segment.truncated ? inside.map(each => ({ ...each, problems: early(source.line) })) : inside;
    });
    if (found.length > 0) return found;
  }
  if (/<(?:explain|Query|Plan)\b/.test(text)) {
    const found = parseXmlPlan(text).map(({ document, offset, truncated }) => {
      const source = sourceAt('xml', offset);
      return { document, source, ...(truncated && { problems: early(source.line) }) };
    });
    if (found.length > 0) return found;
  }
  if (/^\s*(?:- )?(?:Plan:|Node Type: ")/m.test(text)) {
    const found = parseYamlPlan(text).map(({ document, offset }) => ({ document, source: sourceAt('yaml', offset) }));
    if (found.some(({ document }) => isRawObject(document['Plan']) && 'Node Type' in document['Plan'])) return found;
  }
  return parseTextPlan(lines).map(({ document, line, nodeLines, problems }) => ({
    document,
    nodeLines,
    problems,
    source: { format: 'text' as const, line },
  }));
}

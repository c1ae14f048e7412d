import { buildPlanTree } from './buildPlanTree';
import { parseTextPlan } from './parseTextPlan';
import { parseXmlPlan } from './parseXmlPlan';
import { parseYamlPlan } from './parseYamlPlan';
import { PlanInputError } from './planInputError';
import type { PlanTree } from './planTree';
import { isRawObject } from './rawValue';
import type { RawObject } from './rawValue';
import { PLAN_BREAK, unframe } from './unframe';

export { PlanInputError } from './planInputError';

interface Document {
  readonly document: RawObject;
  readonly notUnderstood?: readonly string[];
}

const WHAT_TO_DO =
  'Paste the whole output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), or of EXPLAIN in text, YAML or XML format; ' +
  "psql's table frame and server log lines may stay around it.";

/**
 * Reads plans from what EXPLAIN gave: parsed JSON (a document, an array of them, rows of a driver), or text in any of
 * the four formats, with or without psql's frame or an auto_explain log around it.
 *
 * @returns one tree per explained statement, in order, never empty
 * @throws PlanInputError if nothing could be understood; the message says what to paste instead
 */
export function parsePlan(input: unknown): PlanTree[] {
  const documents = typeof input === 'string' ? fromText(input) : fromValue(input);
  const trees = documents.flatMap(({ document, notUnderstood }) => buildPlanTree(document, notUnderstood) ?? []);
  if (trees.length > 0) return trees;
  if (typeof input === 'string' && input.trim() === '') throw new PlanInputError(`The plan is empty. ${WHAT_TO_DO}`);
  throw new PlanInputError(`No plan found in the input. ${WHAT_TO_DO}`);
}

/** Documents in a parsed JSON value, however deep drivers and tools wrap them. */
function fromValue(value: unknown): Document[] {
  if (Array.isArray(value)) {
    const rows = value as unknown[];
    const cells = rows.map(row => (isRawObject(row) ? row['QUERY PLAN'] : undefined));
    // A driver gives text plans as a row per line.
    if (rows.length > 0 && cells.every(cell => typeof cell === 'string')) return fromText(cells.join('\n'));
    return rows.flatMap(fromValue);
  }
  if (typeof value === 'string') return fromText(value);
  if (!isRawObject(value)) return [];
  if (isRawObject(value['Plan'])) return [{ document: value }];
  if (typeof value['Node Type'] === 'string') return [{ document: { Plan: value } }];
  const wrapped = value['QUERY PLAN'] ?? value['plan'] ?? value['message'] ?? value['rows'];
  return wrapped === undefined ? [] : fromValue(wrapped);
}

function fromText(text: string): Document[] {
  const direct = tryJson(text);
  if (direct !== undefined && typeof direct !== 'string') {
    const found = fromValue(direct);
    if (found.length > 0) return found;
  }
  const messages = fromJsonLog(text);
  if (messages.length > 0) return messages;
  const bare = unframe(text);
  // An auto_explain text may carry JSON inside a text literal of a filter, so a plan in JSON must show its first key.
  if (/"(Plan|Node Type)"\s*:/.test(bare)) {
    const found = jsonSegments(bare).flatMap(fromValue);
    if (found.length > 0) return found;
  }
  if (/<explain\b|<Query>/.test(bare)) {
    const found = parseXmlPlan(bare);
    if (found.length > 0) return found.map(document => ({ document }));
  }
  if (/^\s*(- )?\s*Plan:\s*$/m.test(bare)) {
    const found = bare.split(PLAN_BREAK).flatMap(part => parseYamlPlan(part));
    if (found.length > 0) return found.map(document => ({ document }));
  }
  return parseTextPlan(bare);
}

/** A server log with one JSON object per line; the plan is in the message. */
function fromJsonLog(text: string): Document[] {
  const lines = text.split('\n').filter(line => line.startsWith('{') && line.includes('"message"'));
  return lines.flatMap(line => {
    const entry = tryJson(line);
    const message = isRawObject(entry) ? entry['message'] : undefined;
    return typeof message === 'string' && /\bplan:/.test(message) ? fromText(message) : [];
  });
}

/** JSON values that stand in a text, outermost brackets first. What is not JSON is skipped. */
function jsonSegments(text: string): unknown[] {
  const values: unknown[] = [];
  for (let at = nextOpening(text, 0); at >= 0;) {
    const end = matchingEnd(text, at);
    const value = end < 0 ? undefined : tryJson(text.slice(at, end));
    if (value !== undefined) values.push(value);
    at = nextOpening(text, value === undefined ? at + 1 : end);
  }
  return values;
}

function nextOpening(text: string, from: number): number {
  const found = text.slice(from).search(/[[{]\s*(?:[[{"]|$)/m);
  return found < 0 ? -1 : from + found;
}

function matchingEnd(text: string, from: number): number {
  let depth = 0;
  let inString = false;
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i);
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) return i + 1;
  }
  return -1;
}

/** The value, or undefined. Terminals break long texts across lines, which JSON forbids: then without line ends. */
function tryJson(text: string): unknown {
  const start = text.trimStart().charAt(0);
  if (start !== '[' && start !== '{' && start !== '"') return undefined;
  for (const candidate of [text, text.replace(/\n\s*/g, ' '), text.replace(/\n/g, '')]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The next reading may do.
    }
  }
  return undefined;
}

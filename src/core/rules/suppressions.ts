import { rangesOverlap } from '../base/sourceRange';
import type { SourceRange } from '../base/sourceRange';
import type { LocatedStatement } from '../sql/statement';
import type { Finding, Fix } from './finding';
import { lastStartingBefore } from '../sql/lastStartingBefore';

/** Rule id of an allow comment that allows nothing. */
export const UNUSED_ALLOW_RULE = 'unused-allow';

/** Every allow comment has it. */
export const ALLOW_MARKER = 'query-tuner:';

/**
 * `-- query-tuner: allow query/select-star, query/deep-offset (reason)`.
 *
 * - At the end of a line of SQL it covers findings that begin on that line.
 * - On its own line above a statement it covers the whole statement.
 * - On its own line inside a statement it covers findings that begin on the next line of SQL.
 * - Above the first statement with a blank line below it covers the file.
 */
export interface Allow {
  readonly rules: readonly { readonly id: string; readonly range: SourceRange }[];
  readonly comment: SourceRange;
  /** The comment is all there is on its lines. */
  readonly ownLine: boolean;
  /** Findings that begin here are covered. */
  readonly covers: SourceRange;
}

/** All allow comments of a document. Looks only where the marker occurs; the document is not lexed. */
export function findAllows(text: string, statements: readonly LocatedStatement[]): Allow[] {
  const allows: Allow[] = [];
  for (let at = text.indexOf(ALLOW_MARKER); at >= 0; at = text.indexOf(ALLOW_MARKER, at + ALLOW_MARKER.length)) {
    const allow = readAllow(text, statements, at);
    if (allow) allows.push(allow);
  }
  return allows;
}

/** What {@link applySuppressions} must know to tell an unused allow from one that could not be tested. */
export interface SuppressionContext {
  readonly text: string;
  readonly statements: readonly LocatedStatement[];
  /** False for a rule that is off or lacks its input here. */
  hasRun(id: string): boolean;
  isKnown(id: string): boolean;
}

/** Findings (in the order of the text) without the allowed ones, and a hint for each allow that covers nothing. */
export function applySuppressions(
  findings: readonly Finding[],
  allows: readonly Allow[],
  context: SuppressionContext,
): Finding[] {
  const allowed = new Set<Finding>();
  const unused: Finding[] = [];
  for (const allow of allows) {
    const used = new Set<string>();
    for (let i = firstAtOrAfter(findings, allow.covers.start); i < findings.length; i++) {
      const finding = findings[i]!;
      if (finding.range.start > allow.covers.end) break;
      if (!allow.rules.some(rule => rule.id === finding.rule)) continue;
      allowed.add(finding);
      used.add(finding.rule);
    }
    for (const rule of allow.rules) {
      if (used.has(rule.id)) continue;
      if (context.isKnown(rule.id) && (!context.hasRun(rule.id) || coversSyntaxError(allow, context))) continue;
      unused.push(unusedAllow(allow, rule, context));
    }
  }
  return [...findings.filter(finding => !allowed.has(finding)), ...unused].sort(
    (a, b) => a.range.start - b.range.start || a.range.end - b.range.end,
  );
}

/** A statement with a syntax error was not linted, so nobody knows whether the allow is needed. */
function coversSyntaxError(allow: Allow, context: SuppressionContext): boolean {
  return context.statements.some(
    ({ range, statement }) => rangesOverlap(range, allow.covers) && statement.syntaxError !== undefined,
  );
}

/** The edit that allows a finding where it is: a comment line above the line it begins on. */
export function allowFix(text: string, finding: Pick<Finding, 'rule' | 'range'>): Fix {
  const lineStart = text.lastIndexOf('\n', finding.range.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))![0];
  return {
    title: `Allow ${finding.rule} here`,
    safe: true,
    edits: [
      {
        range: { start: lineStart, end: lineStart },
        newText: `${indent}-- ${ALLOW_MARKER} allow ${finding.rule} (reason)\n`,
      },
    ],
  };
}

function readAllow(text: string, statements: readonly LocatedStatement[], at: number): Allow | undefined {
  const number = lastStartingBefore(statements, at);
  const around = number >= 0 ? statements[number]! : undefined;
  const inside = around !== undefined && at < around.range.end;
  const comment = commentAround(
    text,
    inside || around === undefined ? (around?.range.start ?? 0) : around.range.end,
    at,
  );
  if (!comment) return undefined;
  const rules = readIds(text, at + ALLOW_MARKER.length, comment.end);
  if (rules.length === 0) return undefined;

  const lineStart = text.lastIndexOf('\n', comment.start - 1) + 1;
  const lineEnd = endOfLine(text, comment.end);
  const ownLine = text.slice(lineStart, comment.start).trim() === '' && text.slice(comment.end, lineEnd).trim() === '';
  const allow = { rules, comment, ownLine };
  if (!ownLine) return { ...allow, covers: { start: lineStart, end: lineEnd } };
  if (inside) return { ...allow, covers: nextLineOfSql(text, lineEnd) };

  const next = statements[number + 1];
  if (next === undefined) return { ...allow, covers: { start: comment.end, end: comment.end } };
  if (number < 0 && /\n[ \t\r]*\n/.test(text.slice(comment.end, next.range.start))) {
    return { ...allow, covers: { start: 0, end: text.length } };
  }
  return { ...allow, covers: next.range };
}

/** Ids after `allow`, separated by commas or blanks, up to the reason in parentheses. */
function readIds(text: string, from: number, end: number): { id: string; range: SourceRange }[] {
  const words = /^\s*allow\s+([^(]*)/.exec(text.slice(from, end));
  if (!words) return [];
  const listStart = from + words[0].length - words[1]!.length;
  return [...words[1]!.matchAll(/[a-z][a-z0-9-]*(?:\/[a-z0-9-]+)?/g)].map(match => ({
    id: match[0],
    range: { start: listStart + match.index, end: listStart + match.index + match[0].length },
  }));
}

/**
 * The comment that `at` lies in, given a place before it that lies in none; undefined if `at` is in a string, a
 * quoted name or plain SQL.
 */
function commentAround(text: string, from: number, at: number): SourceRange | undefined {
  const token = /--[^\n\r]*|\/\*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?:[A-Za-z_]\w*)?\$/g;
  token.lastIndex = from;
  for (let match = token.exec(text); match && match.index <= at; match = token.exec(text)) {
    let end = token.lastIndex;
    if (match[0] === '/*') end = endOfBlockComment(text, match.index);
    else if (match[0].startsWith('$')) end = endAfter(text, match[0], end);
    else if (match[0].startsWith("'") && /[eE]/.test(text[match.index - 1] ?? ''))
      end = endOfEscapeString(text, match.index);
    if (at < end) {
      return match[0].startsWith('--') || match[0] === '/*' ? { start: match.index, end } : undefined;
    }
    token.lastIndex = end;
  }
  return undefined;
}

/** PostgreSQL's block comments nest. */
function endOfBlockComment(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text.startsWith('/*', i)) depth++;
    else if (text.startsWith('*/', i)) depth--;
    else continue;
    i++;
    if (depth === 0) return i + 1;
  }
  return text.length;
}

function endOfEscapeString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\' || (text[i] === "'" && text[i + 1] === "'")) i++;
    else if (text[i] === "'") return i + 1;
  }
  return text.length;
}

function endAfter(text: string, closing: string, from: number): number {
  const found = text.indexOf(closing, from);
  return found < 0 ? text.length : found + closing.length;
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

/** The first line below `lineEnd` that is neither blank nor a comment. */
function nextLineOfSql(text: string, lineEnd: number): SourceRange {
  let start = lineEnd + 1;
  while (start < text.length && /^\s*(?:--.*)?$/.test(text.slice(start, endOfLine(text, start)))) {
    start = endOfLine(text, start) + 1;
  }
  return { start, end: endOfLine(text, start) };
}

function unusedAllow(
  allow: Allow,
  rule: { readonly id: string; readonly range: SourceRange },
  context: SuppressionContext,
): Finding {
  const known = context.isKnown(rule.id);
  return {
    rule: UNUSED_ALLOW_RULE,
    severity: 'hint',
    message: known ? `Nothing here is reported by ${rule.id}.` : `There is no rule called ${rule.id}.`,
    range: rule.range,
    fixes: allow.rules.length === 1 ? [removeComment(allow, context.text)] : [],
  };
}

function removeComment(allow: Allow, text: string): Fix {
  let { start, end } = allow.comment;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (allow.ownLine) {
    start = lineStart;
    end = Math.min(text.length, endOfLine(text, end) + 1);
  } else {
    while (start > lineStart && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  }
  return { title: 'Remove the comment', safe: true, edits: [{ range: { start, end }, newText: '' }] };
}

function firstAtOrAfter(findings: readonly Finding[], offset: number): number {
  let low = 0;
  let high = findings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (findings[middle]!.range.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

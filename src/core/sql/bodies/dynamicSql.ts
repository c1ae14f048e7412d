import type { SourceRange } from '../../base/sourceRange';
import { TokenKind, tokenize } from '../lexer';
import { makeHole } from '../placeholders';
import type { Hole, HoleUse } from '../placeholders';
import { splitStatements } from '../splitter';
import type { BodyTokens } from './bodyTokens';
import type { Reading } from './piece';
import { unquote } from './quotedText';

/** A statement found in a string that is executed. */
export interface DynamicStatement {
  readonly range: SourceRange;
  readonly text: string;
  readonly reading: Reading;
}

/** A stretch of the string that run time fills in. */
interface Gap {
  readonly range: SourceRange;
  readonly use: HoleUse | 'nothing';
  readonly name: string;
}

/** A command string as far as it is known. Places are those of the body. */
interface Command {
  readonly range: SourceRange;
  readonly text: string;
  readonly gaps: readonly Gap[];
}

/**
 * The statements in the string that the tokens from `from` to `to` make: one constant, `format('constant', ...)`, or
 * constants and expressions joined by `||`. None if the string begins with something unknown.
 */
export function dynamicStatements(tokens: BodyTokens, from: number, to: number): DynamicStatement[] {
  let first = from;
  let end = to;
  while (tokens.text(first) === '(' && tokens.text(end - 1) === ')' && closingOf(tokens, first, end) === end - 1) {
    first++;
    end--;
  }
  const command = constantOf(tokens, first, end) ?? formatOf(tokens, first, end) ?? joinedOf(tokens, first, end);
  return command ? statementsOf(command) : [];
}

function constantOf(tokens: BodyTokens, from: number, to: number): Command | undefined {
  if (to - from !== 1 || !tokens.isString(from)) return undefined;
  const content = unquote(tokens.source, { start: tokens.start(from), end: tokens.end(from) });
  return content && { ...content, gaps: [] };
}

const FORMAT_FIELD = /%(?:%|(?:\d+\$)?-?(?:\d+|\*(?:\d+\$)?)?([sIL]))/g;
const FIELD_USE = { s: 'any', I: 'name', L: 'literal' } as const;

function formatOf(tokens: BodyTokens, from: number, to: number): Command | undefined {
  const called = tokens.text(from).toLowerCase() === 'format' && tokens.text(from + 1) === '(';
  if (!called || !tokens.isString(from + 2) || closingOf(tokens, from + 1, to) !== to - 1) return undefined;
  if (tokens.text(from + 3) !== ',' && tokens.text(from + 3) !== ')') return undefined;
  const constant = constantOf(tokens, from + 2, from + 3);
  if (!constant) return undefined;
  const gaps: Gap[] = [];
  const text = constant.text.replace(
    FORMAT_FIELD,
    (field: string, kind: keyof typeof FIELD_USE | undefined, at: number) => {
      if (kind === undefined) return '% ';
      const start = constant.range.start + at;
      gaps.push({ range: { start, end: start + field.length }, use: FIELD_USE[kind], name: String(gaps.length + 1) });
      return field;
    },
  );
  return { range: constant.range, text, gaps };
}

/** `'select ... from ' || quote_ident(x) || ' where ...'`: what is between two constants is a gap, quotes and all. */
function joinedOf(tokens: BodyTokens, from: number, to: number): Command | undefined {
  const operands = splitAtConcatenation(tokens, from, to);
  if (operands.length < 2) return undefined;
  const parts: string[] = [];
  const gaps: Gap[] = [];
  let start = -1;
  let end = -1;
  let expressions: [from: number, to: number][] = [];
  for (const [first, last] of operands) {
    const constant = constantOf(tokens, first, last);
    if (!constant) {
      if (start < 0) return undefined;
      expressions.push([first, last]);
      continue;
    }
    if (start < 0) start = constant.range.start;
    else {
      const gap = { start: end, end: constant.range.start };
      gaps.push(gapOf(tokens, gap, expressions));
      parts.push(tokens.source.slice(gap.start, gap.end));
    }
    parts.push(constant.text);
    end = constant.range.end;
    expressions = [];
  }
  if (start < 0) return undefined;
  if (expressions.length > 0) {
    const gap = { start: end, end: tokens.end(expressions.at(-1)![1] - 1) };
    gaps.push(gapOf(tokens, gap, expressions));
    parts.push(tokens.source.slice(gap.start, gap.end));
    end = gap.end;
  }
  return { range: { start, end }, text: parts.join(''), gaps };
}

function gapOf(tokens: BodyTokens, range: SourceRange, expressions: readonly (readonly [number, number])[]): Gap {
  const [only] = expressions;
  if (!only) return { range, use: 'nothing', name: '' };
  const name = tokens.source.slice(tokens.start(only[0]), tokens.end(only[1] - 1));
  const called = tokens.text(only[0]).toLowerCase();
  if (expressions.length > 1) return { range, use: 'any', name };
  const use = called === 'quote_ident' ? 'name' : /^quote_(?:literal|nullable)$/.test(called) ? 'literal' : 'any';
  return { range, use, name };
}

function splitAtConcatenation(tokens: BodyTokens, from: number, to: number): [from: number, to: number][] {
  const operands: [number, number][] = [];
  let depth = 0;
  let first = from;
  for (let i = from; i < to; i++) {
    const text = tokens.text(i);
    if (text === '(' || text === '[') depth++;
    else if (text === ')' || text === ']') depth--;
    else if (text === '||' && depth === 0) {
      operands.push([first, i]);
      first = i + 1;
    }
  }
  operands.push([first, to]);
  return operands.some(([start, end]) => start >= end) ? [] : operands;
}

function closingOf(tokens: BodyTokens, opening: number, to: number): number {
  let depth = 0;
  for (let i = opening; i < to; i++) {
    if (tokens.text(i) === '(') depth++;
    else if (tokens.text(i) === ')' && --depth === 0) return i;
  }
  return -1;
}

/** Letters stand in the gaps while strings and comments are told apart; a gap within one of these stays letters. */
function statementsOf({ range, text, gaps }: Command): DynamicStatement[] {
  let readable = text;
  for (const gap of gaps) {
    const start = gap.range.start - range.start;
    const end = gap.range.end - range.start;
    const joinsWords = /\w$/.test(text.slice(0, start)) && /^\w/.test(text.slice(end));
    if (gap.use === 'nothing' && joinsWords) return [];
    const filler = gap.use === 'nothing' ? ' ' : 'x';
    readable = readable.slice(0, start) + filler.repeat(end - start) + readable.slice(end);
  }
  const { kinds, starts, ends } = tokenize(readable);
  const open = gaps.filter(gap => {
    const at = gap.range.start - range.start;
    const token = starts.findLastIndex((start, i) => start <= at && at < ends[i]!);
    return gap.use !== 'nothing' && kinds[token] === TokenKind.word;
  });
  return splitStatements(readable).map(span => {
    const own = { start: range.start + span.start, end: range.start + span.end };
    const holes: Hole[] = open
      .filter(gap => own.start <= gap.range.start && gap.range.end <= own.end)
      .map((gap, i) => {
        const place = { start: gap.range.start - own.start, end: gap.range.end - own.start };
        const before = readable.slice(span.start, span.start + place.start);
        const after = readable.slice(span.start + place.end, span.end);
        return makeHole({ style: 'format', name: gap.name, range: place }, gap.use as HoleUse, i + 1, before, after);
      });
    const reading: Reading = {
      readAs: readable.slice(span.start, span.end),
      holes,
      quiet: gaps.length > 0,
    };
    return { range: own, text: text.slice(span.start, span.end), reading };
  });
}

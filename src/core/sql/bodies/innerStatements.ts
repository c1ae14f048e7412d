import { shiftRange } from '../../base/sourceRange';
import { nextStatement } from '../splitter';
import type { BodyStatement, ParseNode } from '../statement';
import type { ParsePiece, Piece } from './piece';
import { readPlpgsql } from './plpgsqlReader';
import type { Routine } from './routine';
import { readRoutine } from './routine';

/**
 * The statements in the body of a routine and in the bodies within it, in the order of the text. Languages other than
 * SQL and PL/pgSQL have none; neither have bodies written in SQL proper (`BEGIN ATOMIC`, `RETURN`), which are part of
 * the statement's tree.
 */
export function readInner(tree: ParseNode, text: string, parse: ParsePiece): readonly BodyStatement[] {
  const routine = readRoutine(tree, text);
  if (!routine) return NONE;
  const inner: BodyStatement[] = [];
  for (const piece of piecesOf(routine)) {
    if (piece.error !== undefined && isBehindError(piece, inner, text)) continue;
    const statement = piece.error === undefined ? parse(piece.text, piece.reading) : broken(piece.text, piece.error);
    inner.push({ range: piece.range, statement, body: piece.body });
    if (!/^(?:create|do)\b/i.test(piece.text)) continue;
    for (const deeper of statement.inner) {
      inner.push({ ...deeper, range: shiftRange(deeper.range, piece.range.start) });
    }
  }
  return inner;
}

const NONE: readonly BodyStatement[] = [];

/** A mistake right behind an expression that is one itself is the same mistake. */
function isBehindError({ range }: Piece, inner: readonly BodyStatement[], text: string): boolean {
  const last = inner.at(-1);
  return last?.statement.syntaxError !== undefined && text.slice(last.range.end, range.start).trim() === '';
}

function piecesOf(routine: Routine): Piece[] {
  if (routine.language === 'plpgsql') {
    const scope = { variables: routine.variables, cursors: new Set<string>() };
    return readPlpgsql(routine.source, routine.range, scope, routine.routine);
  }
  return routine.language === 'sql' ? readSql(routine) : [];
}

function readSql({ source, range, routine, variables }: Routine): Piece[] {
  const pieces: Piece[] = [];
  const text = source.slice(0, range.end);
  const body = { language: 'sql', routine, variables, loopDepth: 0, use: 'statement' } as const;
  for (let span = nextStatement(text, range.start); span; span = nextStatement(text, span.resume)) {
    const own = { start: span.start, end: span.end };
    pieces.push({ range: own, text: text.slice(own.start, own.end), body });
  }
  return pieces;
}

/** What stands where the body cannot be read. */
function broken(text: string, message: string): BodyStatement['statement'] {
  return {
    text,
    syntaxError: { message, range: { start: 0, end: text.length } },
    placeholders: [],
    tables: [],
    writes: true,
    inner: NONE,
    notes: {},
    parse: other => broken(other, message),
    slice: ({ start, end }) => text.slice(start, end),
    mentions: patterns => patterns.answers(text),
    rangeOf: () => undefined,
  };
}

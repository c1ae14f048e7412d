import type { SourceRange } from '../../base/sourceRange';
import type { Hole } from '../placeholders';
import type { BodyContext, ParsedStatement } from '../statement';

/** How a stretch of a body is read as a statement of its own. Everything keeps its length, so places stay what they are. */
export interface Reading {
  /** Put before the text for the grammar only: `SELECT ` makes a statement of an expression. */
  readonly prefix?: string;
  /** What the grammar reads instead of the text; of the same length. */
  readonly readAs?: string;
  /** Holes in `readAs` that the lexer cannot see. */
  readonly holes?: readonly Hole[];
  /** A text put together at run time may be anything: what does not parse is no error. */
  readonly quiet?: boolean;
}

/** Parses a text as it stands: it begins and ends with a token. */
export type ParsePiece = (text: string, reading?: Reading) => ParsedStatement;

/** A stretch of a body that is SQL, or that should have been something else. */
export interface Piece {
  /** In the text of the outer statement. */
  readonly range: SourceRange;
  /** As long as the range. */
  readonly text: string;
  readonly reading?: Reading;
  readonly body: BodyContext;
  /** What is wrong with the body here. */
  readonly error?: string;
}

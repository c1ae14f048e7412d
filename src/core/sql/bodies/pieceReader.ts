import type { SourceRange } from '../../base/sourceRange';
import type { BodyContext } from '../statement';
import type { BodyTokens } from './bodyTokens';
import { dynamicStatements } from './dynamicSql';
import type { Piece } from './piece';
import type { Scope } from './scope';
import { sqlEnd, withoutTargets } from './sqlInPlpgsql';

const NOTHING: ReadonlySet<string> = new Set();
const AS_QUERY = { prefix: 'SELECT ' } as const;

/** Takes the SQL out of a PL/pgSQL body: each method reads from the cursor and leaves it behind what it read. */
export class PieceReader {
  protected loops = 0;
  private readonly found: Piece[] = [];
  private problemAt = Infinity;

  constructor(
    protected readonly tokens: BodyTokens,
    private readonly routine: BodyContext['routine'],
  ) {}

  /** In the order of the text. */
  protected get pieces(): Piece[] {
    return this.found.sort((a, b) => a.range.start - b.range.start).map(piece => this.withDoubt(piece));
  }

  /** A command string, its INTO and USING; also behind FOR ... IN, OPEN ... FOR and RETURN QUERY. */
  protected execute(scope: Scope, ...until: readonly string[]): void {
    const { tokens } = this;
    const from = tokens.at;
    this.expressionUntil(scope, 'into', 'using', ...until);
    for (const { range, text, reading } of dynamicStatements(tokens, from, tokens.at)) {
      const body = { ...this.context(scope, 'dynamic'), variables: NOTHING };
      this.found.push({ range, text, reading, body });
    }
    for (;;) {
      if (tokens.skip('into')) tokens.at = tokens.find('using', ...until);
      else if (tokens.skip('using')) {
        do this.expressionUntil(scope, ',', 'into', ...until);
        while (tokens.skip(','));
      } else return;
    }
  }

  /** `PERFORM` is `SELECT` that forgets its result; the word is one letter longer. */
  protected perform(scope: Scope): void {
    const { tokens } = this;
    const from = tokens.at;
    const end = sqlEnd(tokens);
    tokens.at = end;
    const range = this.rangeOf(from, end);
    const text = `SELECT ${tokens.source.slice(range.start + 'perform'.length, range.end)}`;
    this.found.push({ range, text, body: this.context(scope, 'statement') });
  }

  protected sql(scope: Scope): void {
    const from = this.tokens.at;
    const end = sqlEnd(this.tokens);
    const range = this.rangeOf(from, end);
    this.tokens.at = end;
    this.found.push({ range, text: withoutTargets(this.tokens, from, end), body: this.context(scope, 'statement') });
  }

  /** A query as it stands, up to a token. */
  protected query(scope: Scope, end: number): void {
    const from = this.tokens.at;
    if (end <= from) {
      this.problem();
      return;
    }
    const range = this.rangeOf(from, end);
    this.tokens.at = end;
    const text = this.tokens.source.slice(range.start, range.end);
    this.found.push({ range, text, body: this.context(scope, 'statement') });
  }

  protected expressionUntil(scope: Scope, ...words: readonly string[]): void {
    this.expression(scope, this.tokens.find(...words));
  }

  protected expression(scope: Scope, end: number): void {
    const from = this.tokens.at;
    if (end <= from) {
      this.problem();
      return;
    }
    const range = this.rangeOf(from, end);
    this.tokens.at = end;
    const text = this.tokens.source.slice(range.start, range.end);
    this.found.push({ range, text, reading: AS_QUERY, body: this.context(scope, 'expression') });
  }

  protected expect(word: string): void {
    if (!this.tokens.skip(word)) this.problem();
  }

  /** The body cannot be right at the cursor. */
  protected problem(): void {
    const { tokens } = this;
    if (this.problemAt <= this.tokens.range.end) return;
    this.problemAt = tokens.start();
    if (tokens.isTemplated) return;
    const range = { start: tokens.start(), end: tokens.end() };
    const found = tokens.atEnd ? 'syntax error at the end of the body' : `syntax error at or near "${tokens.text()}"`;
    const body = this.context({ variables: NOTHING, cursors: NOTHING }, 'statement');
    this.found.push({ range, text: tokens.text(), body, error: found });
  }

  private rangeOf(from: number, end: number): SourceRange {
    return { start: this.tokens.start(from), end: this.tokens.end(Math.max(from, end - 1)) };
  }

  private context({ variables }: Scope, use: BodyContext['use']): BodyContext {
    return { language: 'plpgsql', routine: this.routine, variables, loopDepth: this.loops, use };
  }

  /** Nothing that follows is understood. */
  protected giveUp(): void {
    this.problemAt = Math.min(this.problemAt, this.tokens.start());
    this.tokens.at = Number.MAX_SAFE_INTEGER;
  }

  /** Behind a mistake the parts may be taken wrongly. */
  private withDoubt(piece: Piece): Piece {
    if (piece.error !== undefined || piece.range.end <= this.problemAt) return piece;
    return { ...piece, reading: { ...piece.reading, quiet: true } };
  }
}

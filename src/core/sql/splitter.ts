import { Lexer, TokenKind, isComment } from './lexer';

/** Where one statement lies in a script, all offsets UTF-16. */
export interface StatementSpan {
  /** Its first token, after leading comments. */
  readonly start: number;
  /** The end of its last token, without the semicolon. */
  readonly end: number;
  /** Where to look for the next statement: behind the semicolon, the psql command or the COPY data. */
  readonly resume: number;
  /** The end was decided by looking at all the rest of the text (`COPY ... FROM stdin` whose data has no end). */
  readonly dependsOnRest: boolean;
  /** A template's tag stands before it, so it may be a part of something else. */
  readonly isTemplated: boolean;
}

/** Tags that are complete in themselves and say nothing about what follows. */
const LONE_TAG = /^(?:\{#|\{\{|\{%[-+]?\s*(?:do|import|from|extends|include|set\s[^]*=))/;

const SENDS_BUFFER = /^\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch|parse|bind|bind_named|sendpipeline)\b/;
const RESETS_BUFFER = /^\\r(?:eset)?\b/;
const COPY_COMMAND = /^\\copy\b.*\bfrom\s+p?stdin\b/i;
const COPY_STATEMENT = /^copy\b[^]*\bfrom\s+stdin\b/i;

/**
 * Finds the first statement at or after `from`, where no statement may be open: the beginning of a text or the
 * `resume` of another statement. Undefined if only white space, comments and psql commands follow.
 */
export function nextStatement(text: string, from: number): StatementSpan | undefined {
  const lexer = new Lexer(text, from);
  const state = new StatementState();
  while (lexer.next()) {
    const { kind, start, end } = lexer;
    if (kind === TokenKind.templateTag && !state.isOpen && !LONE_TAG.test(text.slice(start, end)))
      state.isTemplated = true;
    if (isComment(kind)) continue;
    if (kind === TokenKind.metaCommand) {
      const command = text.slice(start, end);
      if (state.isOpen && SENDS_BUFFER.test(command)) return state.finish(end);
      if (RESETS_BUFFER.test(command)) {
        state.reset();
        lexer.beginStatement();
      } else if (COPY_COMMAND.test(command)) {
        const dataEnd = copyDataEnd(text, end);
        if (dataEnd >= 0) lexer.position = dataEnd;
        else state.dependsOnRest = true;
      }
      continue;
    }
    if (kind === TokenKind.metaSemicolon || (kind === TokenKind.semicolon && !state.keepsSemicolons)) {
      if (!state.isOpen) {
        lexer.beginStatement();
        continue;
      }
      if (!state.mayBeCopy || !COPY_STATEMENT.test(text.slice(state.start, start))) return state.finish(end);
      const dataEnd = copyDataEnd(text, end);
      if (dataEnd < 0) state.dependsOnRest = true;
      return state.finish(dataEnd < 0 ? end : dataEnd);
    }
    state.add(text, kind, start, end);
  }
  return state.isOpen ? state.finish(text.length) : undefined;
}

/** All statements of a script. */
export function splitStatements(text: string): StatementSpan[] {
  const spans: StatementSpan[] = [];
  for (let span = nextStatement(text, 0); span; span = nextStatement(text, span.resume)) spans.push(span);
  return spans;
}

/**
 * The end of the line `\.` that ends COPY data, or -1 if there is none. Without it nothing is taken for data, though
 * psql would read to the end of the file: the statements below are more useful seen than swallowed.
 */
function copyDataEnd(text: string, from: number): number {
  const endOfData = /^\\\.[ \t]*\r?$/gm;
  const lineBreak = text.indexOf('\n', from);
  if (lineBreak < 0) return -1;
  endOfData.lastIndex = lineBreak + 1;
  return endOfData.test(text) ? endOfData.lastIndex : -1;
}

/** What must be remembered of an open statement to know whether a semicolon ends it. */
class StatementState {
  start = -1;
  private end = -1;
  private parentheses = 0;
  /** BEGIN ATOMIC and the CASEs within it, each closed by an END. */
  private openBlocks = 0;
  private previousWord = '';
  private wordCount = 0;
  private isCreate = false;
  private isRule = false;
  private isRoutine = false;
  mayBeCopy = false;
  isTemplated = false;
  /** It or a psql command before it looked in vain for the end of COPY data. */
  dependsOnRest = false;

  get isOpen(): boolean {
    return this.start >= 0;
  }

  /** The commands of a rule are separated by semicolons within parentheses; a routine's within BEGIN ATOMIC ... END. */
  get keepsSemicolons(): boolean {
    return this.openBlocks > 0 || (this.isRule && this.parentheses > 0);
  }

  add(text: string, kind: TokenKind, start: number, end: number): void {
    if (this.start < 0) this.start = start;
    // Semicolons at the end of an unfinished body do not belong to the statement either.
    if (kind !== TokenKind.semicolon) this.end = end;
    if (kind === TokenKind.punctuation) {
      const character = text[start];
      if (character === '(') this.parentheses++;
      else if (character === ')' && this.parentheses > 0) this.parentheses--;
    }
    if (kind === TokenKind.word && (this.wordCount === 0 || (this.isCreate && this.wordCount < 4) || this.isRoutine))
      this.addWord(text.slice(start, end).toLowerCase());
    else this.previousWord = '';
  }

  private addWord(word: string): void {
    const position = this.wordCount++;
    if (position === 0) {
      this.isCreate = word === 'create';
      this.mayBeCopy = word === 'copy';
    } else if (this.isCreate && !this.isRoutine && position < 4) {
      // CREATE [OR REPLACE] FUNCTION | PROCEDURE | RULE: a later word of that spelling is somebody's name.
      const isObjectType = position === 1 || (position === 3 && this.previousWord === 'replace');
      if (isObjectType && word === 'rule') this.isRule = true;
      if (isObjectType && (word === 'function' || word === 'procedure')) this.isRoutine = true;
    } else if (this.isRoutine) {
      if (this.previousWord === 'begin' && word === 'atomic') this.openBlocks++;
      else if (this.openBlocks > 0 && word === 'case') this.openBlocks++;
      else if (this.openBlocks > 0 && word === 'end') this.openBlocks--;
    }
    this.previousWord = word;
  }

  reset(): void {
    const { dependsOnRest } = this;
    Object.assign(this, new StatementState(), { dependsOnRest });
  }

  finish(resume: number): StatementSpan {
    const { start, end, dependsOnRest, isTemplated } = this;
    return { start, end, resume, dependsOnRest, isTemplated };
  }
}

import { shiftRange } from '../base/sourceRange';
import type { SourceRange } from '../base/sourceRange';
import { readInner } from './bodies/innerStatements';
import type { Reading } from './bodies/piece';
import type { Grammar, GrammarError } from './grammar';
import { Lexer, TokenKind, isComment } from './lexer';
import type { Likeness, LikenessInDoubt, WatchableStatement } from './likeStatements';
import type { LiteralWatch } from './literalWatch';
import { NodeRanges } from './nodeRanges';
import type { PatternList } from './patternList';
import type { Hole } from './placeholders';
import { parseReadings } from './parseWithHoles';
import { templateReadings } from './templateBranches';
import type {
  BodyStatement,
  ParsedStatement,
  ParseNode,
  Placeholder,
  StatementNotes,
  SyntaxError,
  TableReference,
} from './statement';
import { findTables } from './tables';
import { unwrap } from './walk';
import { changesSomething } from './writes';

/**
 * Parses one statement; its leading comments and its semicolon are cut off first, and all ranges are relative to what
 * is left. Never throws. The tree is made when first asked for and may be made again later: the grammar's trees are
 * some forty times as large as their text, so only those of the {@link KEPT_CHARACTERS} used last are kept.
 */
export function parseStatement(grammar: Grammar, text: string, reading: Pick<Reading, 'quiet'> = {}): ParsedStatement {
  const { start, end } = statementRange(text);
  return parseTrimmed(grammar, text.slice(start, end), reading);
}

/** The same for a text that begins with the statement's first token and ends with its last, as the splitter cuts it. */
export function parseTrimmed(grammar: Grammar, text: string, reading: Pick<Reading, 'quiet'> = {}): ParsedStatement {
  return new LazyStatement(grammar, text, reading);
}

/** Trees of this much SQL are kept in memory, in UTF-16 code units: about 2.5 MB of trees, which a young heap holds. */
const KEPT_CHARACTERS = 50_000;

interface Analysis {
  readonly tree?: ParseNode;
  readonly kind?: string;
  readonly syntaxError?: SyntaxError;
  /** The grammar refused it, whether or not that is an error to show. */
  readonly isRefused: boolean;
  readonly placeholders: readonly Placeholder[];
  readonly ranges: NodeRanges;
  /** Looked for when first asked. */
  tables?: readonly TableReference[];
}

/** Statements that may have a body in a string. */
const HAS_BODY: ReadonlySet<string> = new Set(['CreateFunctionStmt', 'DoStmt']);
const NO_STATEMENTS: readonly BodyStatement[] = [];

class LazyStatement implements WatchableStatement {
  readonly notes: StatementNotes = {};
  private bodyStatements: readonly BodyStatement[] | undefined;
  /** Small things that are asked again and again, and outlive the tree. */
  private known: { readonly kind: string | undefined; readonly syntaxError: SyntaxError | undefined } | undefined;

  /** Null if it is like none; undefined if nobody has asked. */
  private likeness: LikenessInDoubt | null | undefined;
  private literals: LiteralWatch | undefined;

  constructor(
    private readonly grammar: Grammar,
    private readonly source: string,
    private readonly reading: Reading = {},
  ) {}

  get text(): string {
    this.literals?.seeAll();
    return this.source;
  }
  slice(range: SourceRange): string {
    this.literals?.see(range);
    return this.source.slice(range.start, range.end);
  }
  mentions(patterns: PatternList): readonly boolean[] {
    const answers = patterns.answers(this.source);
    this.literals?.seeMentions(patterns, answers);
    return answers;
  }

  get like(): Likeness | undefined {
    if (this.likeness === undefined) {
      const { prefix, readAs, quiet } = this.reading;
      const isPlain = prefix === undefined && readAs === undefined && quiet !== true;
      this.likeness = (isPlain && this.grammar.forms?.find(this, this.source)) || null;
      // Known without parsing: literals of a kind are one token.
      if (this.likeness) this.known ??= { kind: this.likeness.statement.kind, syntaxError: undefined };
    }
    return this.likeness?.holds === true ? this.likeness : undefined;
  }

  watch(literals: LiteralWatch): boolean {
    if (this.known) return false;
    this.literals = literals;
    return true;
  }

  get isPlain(): boolean {
    return this.syntaxError === undefined && this.kind !== undefined && !HAS_BODY.has(this.kind);
  }

  get tree(): ParseNode | undefined {
    return this.analysis.tree;
  }
  get kind(): string | undefined {
    return (this.known ?? this.analysis).kind;
  }
  get syntaxError(): SyntaxError | undefined {
    return (this.known ?? this.analysis).syntaxError;
  }
  get placeholders(): readonly Placeholder[] {
    return this.analysis.placeholders;
  }
  get tables(): readonly TableReference[] {
    const { analysis } = this;
    analysis.tables ??= analysis.tree === undefined ? [] : this.findTables(analysis, analysis.tree);
    return analysis.tables;
  }
  get writes(): boolean {
    const { tree, isRefused } = this.analysis;
    return tree === undefined ? isRefused : changesSomething(tree);
  }

  private findTables({ ranges, placeholders }: Analysis, tree: ParseNode): TableReference[] {
    return findTables(tree, (byte, parts) => {
      const range = ranges.rangeOfName(byte, parts);
      return range && coverPlaceholders(withoutPrefix(range, this.reading), placeholders);
    });
  }

  get inner(): readonly BodyStatement[] {
    this.bodyStatements ??=
      HAS_BODY.has(this.kind ?? '') && this.tree
        ? readInner(this.tree, this.source, (text, reading) => this.piece(text, reading))
        : NO_STATEMENTS;
    return this.bodyStatements;
  }

  /** A statement of the body; the same object as long as it is written and read the same. */
  private piece(text: string, reading: Reading = {}): LazyStatement {
    const key = `${JSON.stringify(reading)} ${text}`;
    const known = recentPieces.get(key);
    if (known?.grammar === this.grammar) return known;
    const piece = new LazyStatement(this.grammar, text, reading);
    recentPieces.set(key, piece);
    if (recentPieces.size > KEPT_PIECES) recentPieces.delete(recentPieces.keys().next().value!);
    return piece;
  }

  parse(text: string): ParsedStatement {
    const { start, end } = statementRange(text);
    return this.piece(text.slice(start, end));
  }

  rangeOf(type: string, fields: object): SourceRange | undefined {
    const { ranges, placeholders } = this.analysis;
    const range = ranges.rangeOf(type, fields);
    return range && coverPlaceholders(withoutPrefix(range, this.reading), placeholders);
  }

  /** In UTF-16 code units. */
  get length(): number {
    return this.source.length;
  }

  private get analysis(): Analysis {
    const kept = recentAnalyses.get(this);
    if (kept) return kept;
    const analysis = analyse(this.grammar, this.source, this.reading);
    if (analysis.tree) this.literals?.watch(analysis.tree);
    this.known = { kind: analysis.kind, syntaxError: analysis.syntaxError };
    return recentAnalyses.add(this, analysis);
  }
}

/** The analyses used last, bounded by the length of their texts. */
class RecentAnalyses {
  private readonly entries = new Map<LazyStatement, Analysis>();
  private oldest = this.entries.keys();
  private characters = 0;
  private last: { statement: LazyStatement; analysis: Analysis } | undefined;

  get(statement: LazyStatement): Analysis | undefined {
    if (this.last?.statement === statement) return this.last.analysis;
    const analysis = this.entries.get(statement);
    if (!analysis) return undefined;
    this.entries.delete(statement);
    this.entries.set(statement, analysis);
    this.last = { statement, analysis };
    return analysis;
  }

  add(statement: LazyStatement, analysis: Analysis): Analysis {
    this.entries.set(statement, analysis);
    this.characters += statement.length;
    // One iterator for all: from the start it would pass over every entry deleted since the map last tidied up.
    while (this.characters > KEPT_CHARACTERS) {
      const { value: oldest, done } = this.oldest.next();
      if (done) this.oldest = this.entries.keys();
      else if (oldest === statement) break;
      else if (this.entries.delete(oldest)) this.characters -= oldest.length;
    }
    this.last = { statement, analysis };
    return analysis;
  }
}

const recentAnalyses = new RecentAnalyses();

/** Statements of bodies: after an edit in a body the others in it are found here. */
const recentPieces = new Map<string, LazyStatement>();
const KEPT_PIECES = 5000;

const NO_HOLES: readonly Hole[] = [];

function analyse(grammar: Grammar, text: string, reading: Reading): Analysis {
  const { prefix = '', readAs = text, holes: given = NO_HOLES } = reading;
  const movedHoles = given.length === 0 ? given : given.map(hole => moveHole(hole, prefix.length));
  const readings = templateReadings(readAs);
  const texts = readings ? readings.map(read => prefix + read) : [prefix + readAs];
  const { holes, attempt } = parseReadings(grammar, texts, movedHoles);
  const { tree, error, filled, choices } = attempt;
  const placeholders = holes.map(({ placeholder, stands }, i) => {
    const fills = stands[choices[i] ?? 0]?.fills ?? placeholder.fills;
    const moved = { ...placeholder, range: withoutPrefix(placeholder.range, reading) };
    return fills ? { ...moved, fills } : moved;
  });
  const ranges = new NodeRanges(filled);
  if (!tree) {
    const isQuiet =
      reading.quiet === true || attempt.gaveUp === true || readings !== undefined || isBehindTemplate(error, holes);
    const moved = error && { ...error, ...(error.offset !== undefined && { offset: error.offset - prefix.length }) };
    return {
      placeholders,
      isRefused: error !== undefined,
      ranges,
      ...(moved && !isQuiet && { syntaxError: locate(moved, text, placeholders) }),
    };
  }
  return {
    tree,
    kind: unwrap(tree)?.type ?? '',
    placeholders,
    isRefused: false,
    ranges,
  };
}

/** Whatever a template puts before the error may be what makes it none. */
function isBehindTemplate(error: GrammarError | undefined, holes: readonly Hole[]): boolean {
  const at = error?.offset;
  return holes.some(
    ({ placeholder: { style, range } }) => style === 'template' && (at === undefined || range.start <= at),
  );
}

/** Places of what the grammar read, as places of the text; what begins in the prefix begins with the text. */
function withoutPrefix(range: SourceRange, { prefix = '' }: Reading): SourceRange {
  if (prefix === '') return range;
  const { start, end } = shiftRange(range, -prefix.length);
  return { start: Math.max(0, start), end: Math.max(0, end) };
}

function moveHole(hole: Hole, by: number): Hole {
  const { placeholder } = hole;
  return by === 0 ? hole : { ...hole, placeholder: { ...placeholder, range: shiftRange(placeholder.range, by) } };
}

/** The error covers the token it is at; at the end of the text it is empty. An error without a place covers everything. */
function locate({ message, offset }: GrammarError, text: string, placeholders: readonly Placeholder[]): SyntaxError {
  if (offset === undefined) return { message, range: { start: 0, end: text.length } };
  const hole = placeholders.find(({ range }) => range.start <= offset && offset < range.end);
  if (hole)
    return { message: `syntax error at or near "${text.slice(hole.range.start, hole.range.end)}"`, range: hole.range };
  const lexer = new Lexer(text, Math.max(0, offset));
  const found = lexer.next() && lexer.start === offset;
  return { message, range: { start: offset, end: found ? lexer.end : Math.min(offset + 1, text.length) } };
}

/** What stands for a placeholder is often shorter than it, so a range may begin or end within one. */
function coverPlaceholders(range: SourceRange, placeholders: readonly Placeholder[]): SourceRange {
  let { start, end } = range;
  for (const { range: hole } of placeholders) {
    if (hole.start < start && start < hole.end) start = hole.start;
    if (hole.start < end && end < hole.end) end = hole.end;
  }
  return start === range.start && end === range.end ? range : { start, end };
}

/** From the first to the last token that is neither a comment nor a psql command nor a semicolon. */
function statementRange(text: string): SourceRange {
  const lexer = new Lexer(text);
  let start = -1;
  let end = 0;
  while (lexer.next()) {
    const { kind } = lexer;
    if (isComment(kind) || kind === TokenKind.metaCommand) continue;
    if (kind === TokenKind.semicolon || kind === TokenKind.metaSemicolon) continue;
    if (start < 0) start = lexer.start;
    end = lexer.end;
  }
  return { start: Math.max(start, 0), end };
}

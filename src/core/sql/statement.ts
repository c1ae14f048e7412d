import type { SourceRange } from '../base/sourceRange';
import type { Likeness } from './likeStatements';
import type { PatternList } from './patternList';

/**
 * A node of PostgreSQL's parse tree as libpg_query gives it: an object with one key, the node's type
 * (`{ SelectStmt: {...} }`). Fields keep PostgreSQL's names.
 */
export type ParseNode = Readonly<Record<string, unknown>>;

/** How the host language marks a value to be filled in. */
export type PlaceholderStyle =
  'dollar' | 'colon' | 'named' | 'psql-literal' | 'psql-identifier' | 'pyformat' | 'format' | 'question' | 'template';

/** `$1`, `:name`, `@name`, `%(name)s`, `?`, `${name}`, `{{ name }}` ... The range is relative to the statement. */
export interface Placeholder {
  readonly style: PlaceholderStyle;
  /** `1` for `$1`, `camera_id` for `:camera_id`, `1`, `2`... in order for `?` and `%s`. */
  readonly name: string;
  readonly range: SourceRange;
  /**
   * What it stands for as far as the grammar tells: a value that can be a parameter, a constant where no parameter may
   * stand (`INTERVAL :x`), a name or part of one, or a piece of syntax that may be left out.
   */
  readonly fills?: 'value' | 'literal' | 'name' | 'nothing';
}

export interface SyntaxError {
  readonly message: string;
  readonly range: SourceRange;
}

/** A table named in FROM, JOIN, INSERT INTO, UPDATE or DELETE. CTE names are not tables. */
export interface TableReference {
  readonly schema?: string;
  readonly name: string;
  readonly alias?: string;
  /** The name itself (with its schema), relative to the statement. */
  readonly range: SourceRange;
  readonly use: 'read' | 'insert' | 'update' | 'delete' | 'merge' | 'ddl';
}

/** What readers of a statement remember with it, as long as it lives. Each declares its own field, by merging. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface StatementNotes {}

/** One statement, parsed alone. Never throws: what could not be understood is in `syntaxError`. */
export interface ParsedStatement {
  /** The statement's own text, without leading comments and without its semicolon. */
  readonly text: string;
  /** The parse tree's root (`{ SelectStmt: ... }`), absent when there is a syntax error. */
  readonly tree?: ParseNode;
  /** Its root type, `SelectStmt`. */
  readonly kind?: string;
  readonly syntaxError?: SyntaxError;
  readonly placeholders: readonly Placeholder[];
  readonly tables: readonly TableReference[];
  /** True if running it could change data, schema or settings (a SELECT with a data-modifying CTE or FOR UPDATE too). */
  readonly writes: boolean;
  /**
   * The statements in the body of a function, procedure or DO block, however deep, in the order of the text. Views,
   * rules, policies and EXPLAIN have their queries in their own tree instead.
   */
  readonly inner: readonly BodyStatement[];
  /** An earlier statement it is like, if there is one: what was found in that one need not be looked for again. */
  readonly like?: Likeness;
  readonly notes: StatementNotes;
  /** Another text by the same grammar, such as the query of a view; the same object while it is in use. */
  parse(text: string): ParsedStatement;
  /** As `text.slice` gives it. Unlike a look at the whole text it leaves the literals elsewhere unseen. */
  slice(range: SourceRange): string;
  /** Which of the patterns the text matches. Of the literals only this is seen. */
  mentions(patterns: PatternList): readonly boolean[];
  /** Text range of an expression or clause node, given its type and its fields (not the wrapper); undefined if unknown. */
  rangeOf(type: string, fields: object): SourceRange | undefined;
}

/** A statement and where it begins in its document. */
export interface LocatedStatement {
  readonly range: SourceRange;
  /** Parsed on first use, kept by text. */
  readonly statement: ParsedStatement;
}

/** Where a statement stands inside the body of a routine. */
export interface BodyContext {
  readonly language: 'plpgsql' | 'sql';
  readonly routine: 'function' | 'procedure' | 'do';
  /** Parameters and declared variables that are in scope, folded to lower case unless quoted. */
  readonly variables: ReadonlySet<string>;
  /** How many LOOPs are around it. */
  readonly loopDepth: number;
  /** What PL/pgSQL does with it: runs it, evaluates it as an expression, or executes a string that was read as SQL. */
  readonly use: 'statement' | 'expression' | 'dynamic';
}

/** A statement of a body. Its range is relative to the text of the statement the body belongs to. */
export interface BodyStatement extends LocatedStatement {
  readonly body: BodyContext;
}

import type { Grammar } from '../sql/grammar';
import { Lexer, TokenKind } from '../sql/lexer';
import { NodeRanges } from '../sql/nodeRanges';
import { parseStatement } from '../sql/parseStatement';
import type { Script } from '../sql/script';
import { nextStatement } from '../sql/splitter';
import type { ParsedStatement } from '../sql/statement';
import { unwrap } from '../sql/walk';
import type { Catalog } from './catalog';
import { applyStatement, isAddition } from './ddl/applyStatement';
import type { DdlStatement } from './ddl/ddlStatement';
import { SchemaDraft } from './ddl/schemaDraft';

/**
 * Adds what a script's DDL says to a catalog. Statements it does not know and statements with syntax errors are passed
 * over; sizes and statistics stay unknown. Where the text does not tell the columns of a view, `columnsKnown` is false.
 * @param uri the script's file, for the places where things are defined.
 */
export function catalogFromDdl(script: Script, known: Catalog, uri?: string): Catalog {
  const draft = new SchemaDraft(known);
  for (const { range, statement } of script.statements) applyParsed(statement, range.start, draft, uri);
  return draft.toCatalog();
}

/** The same from text, whose trees are dropped at once; for files that nobody edits. */
export function catalogFromText(grammar: Grammar, text: string, known: Catalog, uri?: string): Catalog {
  const reader = new DdlReader(grammar, known);
  reader.readAll(text, uri);
  return reader.catalog();
}

/** Reads schema files one after another, each on top of those before it. */
export class DdlReader {
  private readonly draft: SchemaDraft;

  constructor(
    private readonly grammar: Grammar,
    known: Catalog,
  ) {
    this.draft = new SchemaDraft(known);
  }

  /** Reads a file; the offset behind each statement is yielded, so that the caller may pause there. */
  *read(text: string, uri?: string): Generator<number, void> {
    for (let span = nextStatement(text, 0); span; span = nextStatement(text, span.resume)) {
      if (FIRST_WORDS.test(text.slice(span.start, span.start + 12))) {
        this.apply(text.slice(span.start, span.end), span.start, uri);
      }
      yield span.resume;
    }
    this.draft.endFile();
  }

  /** Reads a file without a pause. */
  readAll(text: string, uri?: string): void {
    const reading = this.read(text, uri);
    while (!reading.next().done);
  }

  catalog(): Catalog {
    return this.draft.toCatalog();
  }

  private apply(source: string, start: number, uri: string | undefined): void {
    if (/^do\b/i.test(source)) {
      applyParsed(parseStatement(this.grammar, source), start, this.draft, uri);
      return;
    }
    const text = withoutSemicolon(source);
    const [first] = this.grammar.parse(text).statements ?? [];
    const tree = first && unwrap(first.tree);
    if (!tree) return;
    const ranges = new NodeRanges(text);
    const statement: DdlStatement = {
      text,
      start,
      ...(uri !== undefined && { uri }),
      rangeOf: (type, fields) => ranges.rangeOf(type, fields),
    };
    applyStatement(statement, this.draft, tree.type, tree.fields);
  }
}

/** Statements that may change the schema begin with one of these; the rows of a dump are not even parsed. */
const FIRST_WORDS = /^(?:create|alter|drop|comment|set|reset|select|with|do)\b/i;

function applyParsed(statement: ParsedStatement, start: number, draft: SchemaDraft, uri: string | undefined): void {
  const tree = statement.tree && unwrap(statement.tree);
  if (!tree) return;
  if (tree.type === 'DoStmt') {
    // Its conditions are not known: what may be there is added, nothing is taken away.
    for (const { range, statement: inner } of statement.inner) {
      const node = inner.tree && unwrap(inner.tree);
      if (node && isAddition(node.type, node.fields)) applyParsed(inner, start + range.start, draft, uri);
    }
    return;
  }
  const place = {
    text: statement.text,
    start,
    ...(uri !== undefined && { uri }),
    rangeOf: (type: string, fields: object) => statement.rangeOf(type, fields),
  };
  applyStatement(place, draft, tree.type, tree.fields);
}

/** A psql command may end a statement like a semicolon (`\gset`). */
function withoutSemicolon(text: string): string {
  if (!text.includes('\\')) return text;
  const lexer = new Lexer(text);
  let end = 0;
  while (lexer.next()) {
    if (lexer.kind === TokenKind.metaCommand) break;
    end = lexer.end;
  }
  return text.slice(0, end);
}

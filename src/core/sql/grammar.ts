import { messageOf } from '../base/messageOf';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import { StatementForms } from './likeStatements';
import { OffsetMap } from './offsets';
import type { ParseNode } from './statement';

export interface GrammarError {
  readonly message: string;
  /** UTF-16 offset, the text's length for an unexpected end; undefined if the error has no place. */
  readonly offset: number | undefined;
}

export type GrammarResult =
  | {
      readonly statements: readonly { readonly tree: ParseNode; readonly offset: number }[];
      readonly error?: undefined;
    }
  | { readonly statements?: undefined; readonly error: GrammarError };

/** PostgreSQL's own grammar. One per process is enough. */
export interface Grammar {
  /** Parses statements separated by semicolons. Never throws; stops at the first error. */
  parse(sql: string): GrammarResult;
  /** The statements read with it, by which like ones are recognised; without it none are. */
  readonly forms?: StatementForms;
}

let loading: Promise<Grammar> | undefined;

/** Loads the grammar once (about 100 ms); later calls give the same one. Rejects only if the module cannot be loaded. */
export function loadGrammar(): Promise<Grammar> {
  loading ??= loadModule().then(() => ({ parse, forms: new StatementForms() }));
  return loading;
}

function parse(sql: string): GrammarResult {
  // Strings cross to the grammar ended by a NUL, so what follows one would go unseen.
  const nul = sql.indexOf('\0');
  if (nul >= 0) return { error: { message: 'a NUL character is not allowed in SQL', offset: nul } };
  if (sql.trim() === '') return { statements: [] };
  try {
    const offsets = new OffsetMap(sql);
    const statements = [];
    for (const { stmt, stmt_location: location } of parseSync(sql).stmts ?? []) {
      if (stmt) statements.push({ tree: stmt as ParseNode, offset: offsets.fromByte(location ?? 0) });
    }
    return { statements };
  } catch (error) {
    return { error: describe(error, sql) };
  }
}

function describe(error: unknown, sql: string): GrammarError {
  // The stack of JavaScript or of the grammar's own memory.
  if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError'))
    return { message: 'the statement is nested too deeply to be analysed', offset: undefined };
  if (hasSqlDetails(error)) {
    const position = error.sqlDetails?.cursorPosition ?? -1;
    return { message: error.message, offset: position < 0 ? undefined : new OffsetMap(sql).fromCodePoint(position) };
  }
  return { message: messageOf(error), offset: undefined };
}

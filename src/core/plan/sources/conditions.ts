import { identifierOf } from '../../sql/identifiers';
import { TokenKind, tokenize } from '../../sql/lexer';

/** What can be recognised again in another spelling of the same condition. */
export interface ConditionMarks {
  /** Operators, functions and tests, as PostgreSQL names them: `~~` for LIKE. */
  readonly operators: ReadonlySet<string>;
  /** Constants without quotes and types. */
  readonly constants: ReadonlySet<string>;
}

/** A column as a plan writes it. */
export interface PlanColumn {
  /** The alias before it; absent where a plan reads one table only and is not verbose. */
  readonly alias?: string;
  readonly name: string;
}

/** One condition of a plan, of those that AND combines. */
export interface PlanCondition {
  readonly columns: readonly PlanColumn[];
  readonly marks: ConditionMarks;
  /** Numbers of the SubPlans and InitPlans it asks, `$0` as it is written. */
  readonly subplans: readonly string[];
}

const AS_OPERATOR: Readonly<Record<string, readonly string[]>> = {
  like: ['~~'],
  ilike: ['~~*'],
  in: ['='],
  between: ['>=', '<='],
  '!=': ['<>'],
  '!~~': ['~~'],
  '!~~*': ['~~*'],
};
/** Words between operands that are neither columns nor functions; `is` and `null` tell IS NULL from `=`. */
const TELLING_WORDS = new Set(['is', 'null', 'true', 'false', 'distinct', 'or', 'unknown']);
const SILENT_WORDS = new Set(
  `not and any all some array row case when then else end collate at time zone interval from for current_date
  current_timestamp localtime localtimestamp current_time current_user session_user escape similar to filter where
  over hashed subplan initplan alternatives rescan with without varying precision exists nulls first last asc desc
  using values in operator cast as date timestamp timestamptz`.split(/\s+/),
);

/** The tokens of a piece of SQL or of a plan, with the types of casts left out. */
interface Piece {
  readonly kind: TokenKind;
  readonly text: string;
  /** In lower case if it is a bare word. */
  readonly word: string;
}

function pieces(text: string, clientSyntax: boolean): Piece[] {
  const { kinds, starts, ends } = tokenize(text, { clientSyntax, comments: false });
  const all = kinds.map((kind, i): Piece => {
    const own = text.slice(starts[i], ends[i]);
    return { kind, text: own, word: kind === TokenKind.word ? own.toLowerCase() : own };
  });
  const kept: Piece[] = [];
  for (let i = 0; i < all.length; i++) {
    if (all[i]!.text === '::') i = typeEnd(all, i + 1);
    else kept.push(all[i]!);
  }
  return kept;
}

const TYPE_WORDS = new Set(['precision', 'varying', 'with', 'without', 'time', 'zone']);

/** The last token of the type that begins at `index`. */
function typeEnd(tokens: readonly Piece[], index: number): number {
  let last = index;
  while (tokens[last + 1]?.text === '.') last += 2;
  for (;;) {
    const next = tokens[last + 1];
    if (next && TYPE_WORDS.has(next.word)) last++;
    else if (next?.text === '(' && tokens[last + 2]?.kind === TokenKind.number) {
      while (tokens[last] && tokens[last]!.text !== ')') last++;
    } else if (next?.text === '[' && tokens[last + 2]?.text === ']') last += 2;
    else return last;
  }
}

/** What marks a condition as it is written in SQL. */
export function marksOfSql(sql: string): ConditionMarks {
  return marksOf(pieces(sql, true));
}

function marksOf(tokens: readonly Piece[]): ConditionMarks {
  const operators = new Set<string>();
  const constants = new Set<string>();
  tokens.forEach(({ kind, text, word }, i) => {
    const known = AS_OPERATOR[word];
    if (known) for (const each of known) operators.add(each);
    else if (kind === TokenKind.operator) operators.add(text);
    else if (kind === TokenKind.string) for (const part of constantParts(text)) constants.add(part);
    else if (kind === TokenKind.number) constants.add(text);
    else if (TELLING_WORDS.has(word)) operators.add(word);
    else if (tokens[i + 1]?.text === '(' && isName(kind) && !SILENT_WORDS.has(word)) {
      operators.add(identifierOf(text));
    }
  });
  return { operators, constants };
}

function isName(kind: TokenKind): boolean {
  return kind === TokenKind.word || kind === TokenKind.quotedIdentifier;
}

/** `'abc'`, and the members of `'{1,2}'`, which is what a plan makes of IN (1, 2). */
function constantParts(token: string): string[] {
  const bare = token.replace(/^[eEbBxXnN]?'|'$/g, '').replaceAll("''", "'");
  const list = /^\{(.*)\}$/s.exec(bare)?.[1];
  return list === undefined ? [bare] : list.split(',').map(part => part.replace(/^"|"$/g, ''));
}

/** The conditions that AND combines, each by itself. */
export function readPlanConditions(text: string): PlanCondition[] {
  const found: PlanCondition[] = [];
  const pending = [pieces(text, false)];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const inner = withoutParentheses(next);
    const parts = splitAtAnd(inner);
    if (parts.length > 1) pending.push(...parts.toReversed());
    else found.push(readCondition(inner));
  }
  return found;
}

function withoutParentheses(tokens: readonly Piece[]): Piece[] {
  let [first, last] = [0, tokens.length - 1];
  while (first < last && tokens[first]!.text === '(' && closing(tokens, first) === last) {
    first++;
    last--;
  }
  return tokens.slice(first, last + 1);
}

function closing(tokens: readonly Piece[], index: number): number {
  let depth = 0;
  for (let i = index; i < tokens.length; i++) {
    if (tokens[i]!.text === '(') depth++;
    else if (tokens[i]!.text === ')' && --depth === 0) return i;
  }
  return -1;
}

function splitAtAnd(tokens: readonly Piece[]): Piece[][] {
  const parts: Piece[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    if (depth === 0 && token.word === 'and') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

function readCondition(tokens: readonly Piece[]): PlanCondition {
  const columns = readColumns(tokens);
  const qualified = columns.filter(({ alias }) => alias !== undefined);
  // where some have an alias before them all have: the rest are words like those of EXTRACT(month FROM ...)
  return {
    columns: qualified.length > 0 ? qualified : columns,
    marks: marksOf(tokens),
    subplans: readSubplans(tokens),
  };
}

/** A sort or group key of a plan: an expression and how it is sorted. */
export interface PlanKey extends PlanCondition {
  readonly descending: boolean;
}

export function readPlanKey(text: string): PlanKey {
  const tokens = pieces(text, false);
  return { ...readCondition(tokens), descending: tokens.some(({ word }) => word === 'desc') };
}

function readColumns(tokens: readonly Piece[]): PlanColumn[] {
  const columns: PlanColumn[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { kind, text, word } = tokens[i]!;
    if (!isName(kind)) continue;
    if (tokens[i + 1]?.text === '.' && tokens[i + 2]) {
      const column = tokens[i + 2]!;
      if (tokens[i + 3]?.text !== '(') columns.push({ alias: identifierOf(text), name: identifierOf(column.text) });
      i += 2;
    } else if (tokens[i + 1]?.text !== '(' && !SILENT_WORDS.has(word) && !TELLING_WORDS.has(word)) {
      if (tokens[i - 1]?.text !== '.') columns.push({ name: identifierOf(text) });
    }
  }
  return columns;
}

/** `SubPlan 1`, `(InitPlan 1).col1`, `$0`. */
function readSubplans(tokens: readonly Piece[]): string[] {
  return tokens.flatMap(({ kind, text, word }, i) => {
    if (kind === TokenKind.parameter) return [text];
    return (word === 'subplan' || word === 'initplan') && tokens[i + 1] ? [tokens[i + 1]!.text] : [];
  });
}

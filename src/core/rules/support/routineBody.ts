import type { SourceRange } from '../../base/sourceRange';
import { BodyTokens } from '../../sql/bodies/bodyTokens';
import { readRoutine } from '../../sql/bodies/routine';
import type { Routine } from '../../sql/bodies/routine';
import { TokenKind } from '../../sql/lexer';
import type { BodyStatement, ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { asColumn, contains, list } from './expressions';

/** A loop of a PL/pgSQL body, from its first word to END LOOP. */
export interface Loop {
  readonly range: SourceRange;
  /** Variables a FOR loop fills. */
  readonly variables: readonly string[];
  /** FOR over the rows of a query or a cursor. */
  readonly overRows: boolean;
}

/** A routine and the tokens of its body. */
export interface RoutineBody extends Routine {
  readonly tokens: BodyTokens;
  readonly loops: readonly Loop[];
}

/** True if a statement names one of the variables, alone or as a record. */
export function usesVariable(tree: unknown, variables: readonly string[]): boolean {
  return contains(tree, (type, fields) => {
    const column = type === 'ColumnRef' ? asColumn({ ColumnRef: fields }) : undefined;
    return column !== undefined && variables.includes(column.qualifier ?? column.name);
  });
}

const known = new WeakMap<ParsedStatement, RoutineBody | null>();

/** The body of the PL/pgSQL routine a statement creates or runs; undefined for any other statement. */
export function plpgsqlBody(statement: ParsedStatement): RoutineBody | undefined {
  const kept = known.get(statement);
  if (kept !== undefined) return kept ?? undefined;
  const mayHaveBody = statement.kind === 'CreateFunctionStmt' || statement.kind === 'DoStmt';
  const routine = mayHaveBody && statement.tree ? readRoutine(statement.tree, statement.text) : undefined;
  const isRead = routine?.language === 'plpgsql';
  const body = isRead ? withTokens(routine) : undefined;
  known.set(statement, body ?? null);
  return body;
}

function withTokens(routine: Routine): RoutineBody {
  const tokens = new BodyTokens(routine.source, routine.range);
  return { ...routine, tokens, loops: readLoops(tokens) };
}

function readLoops(tokens: BodyTokens): Loop[] {
  const loops: Loop[] = [];
  const open: { start: number; variables: string[]; overRows: boolean }[] = [];
  let head: { start: number; variables: string[]; overRows: boolean } | undefined;
  for (tokens.at = 0; !tokens.atEnd; tokens.at++) {
    if (tokens.kind() !== TokenKind.word) continue;
    const word = tokens.word();
    if (word === 'for' || word === 'foreach' || word === 'while') head = readHead(tokens) ?? head;
    if (word !== 'loop') continue;
    if (tokens.word(-1) === 'end') {
      const loop = open.pop();
      if (loop) loops.push({ ...loop, range: { start: loop.start, end: tokens.end() } });
    } else {
      open.push(head ?? { start: tokens.start(), variables: [], overRows: false });
      head = undefined;
    }
  }
  tokens.at = 0;
  return loops;
}

/** `FOR a, b IN query`; undefined for FOR UPDATE and the like. */
function readHead(tokens: BodyTokens): { start: number; variables: string[]; overRows: boolean } | undefined {
  const start = tokens.start();
  if (tokens.is('while')) return { start, variables: [], overRows: false };
  const variables: string[] = [];
  let ahead = 1;
  for (;;) {
    if (!tokens.isName(tokens.at + ahead)) return undefined;
    variables.push(tokens.name(tokens.at + ahead));
    ahead++;
    if (tokens.word(ahead) === ',' || tokens.word(ahead) === '.') ahead++;
    else break;
  }
  if (tokens.word(ahead) !== 'in') return tokens.is('foreach') ? { start, variables, overRows: false } : undefined;
  let isRange = false;
  for (let i = ahead; tokens.word(i) !== 'loop' && tokens.text(tokens.at + i) !== ''; i++)
    if (tokens.word(i).includes('..')) isRange = true;
  return {
    start,
    variables,
    overRows: !isRange && !/^[0-9]/.test(tokens.word(ahead + 1)) && tokens.word(ahead + 1) !== 'reverse',
  };
}

/** The innermost loop around an offset that satisfies the test. */
export function loopAround(body: RoutineBody, offset: number, test: (loop: Loop) => boolean): Loop | undefined {
  return body.loops
    .filter(({ range }) => range.start < offset && offset < range.end)
    .sort((a, b) => b.range.start - a.range.start)
    .find(test);
}

/** The value of an option of CREATE FUNCTION, `volatility` or `security`. */
export function routineOption(statement: ParsedStatement, name: string): NodeFields | undefined {
  const options = unwrap(statement.tree)?.fields.options;
  return list(options)
    .map(option => unwrap(option)?.fields)
    .find(option => option?.defname === name);
}

/** A range within a statement of a body as a range of the statement the body belongs to. */
export function outerRange(inner: BodyStatement, range: SourceRange): SourceRange {
  return { start: inner.range.start + range.start, end: inner.range.start + range.end };
}

/** The first word of a statement of a body. */
export function firstWord(inner: BodyStatement): SourceRange {
  const word = /^\w+/.exec(inner.statement.text);
  return outerRange(inner, { start: 0, end: word ? word[0].length : inner.statement.text.length });
}

import type { Grammar, GrammarError } from './grammar';
import { OffsetMap } from './offsets';
import type { Hole } from './placeholders';
import { fillHoles, findHoles } from './placeholders';
import type { ParseNode } from './statement';
import { unwrap, walk } from './walk';

/** Each placeholder may take a few forms; a statement with very many of them is given up after this many attempts. */
const MAX_ATTEMPTS = 60;

/** The first of the texts that can be parsed, otherwise the first. */
export function parseReadings(
  grammar: Grammar,
  texts: readonly string[],
  given: readonly Hole[],
): { readonly holes: readonly Hole[]; readonly attempt: Attempt } {
  let first: { holes: readonly Hole[]; attempt: Attempt } | undefined;
  for (const text of texts) {
    const { holes, text: serverText } = findHoles(text, given);
    const read = { holes, attempt: parseWithHoles(grammar, serverText, holes) };
    if (!read.attempt.error) return read;
    first ??= read;
  }
  return first!;
}

const NO_CHOICES: readonly number[] = [];

/** What came of parsing a text with its holes filled. */
export interface Attempt {
  readonly tree?: ParseNode;
  readonly error?: GrammarError;
  readonly filled: string;
  readonly choices: readonly number[];
  /** There were forms left to try, so the error proves nothing. */
  readonly gaveUp?: boolean;
}

/**
 * Parses with something in each hole that the grammar accepts. If it objects to a hole, or to what comes right after
 * it, the next form is tried there; if none helps, the error of the attempt that got furthest is the statement's.
 */
function parseWithHoles(grammar: Grammar, text: string, holes: readonly Hole[]): Attempt {
  if (holes.length === 0) {
    const { tree, error } = parseOne(grammar, text);
    return { tree, error, filled: text, choices: NO_CHOICES };
  }
  const choices = holes.map(() => 0);
  let furthest: Attempt | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const filled = fillHoles(text, holes, choices);
    const result = parseOne(grammar, filled);
    if (!result.error) {
      const misread = result.tree ? misreadDirection(result.tree, holes, filled) : -1;
      const syntax = misread < 0 ? -1 : holes[misread]!.stands.findIndex(({ fills }) => fills === 'nothing');
      if (syntax < 0 || choices[misread] === syntax) {
        return { tree: result.tree, filled, choices: [...choices] };
      }
      choices[misread] = syntax;
      continue;
    }
    const { error } = result;
    if (!furthest || (error.offset ?? 0) > (furthest.error?.offset ?? 0))
      furthest = { error, filled, choices: [...choices] };
    const blamed = holeAt(error.offset, holes, filled);
    if (blamed < 0 || choices[blamed]! + 1 >= holes[blamed]!.stands.length) return furthest;
    choices[blamed]!++;
  }
  return { ...(furthest ?? { filled: text, choices }), gaveUp: true };
}

/**
 * The hole that stands for ASC or DESC but was read as a constant, or -1: to the grammar `ORDER BY a $1` is the
 * constant `$1` of a type `a`.
 */
function misreadDirection(tree: ParseNode, holes: readonly Hole[], filled: string): number {
  if (!holes.some(({ stands }) => stands.length > 1) || !/order\s+by/i.test(filled)) return -1;
  const offsets = new OffsetMap(filled);
  let misread = -1;
  walk(tree, (type, fields) => {
    if (type !== 'SortBy') return;
    const cast = unwrap(fields['node']);
    const constant = cast?.type === 'TypeCast' ? unwrap(cast.fields['arg']) : undefined;
    const at = constant?.fields['location'];
    const typeAt = (cast?.fields['typeName'] as { location?: number } | undefined)?.location;
    if (typeof at !== 'number' || typeAt === undefined || typeAt < 0 || typeAt > at) return;
    const offset = offsets.fromByte(at);
    const hole = holes.findIndex(({ stands, placeholder: { range } }) => stands.length > 1 && range.start === offset);
    if (hole >= 0 && /[\w"]\s*$/.test(filled.slice(0, offset))) misread = hole;
  });
  return misread;
}

function parseOne(grammar: Grammar, sql: string): { tree?: ParseNode; error?: GrammarError } {
  const { statements, error } = grammar.parse(sql);
  if (error) return { error };
  const [first, second] = statements;
  if (second) return { error: { message: 'only one statement is expected here', offset: second.offset } };
  return first ? { tree: first.tree } : {};
}

/** The hole at the error, or separated from it by white space only; -1 if there is none. */
function holeAt(offset: number | undefined, holes: readonly Hole[], text: string): number {
  if (offset === undefined) return -1;
  return holes.findLastIndex(({ stands, placeholder: { range } }) => {
    if (stands.length < 2 || range.start > offset) return false;
    return offset < range.end || text.slice(range.end, offset).trim() === '';
  });
}

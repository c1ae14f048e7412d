import type { SourceRange } from '../../../base/sourceRange';
import type { NodeFields } from '../../../rules/nodeIndex';
import { tokenize } from '../../../sql/lexer';
import type { ParsedStatement } from '../../../sql/statement';
import { clausesOf } from './clauses';
import type { Clause, ClauseName } from './clauses';

/** What the clauses of a query block hold, as stretches of the statement's text without their keywords. */
export interface BlockClauses {
  /** From SELECT (after WITH) to the end of the block. */
  readonly whole: SourceRange;
  /** The word SELECT. */
  readonly select: SourceRange;
  /** The select list, without DISTINCT. */
  readonly targets: SourceRange;
  readonly from: SourceRange;
  readonly where?: SourceRange;
  /** GROUP BY, HAVING, WINDOW, ORDER BY, LIMIT and all that follows, with the first of these words. */
  readonly tail?: SourceRange;
}

const TAIL: readonly ClauseName[] = ['group', 'having', 'window', 'order', 'limit', 'offset', 'fetch', 'for'];

/** The clauses of a `SelectStmt` with FROM; undefined for any other, and if they cannot be told. */
export function blockClausesOf(statement: ParsedStatement, query: NodeFields): BlockClauses | undefined {
  const { text } = statement;
  const clauses = clausesOf(statement, query);
  const { select, from, where } = clauses ?? {};
  if (!clauses || !select || !from || (query.whereClause !== undefined) !== (where !== undefined)) return undefined;
  const tail = TAIL.flatMap(name => clauses[name] ?? []);
  const end = Math.max(from.range.end, ...[where, ...tail].map(clause => clause?.range.end ?? 0));
  return {
    whole: { start: select.range.start, end },
    select: { start: select.range.start, end: select.keywordEnd },
    targets: { start: targetsStart(text, select.keywordEnd), end: select.range.end },
    from: bodyOf(text, from),
    ...(where && { where: bodyOf(text, where) }),
    ...(tail.length > 0 && { tail: { start: Math.min(...tail.map(({ range }) => range.start)), end } }),
  };
}

function bodyOf(text: string, { range, keywordEnd }: Clause): SourceRange {
  const blanks = /^\s*/.exec(text.slice(keywordEnd, range.end))![0].length;
  return { start: keywordEnd + blanks, end: range.end };
}

/** Where the select list begins: after ALL, DISTINCT and ON (...). */
function targetsStart(text: string, afterSelect: number): number {
  const { starts, ends } = tokenize(text.slice(afterSelect), { comments: false });
  const token = (i: number): string => text.slice(afterSelect + (starts[i] ?? 0), afterSelect + (ends[i] ?? 0));
  let i = 0;
  if (/^all$/i.test(token(i))) i++;
  else if (/^distinct$/i.test(token(i))) {
    i++;
    if (/^on$/i.test(token(i)) && token(i + 1) === '(') {
      let depth = 0;
      for (i++; i < starts.length; i++) {
        if (token(i) === '(') depth++;
        else if (token(i) === ')' && --depth === 0) break;
      }
      i++;
    }
  }
  return afterSelect + (starts[i] ?? 0);
}

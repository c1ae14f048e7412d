import type { SourceRange } from '../../../base/sourceRange';
import type { NodeMatch } from '../../../rules/nodeIndex';
import { tokenize } from '../../../sql/lexer';
import type { ParsedStatement } from '../../../sql/statement';

/** The words between the name of a WITH query and its parenthesis. */
export interface CteWords {
  /** Where AS ends. */
  readonly afterAs: number;
  /** MATERIALIZED or NOT MATERIALIZED, if it is written. */
  readonly marker?: SourceRange;
}

export function cteWords(statement: ParsedStatement, cte: NodeMatch): CteWords | undefined {
  const range = statement.rangeOf(cte.type, cte.fields);
  if (!range) return undefined;
  const text = statement.text.slice(range.start, range.end);
  const { starts, ends } = tokenize(text, { comments: false });
  const token = (i: number): string => text.slice(starts[i], ends[i]).toLowerCase();
  let depth = 0;
  for (let i = 1; i < starts.length; i++) {
    if (token(i) === '(') depth++;
    if (token(i) === ')') depth--;
    if (depth !== 0 || token(i) !== 'as') continue;
    const words = [token(i + 1), token(i + 2)];
    const count = words[0] === 'materialized' ? 1 : words[0] === 'not' && words[1] === 'materialized' ? 2 : 0;
    const marker = count > 0 && { start: range.start + starts[i + 1]!, end: range.start + ends[i + count]! };
    return { afterAs: range.start + ends[i]!, ...(marker && { marker }) };
  }
  return undefined;
}

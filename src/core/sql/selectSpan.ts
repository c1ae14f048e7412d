import type { SpanContext } from './nodeRanges';
import type { Span, TokenIndex } from './tokenIndex';

type Fields = Record<string, unknown>;

const BEGINS_SELECT = new Set(['select', 'table']);
const BEGINS_VALUES = new Set(['values']);
const ENDS_BLOCK = new Set(['union', 'intersect', 'except', 'returning']);
const AFTER_VIEW_WITH = new Set(['no', 'data', 'check', 'cascaded', 'local']);

/**
 * A query has no location in PostgreSQL's tree: its span is that of its parts, out to SELECT, VALUES, TABLE or WITH
 * before them and to the end of the query block after them.
 */
export function selectSpan(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const parts = context.spanOfChildren('SelectStmt', fields);
  if (!parts) return undefined;
  const [first, last] = tokens.balance(parts);
  const isSetOperation = fields['larg'] !== undefined;
  const begin = beginning(fields, tokens, first, last, isSetOperation);
  const balanced = tokens.balance([begin, last]);
  return [balanced[0], queryBlockEnd(tokens, balanced[1], true)];
}

function beginning(fields: Fields, tokens: TokenIndex, first: number, last: number, isSetOperation: boolean): number {
  const withClause = fields['withClause'] as { location?: number } | undefined;
  if (withClause) {
    const location = tokens.at(withClause.location);
    return location < 0 ? first : Math.min(first, location);
  }
  if (isSetOperation) {
    // `(select ...) union select ...`: the parentheses of the left side belong to the whole.
    let begin = first;
    while (
      begin > 0 &&
      tokens.text(begin - 1) === '(' &&
      tokens.partner(begin - 1) >= 0 &&
      tokens.partner(begin - 1) <= last
    )
      begin--;
    return begin;
  }
  const keywords = fields['valuesLists'] ? BEGINS_VALUES : BEGINS_SELECT;
  for (let i = first; i >= 0; i--) {
    if (tokens.isOneOf(i, keywords) && tokens.text(i - 1) !== '.') return i;
    if (i === first) continue;
    const partner = tokens.partner(i);
    // The rows of VALUES stand in parentheses; a query cannot begin outside its own.
    if (partner > i && keywords !== BEGINS_VALUES) return first;
    if (partner >= 0 && partner < i) i = partner;
  }
  return first;
}

/** The last token of the query block whose known part ends at `index`. */
export function queryBlockEnd(tokens: TokenIndex, index: number, endsAtReturning: boolean): number {
  let last = index;
  for (let i = index + 1; i < tokens.count; i++) {
    if (tokens.isOpening(i)) {
      i = tokens.closing(i);
    } else {
      const text = tokens.text(i);
      if (text === ')' || text === ']' || text === ';') break;
      if (tokens.isOneOf(i, ENDS_BLOCK) && (endsAtReturning || tokens.word(i) !== 'returning')) break;
      if (endsAtReturning && tokens.word(i) === 'on' && tokens.word(i + 1) === 'conflict') break;
      if (tokens.word(i) === 'with' && tokens.isOneOf(i + 1, AFTER_VIEW_WITH)) break;
    }
    last = i;
  }
  return last;
}

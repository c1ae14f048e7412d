import { TokenKind } from './lexer';
import type { SpanContext } from './nodeRanges';
import { queryBlockEnd, selectSpan } from './selectSpan';
import type { Span, TokenIndex } from './tokenIndex';
import { unwrap } from './walk';

type Fields = Record<string, unknown>;
type FindSpan = (fields: Fields, context: SpanContext) => Span | undefined;

const AFTER_IS_JSON = new Set('is not json value array object scalar with without unique keys'.split(' '));
const AFTER_IS_NORMALIZED = new Set('is not nfc nfd nfkc nfkd normalized'.split(' '));
const AFTER_IS_DOCUMENT = new Set(['not', 'document']);
const ANY_OR_ALL = new Set(['any', 'some', 'all']);

/** How the span of each node type is found. A type that is not here is where its children are. */
export const SPAN_OF: Readonly<Record<string, FindSpan | undefined>> = {
  SelectStmt: selectSpan,
  InsertStmt: wholeCommand,
  UpdateStmt: wholeCommand,
  DeleteStmt: wholeCommand,
  MergeStmt: wholeCommand,
  ColumnRef: columnRef,
  RangeVar: rangeVar,
  ParamRef: single,
  SetToDefault: single,
  A_Const: constant,
  TypeName: (fields, { tokens }) => startingAt(tokens.at(fields['location']), first => tokens.typeEnd(first)),
  TypeCast: typeCast,
  FuncCall: functionCall,
  A_Expr: operatorExpression,
  BoolExpr: (fields, context) => around(context, context.spanOfAll(fields['args']), ownToken(fields, context)),
  NullTest: test,
  BooleanTest: test,
  SubLink: subLink,
  CaseExpr: caseExpression,
  CaseWhen: (fields, context) => around(context, context.spanOfChildren('CaseWhen', fields), ownToken(fields, context)),
  CoalesceExpr: callLike,
  MinMaxExpr: callLike,
  GroupingFunc: callLike,
  XmlExpr: callLike,
  XmlSerialize: callLike,
  JsonFuncExpr: callLike,
  JsonObjectConstructor: callLike,
  JsonArrayConstructor: callLike,
  JsonArrayQueryConstructor: callLike,
  JsonParseExpr: callLike,
  JsonScalarExpr: callLike,
  JsonSerializeExpr: callLike,
  JsonObjectAgg: jsonAggregate,
  JsonArrayAgg: jsonAggregate,
  JsonIsPredicate: jsonPredicate,
  SQLValueFunction: (fields, { tokens }) => startingAt(tokens.at(fields['location']), first => callEnd(tokens, first)),
  A_ArrayExpr: (fields, { tokens }) => bracketed(tokens, tokens.at(fields['location']), 'array', '['),
  RowExpr: (fields, { tokens }) => bracketed(tokens, tokens.at(fields['location']), 'row', '('),
  CollateClause: collation,
  A_Indirection: indirection,
  NamedArgExpr: (fields, context) => around(context, context.spanOfAll(fields['arg']), ownToken(fields, context)),
};

function ownToken(fields: Fields, { tokens }: SpanContext): Span | undefined {
  return startingAt(tokens.at(fields['location']));
}

function startingAt(first: number, last: (first: number) => number = index => index): Span | undefined {
  return first < 0 ? undefined : [first, last(first)];
}

/** All spans together, with parentheses balanced. */
function around({ tokens }: SpanContext, ...spans: readonly (Span | undefined)[]): Span | undefined {
  let first = Infinity;
  let last = -1;
  for (const span of spans) {
    if (!span) continue;
    first = Math.min(first, span[0]);
    last = Math.max(last, span[1]);
  }
  return last < 0 ? undefined : tokens.balance([first, last]);
}

function single(fields: Fields, context: SpanContext): Span | undefined {
  return ownToken(fields, context);
}

function columnRef(fields: Fields, { tokens }: SpanContext): Span | undefined {
  const parts = Array.isArray(fields['fields']) ? fields['fields'].length : 1;
  return startingAt(tokens.at(fields['location']), first => {
    let last = first;
    for (let i = 1; i < parts; i++) last = tokens.text(last + 1) === '.' ? last + 2 : last + 1;
    return last;
  });
}

function rangeVar(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const alias = fields['alias'] as { aliasname?: string; colnames?: unknown[] } | undefined;
  return startingAt(tokens.at(fields['location']), first => {
    const name = tokens.nameEnd(first);
    const star = tokens.text(name + 1) === '*' ? name + 1 : name;
    if (!alias?.aliasname) return star;
    const aliasEnd = tokens.word(star + 1) === 'as' ? star + 2 : star + 1;
    return alias.colnames && tokens.text(aliasEnd + 1) === '(' ? tokens.closing(aliasEnd + 1) : aliasEnd;
  });
}

function constant(fields: Fields, { tokens }: SpanContext): Span | undefined {
  return startingAt(tokens.at(fields['location']), first => {
    let last = first;
    // The grammar folds the sign into a number.
    while (tokens.kind(last) === TokenKind.operator) last++;
    return tokens.word(last + 1) === 'uescape' ? last + 2 : last;
  });
}

function typeCast(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const parts = around(context, context.spanOfAll(fields['arg']), typeNameSpan(fields, context));
  const own = startingAt(tokens.at(fields['location']), first =>
    tokens.text(first) === '::' ? first : callEnd(tokens, first),
  );
  const span = around(context, parts, own);
  if (!span) return undefined;
  // INTERVAL '1' DAY: the fields belong to the constant.
  const isIntervalConstant = tokens.word(span[0]) === 'interval' && tokens.kind(span[1]) === TokenKind.string;
  return isIntervalConstant ? [span[0], tokens.intervalFieldsEnd(span[1])] : span;
}

function typeNameSpan(fields: Fields, context: SpanContext): Span | undefined {
  const typeName = fields['typeName'];
  return typeof typeName === 'object' && typeName !== null ? context.spanOf('TypeName', typeName) : undefined;
}

function functionCall(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const over = fields['over'] as object | undefined;
  const parts = around(
    context,
    context.spanOfAll(fields['args']),
    context.spanOfAll(fields['agg_order']),
    context.spanOfAll(fields['agg_filter']),
    over && context.spanOf('WindowDef', over),
  );
  const own = tokens.at(fields['location']);
  if (own < 0) {
    const isAtLocal = parts && tokens.word(parts[1] + 1) === 'at' && tokens.word(parts[1] + 2) === 'local';
    return isAtLocal ? [parts[0], parts[1] + 2] : parts;
  }
  const names = Array.isArray(fields['funcname']) ? fields['funcname'] : [];
  const name = String(unwrap(names.at(-1))?.fields['sval'] ?? '');
  const isCollationFor = tokens.word(own) === 'collation';
  const nameEnd = isCollationFor ? own + 1 : tokens.nameEnd(own);
  const called = tokens.text(nameEnd + 1) === '(';
  // The pattern of LIKE ... ESCAPE and SIMILAR TO is wrapped in a call that nobody wrote.
  if ((name === 'like_escape' || name === 'similar_to_escape') && !called) return parts;
  // `a AT TIME ZONE b`, `x OVERLAPS y`, `s IS NORMALIZED`: the location is that of the keyword.
  const isInfix = fields['funcformat'] === 'COERCE_SQL_SYNTAX' && tokens.text(own + 1) !== '(' && !isCollationFor;
  if (isInfix) return around(context, parts, [own, infixEnd(tokens, own)]);
  return around(context, parts, [
    own,
    called ? callSuffixEnd(tokens, tokens.closing(nameEnd + 1), over !== undefined) : nameEnd,
  ]);
}

function infixEnd(tokens: TokenIndex, own: number): number {
  if (tokens.word(own) === 'at' && tokens.word(own + 1) === 'local') return own + 1;
  let last = own;
  if (tokens.word(own) === 'is') while (tokens.isOneOf(last + 1, AFTER_IS_NORMALIZED)) last++;
  return last;
}

/** WITHIN GROUP (...), FILTER (...), IGNORE NULLS and OVER after a call that ends at `index`. */
function callSuffixEnd(tokens: TokenIndex, index: number, hasOver: boolean): number {
  let last = index;
  if (tokens.word(last + 1) === 'within' && tokens.word(last + 2) === 'group')
    last = tokens.throughParentheses(last + 3);
  if (tokens.word(last + 1) === 'filter' && tokens.text(last + 2) === '(') last = tokens.closing(last + 2);
  if (['ignore', 'respect'].includes(tokens.word(last + 1)) && tokens.word(last + 2) === 'nulls') last += 2;
  if (hasOver && tokens.word(last + 1) === 'over') last = tokens.throughParentheses(last + 2);
  return last;
}

function operatorExpression(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const parts = around(context, context.spanOfAll(fields['lexpr']), context.spanOfAll(fields['rexpr']));
  const own = tokens.at(fields['location']);
  return own < 0 ? parts : around(context, parts, [own, operatorEnd(tokens, own, String(fields['kind']))]);
}

function operatorEnd(tokens: TokenIndex, own: number, kind: string): number {
  const operator = operatorNameEnd(tokens, own);
  if (kind === 'AEXPR_NULLIF') return callEnd(tokens, own);
  if (kind === 'AEXPR_IN') return firstParenthesesEnd(tokens, own);
  if (kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL') {
    for (let i = operator; i < tokens.count; i++) {
      if (tokens.isOneOf(i, ANY_OR_ALL)) return callEnd(tokens, i);
    }
  }
  return operator;
}

/** `OPERATOR(schema.+)` or a plain operator. */
function operatorNameEnd(tokens: TokenIndex, own: number): number {
  return tokens.word(own) === 'operator' ? callEnd(tokens, own) : own;
}

function callEnd(tokens: TokenIndex, name: number): number {
  return tokens.text(name + 1) === '(' ? tokens.closing(name + 1) : name;
}

function firstParenthesesEnd(tokens: TokenIndex, from: number): number {
  let index = from;
  while (index < tokens.count && tokens.text(index) !== '(') index++;
  return index < tokens.count ? tokens.closing(index) : from;
}

/** IS [NOT] NULL, ISNULL, NOTNULL, IS [NOT] TRUE, ... */
function test(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const own = startingAt(tokens.at(fields['location']), first => {
    if (tokens.word(first) !== 'is') return first;
    return tokens.word(first + 1) === 'not' ? first + 2 : first + 1;
  });
  return around(context, context.spanOfAll(fields['arg']), own);
}

function subLink(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const own = tokens.at(fields['location']);
  const tested = context.spanOfAll(fields['testexpr']);
  if (own < 0) return around(context, tested);
  const operator = operatorNameEnd(tokens, own);
  return around(context, tested, [own, own], [own, firstParenthesesEnd(tokens, operator === own ? own : operator + 1)]);
}

function caseExpression(fields: Fields, { tokens }: SpanContext): Span | undefined {
  const first = tokens.at(fields['location']);
  if (first < 0) return undefined;
  let depth = 0;
  for (let i = first; i < tokens.count; i++) {
    const word = tokens.isWord(i) ? tokens.word(i) : '';
    // After a dot or AS, `end` is a name.
    if (tokens.text(i - 1) === '.' || (word === 'end' && tokens.word(i - 1) === 'as')) continue;
    if (word === 'case') depth++;
    else if (word === 'end' && --depth === 0) return [first, i];
  }
  return [first, tokens.count - 1];
}

/** A keyword with arguments in parentheses. */
function callLike(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const own = tokens.at(fields['location']);
  if (own >= 0 && tokens.text(own + 1) === '(') return [own, tokens.closing(own + 1)];
  // The only other form is `a IS [NOT] DOCUMENT`.
  const keywordEnd = (first: number): number => {
    let last = first;
    while (tokens.isOneOf(last + 1, AFTER_IS_DOCUMENT)) last++;
    return last;
  };
  return around(context, context.spanOfAll(Object.values(fields)), startingAt(own, keywordEnd));
}

function jsonAggregate(fields: Fields, { tokens }: SpanContext): Span | undefined {
  const { location } = (fields['constructor'] ?? {}) as { location?: number };
  const hasOver = (fields['constructor'] as { over?: object } | undefined)?.over !== undefined;
  return startingAt(tokens.at(location), first => callSuffixEnd(tokens, callEnd(tokens, first), hasOver));
}

function jsonPredicate(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const tested = around(context, context.spanOfAll(fields['expr']), ownToken(fields, context));
  if (!tested) return undefined;
  let last = tested[1];
  while (tokens.isOneOf(last + 1, AFTER_IS_JSON)) last++;
  return tokens.balance([tested[0], last]);
}

function bracketed(tokens: TokenIndex, first: number, keyword: string, opening: string): Span | undefined {
  if (first < 0) return undefined;
  if (tokens.word(first) === keyword && tokens.text(first + 1) === opening) return [first, tokens.closing(first + 1)];
  return tokens.text(first) === opening ? [first, tokens.closing(first)] : undefined;
}

function collation(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const own = startingAt(tokens.at(fields['location']), first => tokens.nameEnd(first + 1));
  return around(context, context.spanOfAll(fields['arg']), own);
}

/** `(row).field`, `array[1]`, `(f(x)).*`: the parentheses around the base belong to it here. */
function indirection(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const base = around(context, context.spanOfAll(fields['arg']));
  if (!base) return undefined;
  let [first, last] = base;
  while (first > 0 && tokens.text(last + 1) === ')' && tokens.partner(last + 1) === first - 1) {
    first--;
    last++;
  }
  for (const step of Array.isArray(fields['indirection']) ? (fields['indirection'] as unknown[]) : []) {
    if (unwrap(step)?.type !== 'A_Indices') last += 2;
    else if (tokens.text(last + 1) === '[') last = tokens.closing(last + 1);
  }
  return [first, last];
}

/** INSERT, UPDATE, DELETE, MERGE: from WITH or the keyword to the end of the command. */
function wholeCommand(fields: Fields, context: SpanContext): Span | undefined {
  const { tokens } = context;
  const inner = around(context, context.spanOfChildren('', fields), relationSpan(fields, context));
  if (!inner) return undefined;
  const withClause = fields['withClause'] as { location?: number } | undefined;
  let first = withClause ? tokens.at(withClause.location) : inner[0];
  if (!withClause) while (first > 0 && !/^(?:insert|update|delete|merge)$/.test(tokens.word(first))) first--;
  return tokens.balance([Math.max(first, 0), queryBlockEnd(tokens, inner[1], false)]);
}

function relationSpan(fields: Fields, context: SpanContext): Span | undefined {
  const relation = fields['relation'];
  return typeof relation === 'object' && relation !== null ? context.spanOf('RangeVar', relation) : undefined;
}

import type { NodeFields, NodeMatch } from '../../rules/nodeIndex';
import { contains, functionName, integerConstant, stringConstant } from '../../rules/support/expressions';
import { isAggregated } from '../../rules/support/fromItems';
import { rangeOfTree, selectedValues } from '../../rules/support/trees';
import { wordsBefore } from '../../rules/support/words';
import { unwrap } from '../../sql/walk';
import { defineRewrite, provablyEqual } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { isPlainDistinct } from './support/compose';
import { contradiction, spelling } from './support/contradiction';
import { outputsOf } from './support/outputOrder';
import { QueryBlock } from './support/queryBlock';
import { uniqueBy } from './support/rowKeys';

/** UNION over arms that share no row and have no row twice, or where nobody would see one twice. */
export const unionToUnionAll = defineRewrite({
  id: 'union-to-union-all',
  title: 'Write UNION ALL',
  why: 'UNION sorts or hashes all rows to find equal ones, and returns the first row only when it has seen the last. UNION ALL passes rows on as they come.',
  nodes: ['SelectStmt'],
  mentions: /\bunion\b/i,
  find: context =>
    context.find('SelectStmt').flatMap(union => (isOutermostUnion(union) ? rewrite(union, context) : [])),
});

function isUnion({ op, all }: NodeFields): boolean {
  return op === 'SETOP_UNION' && all !== true;
}

/** Not an arm of another set operation, and no recursion, which must stop at rows it has seen. */
function isOutermostUnion(union: NodeMatch): boolean {
  if (!isUnion(union.fields) || union.parent?.type === 'SelectStmt') return false;
  const withClause = union.parent?.type === 'CommonTableExpr' ? union.parent.parent : undefined;
  return withClause?.fields.recursive !== true;
}

function rewrite(union: NodeMatch, context: RewriteContext): FoundRewrite[] {
  const words = unionWords(union.fields, context);
  const [first] = words ?? [];
  if (!words || !first || union.fields.limitCount || union.fields.limitOffset) return [];
  const facts = seenAsSet(union) ?? disjointFacts(union.fields, context);
  if (!facts) return [];
  return [
    {
      range: first,
      edits: words.map(range => ({
        range,
        newText: `${context.statement.text.slice(range.start, range.start + 5)} ${isLower(context, range) ? 'all' : 'ALL'}`,
      })),
      equality: provablyEqual(...facts),
    },
  ];
}

function isLower({ statement }: RewriteContext, { start }: { readonly start: number }): boolean {
  return statement.text.startsWith('u', start);
}

/** The words UNION of a chain; undefined if one of its arms is another set operation. */
function unionWords(fields: NodeFields, { statement }: RewriteContext): { start: number; end: number }[] | undefined {
  const found: { start: number; end: number }[] = [];
  let at: NodeFields | undefined = fields;
  while (at && isUnion(at)) {
    const right = rangeOfTree(statement, { SelectStmt: at.rarg });
    const word = right && wordsBefore(statement.text, right.start, /union(?:\s+distinct)?/i);
    if (!word || (at.rarg as NodeFields).larg) return undefined;
    found.unshift(word);
    at = at.larg as NodeFields | undefined;
  }
  return at?.larg ? undefined : found;
}

/** Facts if a query around it asks only which rows there are, or removes repeated ones itself. */
function seenAsSet({ parent, key }: NodeMatch): readonly string[] | undefined {
  if (parent?.type === 'SubLink' && key === 'subselect') {
    const { subLinkType } = parent.fields;
    return subLinkType === 'ANY_SUBLINK' || subLinkType === 'ALL_SUBLINK' || subLinkType === 'EXISTS_SUBLINK'
      ? ['the test around it asks whether there is such a row, not how many']
      : undefined;
  }
  if (parent?.type !== 'RangeSubselect') return undefined;
  let at: NodeMatch = parent;
  while (at.parent?.type === 'JoinExpr') at = at.parent;
  const reader = at.key === 'fromClause' && at.parent?.type === 'SelectStmt' ? at.parent.fields : undefined;
  if (!reader || reader.larg) return undefined;
  if (isPlainDistinct(reader) && !isAggregated(reader) && !contains(reader.targetList, isWindow))
    return ['the query around it removes repeated rows itself'];
  const isIndifferent = isAggregated(reader) && countsNothing(reader) && !contains(reader, isWindow);
  return isIndifferent ? ['the groups around it count no row twice'] : undefined;
}

/** Results that are the same however often a row is there. */
const INDIFFERENT = new Set(['min', 'max', 'bool_and', 'bool_or', 'every', 'bit_and', 'bit_or']);

function isWindow(type: string, { over }: NodeFields): boolean {
  return type === 'FuncCall' && over !== undefined;
}

/** Groups with no aggregate, or with such as do not mind repeats. A function nobody knows may be an aggregate. */
function countsNothing(reader: NodeFields): boolean {
  if (reader.groupClause === undefined) return false;
  return !contains([reader.targetList, reader.havingClause, reader.sortClause], (type, fields) => {
    if (type === 'SubLink') return true;
    if (type !== 'FuncCall') return false;
    return !INDIFFERENT.has(functionName(fields) ?? '') && fields.agg_distinct !== true;
  });
}

/** Facts if no arm has a row twice and no two arms have a row in common. */
function disjointFacts(union: NodeFields, context: RewriteContext): readonly string[] | undefined {
  const arms: NodeFields[] = [];
  let at: NodeFields | undefined = union;
  for (; at && isUnion(at); at = at.larg as NodeFields | undefined) arms.unshift(at.rarg as NodeFields);
  if (at) arms.unshift(at);
  const nodes = arms.map(arm => context.find('SelectStmt').find(({ fields }) => fields === arm));
  const blocks = nodes.map(node => node && QueryBlock.read(context, node));
  const facts = new Set<string>();
  for (const block of blocks) {
    const unique = block && uniqueRows(block, context);
    if (!unique) return undefined;
    unique.forEach(fact => facts.add(fact));
  }
  for (let i = 0; i < blocks.length; i++) {
    for (let j = 0; j < i; j++) {
      const fact = haveNoRowInCommon(blocks[j]!, blocks[i]!, context);
      if (fact === undefined) return undefined;
      facts.add(fact);
    }
  }
  return [...facts];
}

function uniqueRows(block: QueryBlock, { catalog }: RewriteContext): readonly string[] | undefined {
  const { fields } = block;
  const outputs = outputsOf(block, catalog);
  if (!outputs || contains(fields.targetList, type => type === 'FuncCall') || fields.limitCount) return undefined;
  if (isPlainDistinct(fields)) return ['DISTINCT leaves no row twice'];
  if (fields.groupClause || fields.distinctClause) return undefined;
  const columns = outputs.flatMap(({ column }) => (column ? [column as { item: never; name: string }] : []));
  return uniqueBy(block, columns, catalog);
}

/** A fact by which two arms share no row: a constant of their own, or one key and conditions that exclude each other. */
function haveNoRowInCommon(a: QueryBlock, b: QueryBlock, { catalog }: RewriteContext): string | undefined {
  const ours = selectedValues(a.fields);
  const theirs = selectedValues(b.fields);
  for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
    const first = constantOf(ours[i]);
    const second = constantOf(theirs[i]);
    if (first !== undefined && second !== undefined && first !== second)
      return `column ${i + 1} is ${first} in one and ${second} in the other`;
  }
  return contradiction(a, b, catalog);
}

/** A string or an integer; two of them that are spelled differently are different, whatever type they get together. */
function constantOf(value: unknown): string | undefined {
  const node = unwrap(value);
  if (node?.type !== 'A_Const') return undefined;
  const text = spelling(stringConstant(value));
  return text !== undefined ? `'${text}'` : integerConstant(value)?.toString();
}

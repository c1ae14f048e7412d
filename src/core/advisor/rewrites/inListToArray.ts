import type { NodeMatch } from '../../rules/nodeIndex';
import { asColumn, filteredQuery, list, operatorOf, stringConstant } from '../../rules/support/expressions';
import { typeFamily } from '../../rules/support/columnTypes';
import type { TypeFamily } from '../../rules/support/columnTypes';
import { matchBelow, rangeOfTree, textOfTree } from '../../rules/support/trees';
import { quoteLiteral } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless, needsChecking } from './rewrite';

export const inListToArray = defineRewrite({
  id: 'in-list-to-array',
  title: 'Pass the list as one array',
  why: 'Each item of a list is parsed and planned by itself. An array is one value, and as a parameter the statement stays the same for every length of list, so that it can be prepared once.',
  nodes: ['AEXPR_IN'],
  find(context) {
    return context.find('AEXPR_IN').flatMap(test => {
      const operator = operatorOf(test.fields);
      if ((operator !== '=' && operator !== '<>') || !filteredQuery(test)) return [];
      return constantList(context, test) ?? parameterList(context, test) ?? [];
    });
  },
});

/** Ours: with fewer the list is as good. */
const FEW_PARAMETERS = 3;

/** Types whose text form in an array literal is that of a literal of their own. */
const PLAIN_FAMILIES: ReadonlySet<TypeFamily> = new Set(['text', 'char', 'date', 'timestamp', 'timestamptz', 'uuid']);

function constantList(context: RewriteContext, test: NodeMatch): FoundRewrite | undefined {
  const { statement, thresholds } = context;
  const items = list(test.fields.rexpr);
  if (items.length <= thresholds.inListItems) return undefined;
  const column = matchBelow(test, 'lexpr', test.fields.lexpr);
  const family = typeFamily(column && context.resolve(column)?.column.type);
  const numbers = items.map(integerOf);
  const texts = items.map(item => (unwrap(item)?.type === 'A_Const' ? stringConstant(item) : undefined));
  let array: string;
  let isSure: boolean;
  if (numbers.every(number => number !== undefined)) {
    const isBig = numbers.some(number => Math.abs(number) > 2_147_483_647);
    array = `'{${items.map(item => textOfTree(statement, item)).join(',')}}'::${isBig ? 'bigint' : 'int'}[]`;
    isSure = family === 'integer';
  } else if (texts.every(text => text !== undefined)) {
    array = quoteLiteral(`{${texts.map(elementOf).join(',')}}`);
    isSure = family !== undefined && PLAIN_FAMILIES.has(family);
  } else return undefined;
  return replaced(context, test, array, {
    title: `Write the ${items.length} items as one array`,
    equality: equalUnless(
      isSure ? [] : ['the items are read as elements of an array of the column’s type, which is not known here'],
      ['an IN list is compared item by item, and so is an array of the same type'],
    ),
  });
}

/** All items are parameters of their own, the last ones of the statement. */
function parameterList(context: RewriteContext, test: NodeMatch): FoundRewrite | undefined {
  const { statement } = context;
  const items = list(test.fields.rexpr);
  if (items.length < FEW_PARAMETERS) return undefined;
  const own = items.map(item => {
    const range = rangeOfTree(statement, item);
    return statement.placeholders.find(each => each.range.start === range?.start && each.range.end === range.end);
  });
  const [first] = own;
  if (!first || !own.every(each => each?.style === first.style && each.fills !== 'literal')) return undefined;
  const rest = statement.placeholders.filter(each => !own.includes(each));
  if (rest.some(each => own.some(gone => gone!.name === each.name && gone!.style === each.style))) return undefined;
  const isNumbered = first.style === 'dollar';
  if (!isNumbered && first.style !== 'question' && first.style !== 'format') return undefined;
  const lowest = Math.min(...own.map(each => Number(each!.name)));
  // Numbers behind the removed ones would leave a gap, which the server refuses.
  if (isNumbered && rest.some(each => Number(each.name) > lowest)) return undefined;
  const kept = isNumbered ? `$${lowest}` : statement.text.slice(first.range.start, first.range.end);
  return replaced(context, test, kept, {
    title: `Pass the ${items.length} values as one array`,
    equality: needsChecking(`the program has to pass one array in place of ${items.length} values`),
  });
}

function replaced(
  { statement, rangeOf }: RewriteContext,
  test: NodeMatch,
  array: string,
  found: Pick<FoundRewrite, 'title' | 'equality'>,
): FoundRewrite | undefined {
  const range = rangeOf(test);
  const tested = rangeOfTree(statement, test.fields.lexpr);
  if (!tested || !asColumn(test.fields.lexpr)) return undefined;
  const newText = operatorOf(test.fields) === '=' ? ` = ANY (${array})` : ` <> ALL (${array})`;
  return { ...found, range, edits: [{ range: { start: tested.end, end: range.end }, newText }] };
}

/** A whole number that needs no type of its own. */
function integerOf(item: unknown): number | undefined {
  const constant = unwrap(item);
  if (constant?.type !== 'A_Const') return undefined;
  const { ival, fval } = constant.fields as Record<string, { readonly ival?: number; readonly fval?: string }>;
  if (ival) return ival.ival ?? 0;
  return fval && /^-?\d{1,18}$/.test(fval.fval ?? '') ? Number(fval.fval) : undefined;
}

/** Quoted in an array where a brace, comma, quote, blank or the word NULL would mean something else. */
function elementOf(text: string): string {
  return /^[\w.:+-]+$/.test(text) && !/^null$/i.test(text)
    ? text
    : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

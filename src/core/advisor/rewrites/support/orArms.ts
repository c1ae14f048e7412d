import type { Relation } from '../../../catalog/catalog';
import type { NodeFields } from '../../../rules/nodeIndex';
import { asColumn, isConstantExpression, list, operatorOf, stringConstant } from '../../../rules/support/expressions';
import type { FromItem } from '../../../rules/support/fromItems';
import { valueFamily } from '../../../rules/support/columnTypes';
import { unquoted } from '../../../rules/support/uniqueness';
import { unwrap } from '../../../sql/walk';
import { asOperand } from './compose';
import type { BlockColumn, QueryBlock } from './queryBlock';

/** One of the conditions that OR joins. */
export interface OrArm {
  readonly tree: unknown;
  readonly text: string;
  readonly items: ReadonlySet<FromItem>;
  /** The column that an index on it could find, of `column = value` and the like. */
  readonly column?: BlockColumn;
  /** `=`, `IN`, `LIKE`...: what an index has to be good for. */
  readonly kind: 'equality' | 'list' | 'pattern' | 'containment' | 'subquery' | 'other';
}

/** Reads one arm; undefined if what it names cannot be told. */
export function readArm(block: QueryBlock, tree: unknown): OrArm | undefined {
  const { items, isCertain } = block.mentions(tree);
  const text = asOperand(block, tree);
  if (!isCertain || text === undefined) return undefined;
  const column = block.column(leftSide(tree));
  return { tree, text, items, kind: kindOf(tree), ...(column && { column }) };
}

function leftSide(tree: unknown): unknown {
  const node = unwrap(tree);
  return node?.type === 'SubLink' ? node.fields.testexpr : node?.fields.lexpr;
}

const KINDS: Readonly<Record<string, OrArm['kind']>> = {
  'AEXPR_OP =': 'equality',
  'AEXPR_IN =': 'list',
  'AEXPR_OP_ANY =': 'list',
  'AEXPR_LIKE ~~': 'pattern',
  'AEXPR_ILIKE ~~*': 'pattern',
  'AEXPR_OP ~': 'pattern',
  'AEXPR_OP ~*': 'pattern',
  'AEXPR_OP @>': 'containment',
  'AEXPR_OP &&': 'containment',
  'AEXPR_OP @@': 'containment',
};

function kindOf(tree: unknown): OrArm['kind'] {
  const node = unwrap(tree);
  if (node?.type === 'SubLink')
    return node.fields.subLinkType === 'ANY_SUBLINK' && list(node.fields.operName).length === 0 ? 'subquery' : 'other';
  if (node?.type !== 'A_Expr' || !asColumn(node.fields.lexpr) || !isConstantExpression(node.fields.rexpr))
    return 'other';
  return KINDS[`${String(node.fields.kind)} ${operatorOf(node.fields)}`] ?? 'other';
}

/** True if an index on the column alone can find the rows of the arm. */
export function hasIndexFor({ column, kind, tree }: OrArm): boolean | undefined {
  const relation = column?.relation;
  if (!column || !relation) return undefined;
  const pattern = kind === 'pattern' ? (stringConstant(unwrap(tree)?.fields.rexpr) ?? '%') : '';
  const needsTrigrams = pattern.startsWith('%') || unwrap(tree)?.fields.kind !== 'AEXPR_LIKE';
  return relation.indexes.some(({ valid, method, keys }) => {
    if (!valid || unquoted(keys[0] ?? '') !== column.name) return false;
    if (kind === 'containment' || (kind === 'pattern' && needsTrigrams)) return method === 'gin' || method === 'gist';
    return method === 'btree' || method === 'hash';
  });
}

/** True if an index gives the rows of `column = value` in the order of another column. */
export function hasOrderedIndex(relation: Relation, column: string, sortedBy: string): boolean {
  return relation.indexes.some(
    ({ valid, method, keys, predicate }) =>
      valid &&
      method === 'btree' &&
      predicate === undefined &&
      unquoted(keys[0] ?? '') === column &&
      unquoted((keys[1] ?? '').replace(/ (?:DESC|ASC)\b.*$/i, '')) === sortedBy,
  );
}

/** `column = value`, other than a flag: with an index on it few rows are left, and an OR beside it does not matter. */
export function isNarrowing(block: QueryBlock, tree: unknown): boolean {
  const arm = readArm(block, tree);
  if (!arm?.column || (arm.kind !== 'equality' && arm.kind !== 'list')) return false;
  return valueFamily((unwrap(tree)?.fields as NodeFields).rexpr) !== 'boolean';
}

/** `(a) IS NOT TRUE`: false and unknown alike, so that each row is found by one arm only. */
export function noneOf(arms: readonly OrArm[]): string {
  return `(${arms.map(({ text }) => text).join(' OR ')}) IS NOT TRUE`;
}

/** The arms as one condition that can stand beside AND. */
export function anyOf(arms: readonly OrArm[]): string {
  return arms.length === 1 ? arms[0]!.text : `(${arms.map(({ text }) => text).join(' OR ')})`;
}

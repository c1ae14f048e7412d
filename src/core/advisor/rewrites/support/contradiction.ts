import type { Catalog } from '../../../catalog/catalog';
import { typeFamily, valueFamily } from '../../../rules/support/columnTypes';
import { integerConstant, list, operatorOf, stringConstant } from '../../../rules/support/expressions';
import { conjuncts } from '../../../rules/support/trees';
import { unwrap } from '../../../sql/walk';
import { outputsOf } from './outputOrder';
import type { BlockColumn, QueryBlock } from './queryBlock';
import { keyWithin } from './rowKeys';

/** The values a condition leaves to a column. */
interface Domain {
  readonly column: BlockColumn;
  /** Any of these; texts in quotes. */
  readonly values?: ReadonlySet<string>;
  readonly isNull?: boolean;
  readonly from?: Bound;
  readonly to?: Bound;
}

interface Bound {
  readonly value: number | string;
  readonly inclusive: boolean;
}

/**
 * A fact by which two queries over one table share no row: a condition on the same column that no row meets both, where
 * both select that column, or a key of the table, in the same place.
 */
export function contradiction(a: QueryBlock, b: QueryBlock, catalog: Catalog | undefined): string | undefined {
  const ours = outputsOf(a, catalog);
  const theirs = outputsOf(b, catalog);
  if (!ours || !theirs) return undefined;
  for (const one of domainsOf(a)) {
    for (const other of domainsOf(b)) {
      const { relation, name } = one.column;
      if (!relation || other.column.relation !== relation || other.column.name !== name || !exclude(one, other))
        continue;
      const shared = ours.flatMap(({ column }, i) => {
        const theirColumn = theirs[i]?.column;
        return column?.item === one.column.item &&
          theirColumn?.item === other.column.item &&
          column.name === theirColumn.name
          ? [column.name]
          : [];
      });
      if (shared.includes(name) || keyWithin(relation, new Set(shared), catalog))
        return `no row of ${relation.name} meets both conditions on ${name}`;
    }
  }
  return undefined;
}

function domainsOf(block: QueryBlock): Domain[] {
  // A condition of an outer join drops no row.
  return conjuncts(block.fields.whereClause).flatMap(condition => domainOf(block, condition) ?? []);
}

function domainOf(block: QueryBlock, condition: unknown): Domain | undefined {
  const node = unwrap(condition);
  const flag = block.column(condition);
  if (flag) return { column: flag, values: new Set(['true']) };
  if (node?.type === 'BoolExpr' && node.fields.boolop === 'NOT_EXPR') {
    const column = block.column(list(node.fields.args)[0]);
    return column && { column, values: new Set(['false']) };
  }
  if (node?.type === 'NullTest') {
    const column = block.column(node.fields.arg);
    return column && { column, isNull: node.fields.nulltesttype === 'IS_NULL' };
  }
  if (node?.type !== 'A_Expr') return undefined;
  const column = block.column(node.fields.lexpr);
  if (!column?.column) return undefined;
  const operator = operatorOf(node.fields);
  const read = (value: unknown): string | undefined => valueOf(value, column);
  if (node.fields.kind === 'AEXPR_IN' && operator === '=') {
    const values = list(node.fields.rexpr).map(read);
    return values.includes(undefined) ? undefined : { column, values: new Set(values.map(value => value!)) };
  }
  const value = read(node.fields.rexpr);
  if (node.fields.kind !== 'AEXPR_OP' || value === undefined) return undefined;
  const bound = boundOf(node.fields.rexpr, column);
  switch (operator) {
    case '=':
      return { column, values: new Set([value]) };
    case '<':
    case '<=':
      return bound === undefined ? undefined : { column, to: { value: bound, inclusive: operator === '<=' } };
    case '>':
    case '>=':
      return bound === undefined ? undefined : { column, from: { value: bound, inclusive: operator === '>=' } };
    default:
      return undefined;
  }
}

/** A value whose spelling tells it from others: an integer for an integer column, a text for a text. */
function valueOf(value: unknown, { column }: BlockColumn): string | undefined {
  const family = typeFamily(column?.type);
  if (family === 'integer') return integerConstant(value)?.toString();
  if (family === 'boolean' && valueFamily(value) === 'boolean') {
    const isTrue = unwrap(value)?.fields.boolval as { readonly boolval?: boolean } | undefined;
    return String(isTrue?.boolval === true);
  }
  if (family === 'text') return spelling(stringConstant(value));
  const isTime = family === 'date' || family === 'timestamp' || family === 'timestamptz';
  return isTime && unwrap(value)?.type === 'A_Const' ? stringConstant(value) : undefined;
}

/** What no collation takes for another text: letters in one case and digits, since some ignore all else. */
export function spelling(text: string | undefined): string | undefined {
  if (text === undefined || !/^[\x20-\x7e]*$/.test(text)) return undefined;
  const kept = text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/(?<!\d)0+(?=\d)/g, '');
  return kept === '' ? undefined : kept;
}

const ISO_TIME = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d)?$/;

/** What bounds are compared by: numbers, and days and times in the one spelling that sorts as they do. */
function boundOf(value: unknown, { column }: BlockColumn): number | string | undefined {
  const family = typeFamily(column?.type);
  if (family === 'integer') return integerConstant(value);
  const text = stringConstant(value);
  const isTime = family === 'date' || family === 'timestamp' || family === 'timestamptz';
  return isTime && text !== undefined && ISO_TIME.test(text)
    ? text.replace('T', ' ').padEnd(19, ' 00:00:00')
    : undefined;
}

function exclude(a: Domain, b: Domain): boolean {
  if (a.isNull === true) return b.isNull !== true;
  if (b.isNull === true) return true;
  if (a.values && b.values) {
    // Texts may be equal under a collation that are spelled otherwise, and days have many spellings.
    const family = typeFamily(a.column.column?.type);
    const isExact = family === 'integer' || family === 'boolean' || family === 'text';
    return isExact && ![...a.values].some(value => b.values!.has(value));
  }
  return isBelow(a.to, b.from) || isBelow(b.to, a.from);
}

function isBelow(to: Bound | undefined, from: Bound | undefined): boolean {
  if (!to || !from || typeof to.value !== typeof from.value) return false;
  return to.value < from.value || (to.value === from.value && !(to.inclusive && from.inclusive));
}

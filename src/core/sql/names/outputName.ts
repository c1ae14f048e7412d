import { unwrap, wrappedNodes } from '../walk';
import type { Fields } from './scope';

/** How sure a name is: PostgreSQL lets a cast's type or CASE name a column only if nothing better is inside. */
type Strength = 0 | 1 | 2;
type Found = readonly [name: string | undefined, strength: Strength];

const NONE: Found = [undefined, 0];

/** Names of expressions that have a keyword of their own. */
const FIXED: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  GroupingFunc: 'grouping',
  MergeSupportFunc: 'merge_action',
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
};

const BY_FIELD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MinMaxExpr: { IS_GREATEST: 'greatest', IS_LEAST: 'least' },
  JsonFuncExpr: { JSON_EXISTS_OP: 'json_exists', JSON_QUERY_OP: 'json_query', JSON_VALUE_OP: 'json_value' },
  XmlExpr: {
    IS_XMLCONCAT: 'xmlconcat',
    IS_XMLELEMENT: 'xmlelement',
    IS_XMLFOREST: 'xmlforest',
    IS_XMLPARSE: 'xmlparse',
    IS_XMLPI: 'xmlpi',
    IS_XMLROOT: 'xmlroot',
  },
};

/** The name PostgreSQL gives a column without an alias, `?column?` if it finds none (its `FigureColname`). */
export function outputName(expression: unknown): string {
  return figureName(expression) ?? '?column?';
}

/** The same for other things named after an expression, as index columns are; undefined if it gives no name. */
export function figureName(expression: unknown): string | undefined {
  return find(expression)[0];
}

function find(expression: unknown): Found {
  const node = unwrap(expression);
  if (!node) return NONE;
  const { type, fields } = node;
  const fixed = FIXED[type] ?? BY_FIELD[type]?.[String(fields.op)];
  if (fixed !== undefined) return [fixed, 2];
  switch (type) {
    case 'ColumnRef':
      return sure(lastString(fields.fields));
    case 'A_Indirection': {
      const field = lastString(fields.indirection);
      return field === undefined ? find(fields.arg) : [field, 2];
    }
    case 'FuncCall':
      return sure(lastString(fields.funcname));
    case 'A_Expr':
      return fields.kind === 'AEXPR_NULLIF' ? ['nullif', 2] : NONE;
    case 'TypeCast': {
      const inner = find(fields.arg);
      const typeName = lastString((fields.typeName as Fields | undefined)?.names);
      return inner[1] > 1 || typeName === undefined ? inner : [typeName, 1];
    }
    case 'CollateClause':
      return find(fields.arg);
    case 'CaseExpr': {
      const otherwise = find(fields.defresult);
      return otherwise[1] > 1 ? otherwise : ['case', 1];
    }
    case 'SubLink':
      return ofSubLink(fields);
    case 'SQLValueFunction':
      return [
        String(fields.op)
          .replace(/^SVFOP_/, '')
          .replace(/_N$/, '')
          .toLowerCase(),
        2,
      ];
    default:
      return NONE;
  }
}

function ofSubLink(fields: Fields): Found {
  if (fields.subLinkType === 'EXISTS_SUBLINK') return ['exists', 2];
  if (fields.subLinkType === 'ARRAY_SUBLINK') return ['array', 2];
  if (fields.subLinkType !== 'EXPR_SUBLINK') return NONE;
  let select = unwrap(fields.subselect)?.fields;
  while (select?.larg) select = select.larg as Fields;
  const target = wrappedNodes(select?.targetList)[0]?.fields;
  if (!target) return select?.valuesLists ? ['column1', 2] : NONE;
  return typeof target.name === 'string' ? [target.name, 2] : [outputName(target.val), 2];
}

function sure(name: string | undefined): Found {
  return name === undefined ? NONE : [name, 2];
}

/** The last `String` of a list of names; a star after it does not count. */
function lastString(list: unknown): string | undefined {
  const name = wrappedNodes(list).findLast(({ type }) => type === 'String')?.fields.sval;
  return typeof name === 'string' ? name : undefined;
}

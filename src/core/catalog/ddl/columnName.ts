import { unwrap } from '../../sql/walk';
import type { Fields } from './ddlStatement';
import { namesOf, nodesOf } from './ddlStatement';

/** Name the server gives to an expression's column; undefined if it has none of its own (`?column?`, `expr`). */
export function figureName(node: unknown): string | undefined {
  return figure(node)?.name;
}

/** A cast's type gives way to a name from below it, and so does CASE. */
interface FiguredName {
  readonly name: string;
  readonly isWeak: boolean;
}

function figure(node: unknown): FiguredName | undefined {
  const found = unwrap(node);
  if (!found) return undefined;
  const { type, fields } = found;
  const find = FIGURED[type];
  return typeof find === 'string' ? strong(find) : find?.(fields);
}

const FIGURED: Readonly<Record<string, string | ((fields: Fields) => FiguredName | undefined)>> = {
  ColumnRef: fields => lastName(fields['fields']),
  A_Indirection: fields => lastName(fields['indirection']) ?? figure(fields['arg']),
  FuncCall: fields => lastName(fields['funcname']),
  A_Expr: ({ kind }) => (kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined),
  TypeCast: ({ arg, typeName }) => {
    const below = figure(arg);
    if (below && !below.isWeak) return below;
    const name = namesOf((typeName as Fields | undefined)?.['names']).at(-1);
    return name === undefined ? below : { name, isWeak: true };
  },
  CollateClause: ({ arg }) => figure(arg),
  GroupingFunc: 'grouping',
  MergeSupportFunc: 'merge_action',
  SubLink: fields => {
    if (fields['subLinkType'] === 'EXISTS_SUBLINK') return strong('exists');
    if (fields['subLinkType'] === 'ARRAY_SUBLINK') return strong('array');
    if (fields['subLinkType'] !== 'EXPR_SUBLINK') return undefined;
    const [target] = nodesOf(unwrap(fields['subselect'])?.fields['targetList']);
    if (!target) return undefined;
    const name = target.fields['name'];
    return typeof name === 'string' && name !== '' ? strong(name) : figure(target.fields['val']);
  },
  CaseExpr: ({ defresult }) => {
    const below = figure(defresult);
    return below && !below.isWeak ? below : { name: 'case', isWeak: true };
  },
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  MinMaxExpr: ({ op }) => strong(op === 'IS_LEAST' ? 'least' : 'greatest'),
  SQLValueFunction: ({ op }) =>
    strong(
      String(op)
        .replace(/^SVFOP_/, '')
        .replace(/_N$/, '')
        .toLowerCase(),
    ),
  XmlExpr: ({ op }) => {
    const name = XML[String(op)];
    return name === undefined ? undefined : strong(name);
  },
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
  JsonFuncExpr: ({ op }) => strong(String(op).replace(/_OP$/, '').toLowerCase()),
};

const XML: Readonly<Record<string, string>> = {
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
};

function lastName(value: unknown): FiguredName | undefined {
  const name = namesOf(value).at(-1);
  return name === undefined ? undefined : strong(name);
}

function strong(name: string): FiguredName {
  return { name, isWeak: false };
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { ResolvedColumn } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { castType, functionName, integerConstant, list, operatorOf } from '../support/expressions';
import { typeFamily, valueFamily } from '../support/columnTypes';
import { isSameTree, matchBelow, rangeOfTree } from '../support/trees';

export const integerDivision = defineRule({
  id: 'query/integer-division',
  since: '0.2.0',
  severity: 'warning',
  title: 'Ratio of two integers',
  nodes: ['/'],
  docs: {
    problem:
      'Both sides of the division are integers, so the fraction is cut off: a part of a whole is 0, or 1 if it is all.',
    why: '`count(*) / max * 100` divides first and multiplies what is left: always 0 below 100 %. With `100.0 * count(*) / max`, or one side cast to numeric, the fraction stays.',
    whenToIgnore: 'You want whole numbers; then `div()` or floor() says so.',
  },
  messages: {
    percent:
      'Integers are divided before they are multiplied: the result is 0 below 100 %. Cast one side to numeric, or write 100.0 * ... first.',
    share: 'Both counts are integers: a part divided by the whole is 0, or 1 if it is all. Cast one side to numeric.',
  },
  examples: [
    {
      title: 'how full the server is',
      bad: "SELECT count(*) / current_setting('max_connections')::int * 100 FROM pg_stat_activity",
      flags: "count(*) / current_setting('max_connections')::int",
      fixed: "SELECT count(*)::numeric / current_setting('max_connections')::int * 100 FROM pg_stat_activity",
    },
    {
      title: 'by a setting looked up',
      bad: "SELECT count(*) / (SELECT setting::int FROM pg_settings WHERE name = 'max_connections') * 100 FROM pg_stat_activity",
      flags: "count(*) / (SELECT setting::int FROM pg_settings WHERE name = 'max_connections')",
    },
    {
      title: 'a part of the rows',
      bad: "SELECT camera_id, count(*) FILTER (WHERE status = 'ok') / count(*) AS share FROM frames GROUP BY camera_id",
      flags: "count(*) FILTER (WHERE status = 'ok') / count(*)",
      fixed:
        "SELECT camera_id, count(*) FILTER (WHERE status = 'ok')::numeric / count(*) AS share FROM frames GROUP BY camera_id",
    },
    {
      title: 'integer columns',
      schema: 'CREATE TABLE jobs (id bigint, done integer, total integer);',
      bad: 'SELECT id, round(done / total * 100, 1) FROM jobs',
      flags: 'done / total',
      fixed: 'SELECT id, round(done::numeric / total * 100, 1) FROM jobs',
    },
    { title: 'multiplied first', good: 'SELECT 100.0 * count(*) FILTER (WHERE ok) / count(*) FROM frames' },
    { title: 'one side is cast', good: 'SELECT count(*) FILTER (WHERE ok)::numeric / count(*) * 100 FROM frames' },
    { title: 'columns of unknown type', good: 'SELECT done / total * 100 FROM jobs' },
    { title: 'rounded down to hundreds on purpose', good: 'SELECT count(*) / 100 * 100 FROM frames' },
    { title: 'sums of bigint are numeric', good: 'SELECT sum(hits) / sum(reads) * 100 FROM pools' },
    { title: 'how many per group', good: 'SELECT count(*) / count(DISTINCT camera_id) FROM frames' },
    { title: 'kilobytes', good: 'SELECT pg_relation_size($1) / 1024 FROM frames' },
    {
      title: 'numeric columns',
      schema: 'CREATE TABLE jobs (id bigint, done numeric, total integer);',
      good: 'SELECT done / total * 100 FROM jobs',
    },
  ],
  check({ statement, find, rangeOf, resolve, report }) {
    for (const division of find('A_Expr')) {
      const { kind, lexpr, rexpr } = division.fields;
      if (
        kind !== 'AEXPR_OP' ||
        operatorOf(division.fields) !== '/' ||
        (integerConstant(rexpr) !== undefined && !isCast(rexpr))
      )
        continue;
      const isInt = (key: 'lexpr' | 'rexpr') => isInteger(matchBelow(division, key, division.fields[key]), resolve);
      const percent = isTimesHundred(division);
      if (!percent && !isPartOfWhole(lexpr, rexpr)) continue;
      if (!isInt('lexpr') || !isInt('rexpr')) continue;
      const left = rangeOfTree(statement, lexpr);
      const needsParentheses = unwrap(lexpr)?.type === 'A_Expr';
      const fixes =
        left && !needsParentheses
          ? [
              {
                title: 'Divide as numeric',
                // It changes the result, which is the point.
                safe: false,
                edits: [{ range: { start: left.end, end: left.end }, newText: '::numeric' }],
              },
            ]
          : [];
      report({ at: rangeOf(division), message: percent ? 'percent' : 'share', fixes });
    }
  },
});

function isCast(value: unknown): boolean {
  return unwrap(value)?.type === 'TypeCast';
}

/** `division * 100`, also with a rounding or parentheses around the division. */
function isTimesHundred(division: NodeMatch): boolean {
  const product = division.parent;
  if (product?.type !== 'A_Expr' || operatorOf(product.fields) !== '*') return false;
  const factor = division.key === 'lexpr' ? product.fields.rexpr : product.fields.lexpr;
  const float = (unwrap(factor)?.fields.fval as { readonly fval?: unknown } | undefined)?.fval;
  return integerConstant(factor) === 100 || Number(float) === 100;
}

/** `count(*) FILTER (...) / count(*)`, `count(x) / count(*)`: a count of some rows by a count of all. */
function isPartOfWhole(part: unknown, whole: unknown): boolean {
  const [some, all] = [unwrap(part), unwrap(whole)];
  const isCount = (node: typeof some) =>
    node?.type === 'FuncCall' && functionName(node.fields) === 'count' && node.fields.over === undefined;
  if (!some || !all || !isCount(some) || !isCount(all)) return false;
  return (
    some.fields.agg_filter !== undefined &&
    all.fields.agg_filter === undefined &&
    some.fields.agg_distinct === all.fields.agg_distinct &&
    some.fields.agg_star === all.fields.agg_star &&
    isSameTree(some.fields.args ?? null, all.fields.args ?? null)
  );
}

/** Functions whose result is an integer whatever they are given. */
const INTEGER_FUNCTIONS = new Set([
  'count',
  'length',
  'char_length',
  'octet_length',
  'cardinality',
  'array_length',
  'row_number',
  'rank',
  'dense_rank',
  'ntile',
  'pg_relation_size',
  'pg_total_relation_size',
  'pg_table_size',
  'pg_indexes_size',
  'pg_database_size',
]);

function isInteger(node: NodeMatch | undefined, resolve: (column: NodeMatch) => ResolvedColumn | undefined): boolean {
  if (!node) return false;
  const { type, fields } = node;
  const wrapped = { [type]: fields };
  if (type === 'A_Const') return valueFamily(wrapped) === 'integer';
  if (type === 'TypeCast') return typeFamily(castType(fields)) === 'integer';
  if (type === 'FuncCall') {
    const name = functionName(fields) ?? '';
    if (name === 'nullif' || name === 'greatest')
      return isInteger(matchBelow(node, 'args', list(fields.args)[0]), resolve);
    return INTEGER_FUNCTIONS.has(name);
  }
  if (type === 'SubLink') {
    const query = matchBelow(node, 'subselect', fields.subselect);
    const [target, ...more] = list(query?.fields.targetList);
    const isScalar = fields.subLinkType === 'EXPR_SUBLINK' && more.length === 0;
    return (
      isScalar && query !== undefined && isInteger(matchBelow(query, 'targetList', unwrap(target)?.fields.val), resolve)
    );
  }
  if (type === 'ColumnRef') return typeFamily(resolve(node)?.column.type) === 'integer';
  if (type === 'A_Expr') {
    const operator = operatorOf(fields) ?? '';
    if (fields.kind === 'AEXPR_NULLIF') return isInteger(matchBelow(node, 'lexpr', fields.lexpr), resolve);
    if (fields.kind !== 'AEXPR_OP' || !/^[+\-*/%]$/.test(operator)) return false;
    return [matchBelow(node, 'lexpr', fields.lexpr), matchBelow(node, 'rexpr', fields.rexpr)].every(side =>
      isInteger(side, resolve),
    );
  }
  return false;
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { ResolvedColumn } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, castType, functionName, list, operatorOf } from '../support/expressions';
import { typeFamily } from '../support/columnTypes';
import { matchBelow, rangeOfTree, textOfTree } from '../support/trees';

export const roundOfDouble = defineRule({
  id: 'query/round-of-double',
  since: '0.2.0',
  severity: 'error',
  title: 'round(double precision, digits)',
  nodes: ['FuncCall'],
  docs: {
    problem:
      'The value is of type `double precision` (or `real`), and only `numeric` can be rounded to a number of digits.',
    why: 'PostgreSQL has `round(numeric, integer)` and `round(double precision)`; the statement fails with "function round(double precision, integer) does not exist".',
    whenToIgnore: 'You have defined such a function yourself.',
  },
  messages: { refused: 'There is no round(double precision, integer): cast the value to numeric.' },
  examples: [
    {
      title: 'a statistic of the server',
      bad: 'SELECT query, round(mean_exec_time, 2) FROM pg_stat_statements',
      flags: 'round(mean_exec_time, 2)',
      fixed: 'SELECT query, round(mean_exec_time::numeric, 2) FROM pg_stat_statements',
    },
    {
      title: 'a cast to double',
      bad: "SELECT round(date_part('epoch', finished_at - started_at) / 60, 1) FROM agent_tasks",
      flags: "round(date_part('epoch', finished_at - started_at) / 60, 1)",
      fixed: "SELECT round((date_part('epoch', finished_at - started_at) / 60)::numeric, 1) FROM agent_tasks",
    },
    {
      title: 'a column of the schema',
      schema: 'CREATE TABLE readings (id bigint, temperature double precision);',
      bad: 'SELECT round(avg(temperature), 1) FROM readings',
      flags: 'round(avg(temperature), 1)',
      fixed: 'SELECT round(avg(temperature)::numeric, 1) FROM readings',
    },
    { title: 'cast to numeric', good: 'SELECT round(mean_exec_time::numeric, 2) FROM pg_stat_statements' },
    { title: 'to a whole number', good: 'SELECT round(mean_exec_time) FROM pg_stat_statements' },
    { title: 'a column of unknown type', good: 'SELECT round(temperature, 1) FROM readings' },
    {
      title: 'extract is numeric since PostgreSQL 14',
      good: 'SELECT round(extract(epoch FROM now() - started_at), 1) FROM agent_tasks',
    },
    {
      title: 'averages of integers are numeric',
      good: 'SELECT round(avg(n), 1), round(100.0 * count(*) / 7, 2) FROM readings',
    },
    {
      title: 'a numeric column',
      schema: 'CREATE TABLE readings (id bigint, temperature numeric);',
      good: 'SELECT round(avg(temperature), 1) FROM readings',
    },
    {
      title: 'a view of that name with a column of its own',
      good: 'SELECT round(mean_exec_time, 2) FROM my_statements',
    },
  ],
  check({ statement, catalog, find, rangeOf, resolve, report }) {
    if (catalog?.functions?.some(routine => routine.name === 'round')) return;
    for (const call of find('FuncCall')) {
      const args = list(call.fields.args);
      if (functionName(call.fields) !== 'round' || args.length !== 2) continue;
      const value = matchBelow(call, 'args', args[0]);
      const range = rangeOfTree(statement, args[0]);
      const text = textOfTree(statement, args[0]);
      if (!value || !isDouble(value, resolve) || !range || text === undefined) continue;
      const isOne = ['ColumnRef', 'FuncCall'].includes(value.type);
      const newText = isOne ? `${text}::numeric` : `(${text})::numeric`;
      const fixes = [{ title: 'Cast to numeric', safe: false, edits: [{ range, newText }] }];
      report({ at: rangeOf(call), message: 'refused', fixes });
    }
  },
});

const DOUBLE_FUNCTIONS = new Set(['date_part', 'random', 'cbrt', 'similarity', 'pg_ndistinct']);

/** Aggregates and functions that return double precision for double precision. */
const KEEPING = new Set([
  'avg',
  'sum',
  'min',
  'max',
  'abs',
  'sqrt',
  'stddev',
  'stddev_pop',
  'stddev_samp',
  'variance',
  'ln',
  'exp',
  'power',
]);

/** Before PostgreSQL 13 they were called `mean_time` and the like. */
const STATEMENT_TIMES = /^(?:total|mean|min|max|stddev)_(?:exec_|plan_)?time$/;

/** True only if the type is certain. */
function isDouble(node: NodeMatch | undefined, resolve: (column: NodeMatch) => ResolvedColumn | undefined): boolean {
  if (!node) return false;
  const { type, fields } = node;
  if (type === 'TypeCast') return typeFamily(castType(fields)) === 'float';
  if (type === 'ColumnRef') {
    const known = resolve(node);
    if (known) return typeFamily(known.column.type) === 'float';
    return STATEMENT_TIMES.test(asColumn({ [type]: fields })?.name ?? '') && readsStatements(node);
  }
  if (type === 'FuncCall') {
    const name = functionName(fields) ?? '';
    if (DOUBLE_FUNCTIONS.has(name)) return true;
    return KEEPING.has(name) && isDouble(matchBelow(node, 'args', list(fields.args)[0]), resolve);
  }
  if (type === 'CoalesceExpr')
    return list(fields.args).some(argument => isDouble(matchBelow(node, 'args', argument), resolve));
  if (type === 'A_Expr' && fields.kind === 'AEXPR_NULLIF')
    return isDouble(matchBelow(node, 'lexpr', fields.lexpr), resolve);
  if (type !== 'A_Expr' || fields.kind !== 'AEXPR_OP' || !/^[+\-*/]$/.test(operatorOf(fields) ?? '')) return false;
  const [left, right] = [matchBelow(node, 'lexpr', fields.lexpr), matchBelow(node, 'rexpr', fields.rexpr)];
  // double with any number is double; with an interval it is an interval.
  return (isDouble(left, resolve) && isNumber(right, resolve)) || (isDouble(right, resolve) && isNumber(left, resolve));
}

function isNumber(node: NodeMatch | undefined, resolve: (column: NodeMatch) => ResolvedColumn | undefined): boolean {
  if (!node || isDouble(node, resolve)) return node !== undefined;
  if (node.type === 'A_Const') return !('sval' in node.fields);
  if (node.type === 'TypeCast') return /^(?:integer|numeric|float)$/.test(typeFamily(castType(node.fields)) ?? '');
  if (node.type === 'A_Expr')
    return (
      isNumber(matchBelow(node, 'lexpr', node.fields.lexpr), resolve) &&
      isNumber(matchBelow(node, 'rexpr', node.fields.rexpr), resolve)
    );
  return node.type === 'FuncCall' && /^(?:count|nullif|sum|max|greatest)$/.test(functionName(node.fields) ?? '');
}

/** The query reads pg_stat_statements itself, not a table with a column of that name. */
function readsStatements(node: NodeMatch): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (at.type !== 'SelectStmt') continue;
    const from = list(at.fields.fromClause).map(unwrap);
    return from.length === 1 && from[0]?.type === 'RangeVar' && from[0].fields.relname === 'pg_stat_statements';
  }
  return false;
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { RuleContext } from '../defineRule';
import { asColumn, filteredQuery, list, operatorOf } from '../support/expressions';
import { disjuncts, isOutermost, isSameTree } from '../support/trees';

export const optionalFilter = defineRule({
  id: 'query/optional-filter',
  since: '0.2.0',
  severity: 'hint',
  title: 'Filter that a parameter switches on and off',
  nodes: ['BoolExpr', 'CoalesceExpr'],
  docs: {
    problem: 'One statement serves both the case with the filter and the case without it.',
    why: 'A plan that is kept for all values (a generic plan of a prepared statement, or of a query in PL/pgSQL) must work for both, so it reads the whole table. A plan made for the value at hand does use the index. `column = coalesce($1, column)` moreover loses the rows whose column is NULL.',
    whenToIgnore:
      'The statement is planned for each execution: `plan_cache_mode = force_custom_plan`, or the driver puts the values into the text.',
  },
  messages: {
    either: 'A generic plan cannot use an index on {column}: it must also serve the case without the filter.',
    lost: 'Rows whose {column} is NULL are lost when {parameter} is NULL, and no index on {column} is used.',
  },
  examples: [
    {
      title: 'a search form',
      bad: 'SELECT id FROM orders WHERE (:customer IS NULL OR customer_id = :customer) AND total > 5',
      flags: ':customer IS NULL OR customer_id = :customer',
    },
    {
      title: 'the other way round, with a cast',
      bad: 'SELECT id FROM orders WHERE customer_id = $1 OR $1::bigint IS NULL',
      flags: 'customer_id = $1 OR $1::bigint IS NULL',
    },
    {
      title: 'the column as its own default',
      bad: 'SELECT id FROM orders WHERE customer_id = coalesce($1, customer_id)',
      flags: 'customer_id = coalesce($1, customer_id)',
    },
    { title: 'a filter that is always on', good: 'SELECT id FROM orders WHERE customer_id = :customer' },
    { title: 'NULL in the table', good: 'SELECT id FROM orders WHERE customer_id IS NULL OR customer_id = $1' },
    { title: 'two parameters', good: 'SELECT id FROM orders WHERE $1 IS NULL OR customer_id = $2' },
    { title: 'a default value', good: 'SELECT id FROM orders WHERE customer_id = coalesce($1, 7)' },
    {
      title: 'the default is another column',
      good: 'SELECT id FROM orders WHERE customer_id = coalesce($1, owner_id)',
    },
    {
      title: 'an update that keeps what is not given',
      good: 'UPDATE orders SET note = coalesce($2, note) WHERE id = $1',
    },
  ],
  check(context) {
    const { find, rangeOf, report } = context;
    for (const or of find('BoolExpr')) {
      if (or.fields.boolop !== 'OR_EXPR' || !isOutermost(or) || !filteredQuery(or)) continue;
      const arms = disjuncts({ BoolExpr: or.fields });
      const tested = arms.flatMap(arm => parameterTested(arm, context) ?? []);
      const compared = arms.flatMap(arm => {
        const node = unwrap(arm);
        if (node?.type !== 'A_Expr') return [];
        const column = asColumn(node.fields.lexpr);
        const value = node.fields.rexpr;
        return column && !isParameter(node.fields.lexpr, context) ? [{ column, value }] : [];
      });
      const hit = compared.find(({ value }) => tested.some(parameter => isSameParameter(parameter, value, context)));
      if (arms.length === 2 && hit) report({ at: rangeOf(or), message: 'either', values: { column: hit.column.name } });
    }
    for (const call of find('CoalesceExpr')) {
      const comparison = call.parent;
      if (comparison?.type !== 'A_Expr' || call.key !== 'rexpr' || operatorOf(comparison.fields) !== '=') continue;
      const [parameter, fallback, ...more] = list(call.fields.args);
      const column = asColumn(comparison.fields.lexpr);
      if (!column || more.length > 0 || !isParameter(parameter, context) || !filteredQuery(comparison)) continue;
      if (!isSameTree(fallback, comparison.fields.lexpr)) continue;
      const { text } = context.statement;
      const range = rangeOf(call);
      const written = /[^\s(]+(?=\s*,)/.exec(text.slice(range.start, range.end))?.[0] ?? 'the parameter';
      report({
        at: rangeOf(comparison),
        message: 'lost',
        severity: 'info',
        values: { column: column.name, parameter: written },
      });
    }
  },
});

type Context = Pick<RuleContext<Readonly<Record<string, string>>, never>, 'body' | 'statement'>;

/** A placeholder, or a variable of the routine the statement stands in. */
function isParameter(tree: unknown, { body }: Pick<Context, 'body'>): boolean {
  const node = unwrap(opened(tree));
  if (node?.type === 'ParamRef') return true;
  const column = asColumn(opened(tree));
  return column !== undefined && column.qualifier === undefined && body?.variables.has(column.name) === true;
}

function opened(tree: unknown): unknown {
  const node = unwrap(tree);
  return node?.type === 'TypeCast' ? node.fields.arg : tree;
}

/** The parameter in `parameter IS NULL`. */
function parameterTested(condition: unknown, context: Context): unknown {
  const node = unwrap(condition);
  const isTest = node?.type === 'NullTest' && node.fields.nulltesttype === 'IS_NULL';
  return isTest && isParameter(node.fields.arg, context) ? node.fields.arg : undefined;
}

/** Placeholders are numbered anew at each place unless they have numbers: their names decide. */
function isSameParameter(a: unknown, b: unknown, { statement }: Context): boolean {
  const [one, other] = [opened(a), opened(b)].map(tree => {
    const node = unwrap(tree);
    const range = node && statement.rangeOf(node.type, node.fields);
    return range && statement.text.slice(range.start, range.end);
  });
  return one !== undefined && one === other && !/^[?%]s?$/.test(one);
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, filteredQuery, integerConstant, operatorOf, stringConstant } from '../support/expressions';
import { typeFamily, valueFamily } from '../support/columnTypes';
import { disjuncts, isOutermost, isSameTree, textOfTree } from '../support/trees';

export const orOfSameColumn = defineRule({
  id: 'query/or-of-same-column',
  since: '0.2.0',
  severity: 'hint',
  title: 'OR over values of one column',
  nodes: ['BoolExpr'],
  docs: {
    problem: 'One column is compared with several values, joined by OR.',
    why: 'IN says the same shorter, and before PostgreSQL 18 it plans better: one index scan for all values, where OR needs one scan for each and a bitmap.',
    whenToIgnore: 'A generator writes the query.',
  },
  messages: { list: 'IN ({count} values) says the same in one comparison.' },
  examples: [
    {
      title: 'two states',
      bad: "SELECT id FROM agent_tasks WHERE status = 'new' OR status = 'failed'",
      flags: "status = 'new' OR status = 'failed'",
      fixed: "SELECT id FROM agent_tasks WHERE status IN ('new', 'failed')",
    },
    {
      title: 'in parentheses, beside another condition',
      bad: 'SELECT id FROM orders o WHERE (o.customer_id = 1 OR o.customer_id = 2 OR o.customer_id = 3) AND o.total > 5',
      flags: 'o.customer_id = 1 OR o.customer_id = 2 OR o.customer_id = 3',
      fixed: 'SELECT id FROM orders o WHERE (o.customer_id IN (1, 2, 3)) AND o.total > 5',
    },
    { title: 'different columns', good: 'SELECT id FROM orders WHERE buyer_id = 1 OR seller_id = 1' },
    { title: 'a range', good: 'SELECT id FROM orders WHERE total < 1 OR total > 1000' },
    { title: 'NULL beside a value', good: "SELECT id FROM orders WHERE status = 'new' OR status IS NULL" },
    { title: 'values of different types', good: 'SELECT id FROM orders WHERE total = 1 OR total = 1.5' },
    { title: 'the same name in two tables', good: 'SELECT 1 FROM a JOIN b ON true WHERE a.state = 1 OR b.state = 2' },
    { title: 'already a list', good: "SELECT id FROM agent_tasks WHERE status IN ('new', 'failed')" },
  ],
  check({ statement, find, rangeOf, resolve, report }) {
    for (const or of find('BoolExpr')) {
      if (or.fields.boolop !== 'OR_EXPR' || !isOutermost(or) || !filteredQuery(or)) continue;
      const arms = disjuncts({ BoolExpr: or.fields }).map(readEquality);
      const [first] = arms;
      if (!first || !arms.every(arm => arm && isSameTree(arm.column, first.column) && arm.kind === first.kind))
        continue;
      const column = textOfTree(statement, first.column);
      const values = arms.map(arm => textOfTree(statement, arm?.value));
      const at = rangeOf(or);
      // A comment between the conditions would be lost.
      const mayRewrite =
        column && !values.includes(undefined) && !/--|\/\*/.test(statement.text.slice(at.start, at.end));
      const newText = `${column} IN (${values.join(', ')})`;
      const name = find('ColumnRef').find(({ fields }) => fields === unwrap(first.column)?.fields);
      const type = name && resolve(name)?.column.type;
      // A list for a real column is a list of reals: 0.1 then finds what = 0.1 alone compares as double precision.
      const safe = arms.every(arm => isExactAsReal(arm?.value)) || (typeFamily(type) ?? 'float') !== 'float';
      const fixes = mayRewrite ? [{ title: 'Write IN', safe, edits: [{ range: at, newText }] }] : [];
      report({ at, message: 'list', values: { count: arms.length }, fixes });
    }
  },
});

interface Equality {
  readonly column: unknown;
  readonly value: unknown;
  /** Values of one list share a type, which must be the one each of them has alone. */
  readonly kind: string;
}

function readEquality(condition: unknown): Equality | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return undefined;
  const { lexpr, rexpr } = node.fields;
  const [column, value] = asColumn(lexpr) ? [lexpr, rexpr] : [rexpr, lexpr];
  if (!asColumn(column)) return undefined;
  const type = unwrap(value)?.type;
  if (type === 'ParamRef') return { column, value, kind: 'parameter' };
  if (type !== 'A_Const') return undefined;
  const kind = stringConstant(value) !== undefined ? 'string' : valueFamily(value);
  return kind === undefined ? undefined : { column, value, kind };
}

/** A real holds integers up to 2^24; anything that is not a number keeps its type in a list. */
function isExactAsReal(value: unknown): boolean {
  const number = integerConstant(value);
  return number === undefined
    ? valueFamily(value) !== 'numeric' && valueFamily(value) !== 'integer'
    : Math.abs(number) <= 2 ** 24;
}

import type { SourceRange } from '../../base/sourceRange';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { functionName, integerConstant, list, operatorOf } from '../support/expressions';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { mirrored } from '../support/rangeRewrite';

export const countForExistence = defineRule({
  id: 'query/count-for-existence',
  since: '0.1.0',
  severity: 'info',
  title: 'count(*) to see whether there are rows',
  nodes: ['SubLink', 'FuncCall'],
  docs: {
    problem: 'All matching rows are counted, only to compare the number with zero.',
    why: '`EXISTS` stops at the first matching row, and in WHERE it becomes a semi join instead of a count per row.',
    whenToIgnore: 'Never more than a few rows can match.',
  },
  messages: { exists: 'All matching rows are counted to learn whether there is one; EXISTS stops at the first.' },
  examples: [
    {
      title: 'customers with orders',
      bad: 'SELECT c.id FROM customers c WHERE (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 0',
      flags: '(SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 0',
      fixed: 'SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)',
    },
    {
      title: 'customers without',
      bad: 'SELECT c.id FROM customers c WHERE 0 = (SELECT count(*) FROM orders o WHERE o.customer_id = c.id)',
      flags: '0 = (SELECT count(*) FROM orders o WHERE o.customer_id = c.id)',
      fixed: 'SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)',
    },
    {
      title: 'one flag',
      bad: 'SELECT count(*) > 0 FROM orders WHERE customer_id = $1',
      flags: 'count(*) > 0',
      fixed: 'SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = $1)',
    },
    {
      title: 'a real number is needed',
      good: 'SELECT c.id FROM customers c WHERE (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 5',
    },
    { title: 'groups', good: 'SELECT customer_id FROM orders GROUP BY customer_id HAVING count(*) > 0' },
    { title: 'counting a column skips NULLs', good: 'SELECT 1 WHERE (SELECT count(note) FROM orders) > 0' },
    { title: 'the number itself', good: 'SELECT count(*) FROM orders WHERE customer_id = $1' },
    { title: 'a count per group', good: 'SELECT customer_id, count(*) > 0 FROM orders GROUP BY customer_id' },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const comparison of find('A_Expr')) {
      const test = existenceTest(comparison.fields);
      if (!test) continue;
      const { type, fields } = test.counted;
      const exists = test.exists ? 'EXISTS' : 'NOT EXISTS';
      const at = rangeOf(comparison);
      const title = `Use ${exists}`;
      if (type === 'SubLink' && fields.subLinkType === 'EXPR_SUBLINK') {
        const inner = unwrap(fields.subselect)?.fields;
        const target = unwrap(list(inner?.targetList)[0])?.fields;
        const count = unwrap(target?.val);
        if (!inner || !count || !isPlainCount(inner, count)) continue;
        const link = statement.rangeOf(type, fields);
        const call = statement.rangeOf(count.type, count.fields);
        const fixes = link && call ? [{ title, safe: true, edits: existsEdits(at, link, call, `${exists} `) }] : [];
        report({ at, message: 'exists', fixes });
      } else if (type === 'FuncCall' && isCountOfRows({ type, fields })) {
        const query = selectOf(comparison);
        if (!query || !isPlainCount(query.fields, { type, fields })) continue;
        const named = comparison.parent?.fields.name !== undefined;
        const start = at.start;
        const fixes =
          query.parent || named || query.fields.intoClause
            ? []
            : [
                {
                  title,
                  safe: true,
                  edits: [
                    { range: { start, end: at.end }, newText: `${exists} (SELECT 1` },
                    { range: { start: statement.text.length, end: statement.text.length }, newText: ')' },
                  ],
                },
              ];
        report({ at, message: 'exists', fixes });
      }
    }
  },
});

function isCounting(operand: unknown): boolean {
  const type = unwrap(operand)?.type;
  return type === 'SubLink' || type === 'FuncCall';
}

/** `count > 0`, `count >= 1`, `count <> 0` ask for existence; `count = 0`, `count < 1` for its absence. */
function existenceTest(
  fields: NodeFields,
): { readonly counted: { readonly type: string; readonly fields: NodeFields }; readonly exists: boolean } | undefined {
  if (fields.kind !== 'AEXPR_OP' || !(isCounting(fields.lexpr) || isCounting(fields.rexpr))) return undefined;
  const right = integerConstant(fields.rexpr);
  const left = integerConstant(fields.lexpr);
  const number = right ?? left;
  if (number !== 0 && number !== 1) return undefined;
  const counted = unwrap(right === undefined ? fields.rexpr : fields.lexpr);
  const written = operatorOf(fields) ?? '';
  const operator = right === undefined ? mirrored(written) : written;
  if (!counted) return undefined;
  switch (`${operator}${number}`) {
    case '>0':
    case '>=1':
    case '<>0':
      return { counted, exists: true };
    case '=0':
    case '<1':
    case '<=0':
      return { counted, exists: false };
    default:
      return undefined;
  }
}

function isCountOfRows({ type, fields }: { readonly type: string; readonly fields: NodeFields }): boolean {
  return (
    type === 'FuncCall' &&
    functionName(fields) === 'count' &&
    fields.agg_star === true &&
    fields.agg_filter === undefined &&
    fields.over === undefined
  );
}

/** A query of one row: no groups, nothing else selected, and rows to count. */
function isPlainCount(query: NodeFields, count: { readonly type: string; readonly fields: NodeFields }): boolean {
  const blocking = [
    'groupClause',
    'havingClause',
    'limitCount',
    'limitOffset',
    'larg',
    'distinctClause',
    'sortClause',
    'lockingClause',
  ];
  return (
    isCountOfRows(count) &&
    list(query.targetList).length === 1 &&
    list(query.fromClause).length > 0 &&
    blocking.every(clause => query[clause] === undefined)
  );
}

/** The query whose only selected expression this is. */
function selectOf(comparison: NodeMatch): NodeMatch | undefined {
  const target = comparison.parent;
  const query = target?.parent;
  return target?.type === 'ResTarget' && target.key === 'targetList' && query?.type === 'SelectStmt'
    ? query
    : undefined;
}

/** Keeps the subquery's own text from behind the count to its closing parenthesis. */
function existsEdits(at: SourceRange, link: SourceRange, call: SourceRange, prefix: string) {
  return [
    { range: { start: at.start, end: link.start }, newText: prefix },
    { range: call, newText: '1' },
    { range: { start: link.end, end: at.end }, newText: '' },
  ].filter(edit => edit.range.end > edit.range.start || edit.newText !== '');
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, operatorOf, stringConstant } from '../support/expressions';
import { valueFamily } from '../support/columnTypes';
import { disjuncts, isOutermost, isSameTree, textOfTree } from '../support/trees';

export const inequalitiesJoinedByOr = defineRule({
  id: 'query/inequalities-joined-by-or',
  since: '0.2.0',
  severity: 'warning',
  title: '<> joined by OR',
  nodes: ['BoolExpr'],
  docs: {
    problem:
      "`status <> 'a' OR status <> 'b'` is true for every row that has a status: each value differs from one of them.",
    why: "AND, or `NOT IN ('a', 'b')`, was meant. As it stands the condition filters nothing but NULLs.",
    whenToIgnore: 'Never.',
  },
  messages: {
    always: 'Every value of {column} differs from one of these: this is always true. AND or NOT IN was meant.',
  },
  examples: [
    {
      title: 'neither of two states',
      bad: "SELECT id FROM agent_tasks WHERE owner = 3 AND (status <> 'done' OR status <> 'failed')",
      flags: "status <> 'done' OR status <> 'failed'",
      fixed: "SELECT id FROM agent_tasks WHERE owner = 3 AND (status NOT IN ('done', 'failed'))",
    },
    {
      title: 'numbers',
      bad: 'DELETE FROM zones WHERE id != 1 OR id != 2',
      flags: 'id != 1 OR id != 2',
      fixed: 'DELETE FROM zones WHERE id NOT IN (1, 2)',
    },
    { title: 'joined by AND', good: "SELECT id FROM agent_tasks WHERE status <> 'done' AND status <> 'failed'" },
    { title: 'two columns', good: 'SELECT id FROM orders WHERE paid <> 1 OR shipped <> 1' },
    { title: 'parameters, which may be equal', good: 'SELECT id FROM orders WHERE kind <> $1 OR kind <> $2' },
    { title: 'NULL', good: "SELECT id FROM orders WHERE kind <> 'a' OR kind IS NULL" },
    { title: 'the same value', good: "SELECT id FROM orders WHERE kind <> 'a' OR kind <> 'a'" },
    { title: 'not in both', good: 'SELECT id FROM orders WHERE NOT (kind = 1 AND state = 2)' },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const or of find('BoolExpr')) {
      if (or.fields.boolop !== 'OR_EXPR' || !isOutermost(or)) continue;
      const tests = disjuncts({ BoolExpr: or.fields }).map(readInequality);
      const known = tests.flatMap(test => test ?? []);
      const pair = known.some((test, i) =>
        known
          .slice(0, i)
          .some(one => isSameTree(one.column, test.column) && one.kind === test.kind && one.word !== test.word),
      );
      const first = known[0];
      if (!pair || !first) continue;
      const isWhole = tests.every(test => test && isSameTree(test.column, first.column) && test.kind === first.kind);
      const column = textOfTree(statement, first.column);
      const at = rangeOf(or);
      const newText = `${column} NOT IN (${known.map(test => textOfTree(statement, test.value)).join(', ')})`;
      report({
        at,
        message: 'always',
        values: { column: column ?? 'the column' },
        // It changes the result, which is the point.
        fixes: isWhole && column ? [{ title: 'Write NOT IN', safe: false, edits: [{ range: at, newText }] }] : [],
      });
    }
  },
});

function readInequality(
  condition: unknown,
): { readonly column: unknown; readonly value: unknown; readonly kind: string; readonly word: string } | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '<>') return undefined;
  const { lexpr, rexpr } = node.fields;
  if (!asColumn(lexpr) || unwrap(rexpr)?.type !== 'A_Const') return undefined;
  const text = stringConstant(rexpr);
  const { ival, fval } = unwrap(rexpr)?.fields ?? {};
  const kind = text === undefined ? valueFamily(rexpr) : 'string';
  if (kind !== 'string' && kind !== 'integer') return undefined;
  return {
    column: lexpr,
    value: rexpr,
    kind,
    word: (text ?? JSON.stringify(ival ?? fval)).toLowerCase(),
  };
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list, stringConstant } from '../support/expressions';
import type { NodeFields, NodeMatch } from '../nodeIndex';

export const unionDedup = defineRule({
  id: 'query/union-dedup',
  since: '0.1.0',
  severity: 'hint',
  title: 'UNION where UNION ALL may do',
  nodes: ['larg'],
  docs: {
    problem: '`UNION` removes duplicate rows, whether or not there can be any.',
    why: 'For that all rows of all branches are sorted or hashed before the first one is returned. `UNION ALL` passes them on as they come.',
    whenToIgnore: 'Duplicates can occur and must go.',
  },
  messages: {
    maybe:
      'UNION sorts or hashes all rows to drop duplicates; UNION ALL does not, where none can occur or they do no harm.',
    disjoint:
      "The branches differ in a constant ('{first}', '{second}') and share no row; UNION still sorts or hashes them all.",
  },
  examples: [
    {
      title: 'the branches are marked with different constants',
      bad: "SELECT 'order' AS kind, id FROM orders UNION SELECT 'refund', id FROM refunds",
      flags: 'UNION',
    },
    {
      title: 'nothing says that duplicates occur',
      bad: 'SELECT id FROM orders_2023 UNION SELECT id FROM orders_2024',
      flags: 'UNION',
    },
    { title: 'no duplicates removed', good: 'SELECT id FROM orders_2023 UNION ALL SELECT id FROM orders_2024' },
    {
      title: 'a recursion that must stop at rows it has seen',
      good: 'WITH RECURSIVE up AS (SELECT id, parent FROM parts WHERE id = 1 UNION SELECT p.id, p.parent FROM parts p JOIN up ON p.id = up.parent) SELECT id FROM up',
    },
    {
      title: 'in a set test duplicates change nothing',
      good: 'SELECT id FROM t WHERE id IN (SELECT a FROM x UNION SELECT b FROM y)',
    },
    { title: 'other set operations', good: 'SELECT id FROM a EXCEPT SELECT id FROM b' },
  ],
  check({ find, report, statement }) {
    for (const union of find('SelectStmt')) {
      if (union.fields.op !== 'SETOP_UNION' || union.fields.all === true) continue;
      // The innermost of a chain a UNION b UNION c is enough.
      if (union.parent?.type === 'SelectStmt' && isUnion(union.parent.fields)) continue;
      if (union.parent?.type === 'SubLink' || isRecursive(union)) continue;
      const right = statement.rangeOf('SelectStmt', union.fields.rarg as object);
      if (!right) continue;
      const keyword = /\bunion(?:\s+distinct)?[\s(]*$/i.exec(statement.text.slice(0, right.start));
      if (!keyword) continue;
      const word = /^union(?:\s+distinct)?/i.exec(keyword[0])![0];
      const at = { start: keyword.index, end: keyword.index + word.length };
      const constants = differingConstants(union.fields.larg as NodeFields, union.fields.rarg as NodeFields);
      if (constants) report({ at, message: 'disjoint', severity: 'info', values: constants });
      else report({ at, message: 'maybe' });
    }
  },
});

function isUnion(fields: NodeFields): boolean {
  return fields.op === 'SETOP_UNION' && fields.all !== true;
}

function isRecursive(union: NodeMatch): boolean {
  const withClause = union.parent?.type === 'CommonTableExpr' ? union.parent.parent : undefined;
  return withClause?.fields.recursive === true;
}

/** Two different string constants selected in the same place of both branches. */
function differingConstants(left: NodeFields, right: NodeFields): { first: string; second: string } | undefined {
  const ours = list(left.targetList);
  const theirs = list(right.targetList);
  for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
    const first = stringConstant(unwrap(ours[i])?.fields.val);
    const second = stringConstant(unwrap(theirs[i])?.fields.val);
    if (first !== undefined && second !== undefined && first !== second) return { first, second };
  }
  return undefined;
}

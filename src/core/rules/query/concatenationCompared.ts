import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { comparedExpressions } from '../support/comparisons';
import {
  asColumn,
  contains,
  functionName,
  hasIndexKey,
  list,
  operatorOf,
  readsOnlySystemTables,
} from '../support/expressions';
import { isBesideEquality } from '../support/narrowing';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow } from '../support/trees';
import type { NodeFields } from '../nodeIndex';

export const concatenationCompared = defineRule({
  id: 'query/concatenation-compared',
  since: '0.2.0',
  severity: 'info',
  title: 'Columns joined to one text and compared',
  nodes: ['||', 'FuncCall'],
  docs: {
    problem: 'Several columns are joined to one text, and the text is compared.',
    why: "No index on the columns holds the joined text, so every row is read. Two different pairs can also give the same text: `'ab' || 'c'` is `'a' || 'bc'`. Comparing the columns one by one, `(a, b) = ('x', 'y')`, has neither problem.",
    whenToIgnore: 'The table is small, or the parts of the value are not known separately.',
  },
  messages: {
    parts: 'No index on the columns can serve their concatenation; compare them one by one: ({columns}) = (...).',
  },
  examples: [
    {
      title: 'a full name',
      bad: "SELECT id FROM customers WHERE first_name || ' ' || last_name = 'Ada Byron'",
      flags: "first_name || ' ' || last_name",
    },
    {
      title: 'a composite key spelled as text',
      bad: "SELECT id FROM counting_results WHERE concat(camera_id, '-', zone_id) IN ('7-1', '7-2')",
      flags: "concat(camera_id, '-', zone_id)",
    },
    { title: 'column by column', good: "SELECT id FROM customers WHERE (first_name, last_name) = ('Ada', 'Byron')" },
    { title: 'in the select list', good: "SELECT first_name || ' ' || last_name AS name FROM customers" },
    { title: 'the constant is joined', good: "SELECT id FROM customers WHERE code = 'C-' || $1" },
    {
      title: 'one column with something around it',
      good: "SELECT id FROM customers WHERE 'C-' || code = 'C-7'",
    },
    {
      title: 'columns of two tables',
      good: 'SELECT a.id FROM a JOIN b ON a.first || a.last = b.name',
    },
    {
      title: 'an index on the expression exists',
      schema: "CREATE TABLE c (id int, x text, y text); CREATE INDEX ON c ((x || ' ' || y));",
      good: "SELECT id FROM c WHERE x || ' ' || y = 'a b'",
    },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report, body }) {
    const compared = [...comparedExpressions(find, 'A_Expr', body), ...comparedExpressions(find, 'FuncCall', body)];
    for (const { query, comparison, side } of compared) {
      const parts = partsOf(side.type, side.fields);
      const names = parts.flatMap(part => asColumn(part)?.name ?? []);
      if (new Set(names).size < 2 || readsOnlySystemTables(query)) continue;
      if (contains(side.fields, node => node === 'A_ArrayExpr')) continue;
      const first = matchBelow(
        side,
        side.key,
        parts.find(part => asColumn(part)),
      );
      const relation = first && resolve(first)?.relation;
      const at = rangeOf(side);
      const key = statement.text.slice(at.start, at.end).replace(/\b\w+\.(?=\w)/g, '');
      if (isSmallTable(relation, thresholds) || hasIndexKey(relation, key)) continue;
      const values = { columns: names.join(', ') };
      const weight = isBesideEquality(query, comparison) ? HINT : warningIfBig(relation, thresholds);
      report({ at, message: 'parts', values, ...weight });
    }
  },
});

const HINT = { severity: 'hint' } as const;

/** What `||`, `concat` or `concat_ws` puts together, casts opened; nothing for other expressions. */
function partsOf(type: string, fields: NodeFields): unknown[] {
  if (type === 'FuncCall') {
    return /^concat(?:_ws)?$/.test(functionName(fields) ?? '') ? list(fields.args).map(opened) : [];
  }
  if (operatorOf(fields) !== '||' || fields.kind !== 'AEXPR_OP') return [];
  return [fields.lexpr, fields.rexpr].flatMap(side => {
    const node = unwrap(side);
    return node?.type === 'A_Expr' ? partsOf(node.type, node.fields) : [opened(side)];
  });
}

function opened(part: unknown): unknown {
  const node = unwrap(part);
  return node?.type === 'TypeCast' ? node.fields.arg : part;
}

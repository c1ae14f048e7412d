import type { SourceRange } from '../../base/sourceRange';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { list } from '../support/expressions';
import { isWithin } from '../support/trees';

export const unusedCte = defineRule({
  id: 'join/unused-cte',
  since: '0.2.0',
  severity: 'info',
  title: 'WITH query nobody reads',
  nodes: ['CommonTableExpr'],
  docs: {
    problem: 'A query in WITH is never referred to.',
    why: 'PostgreSQL does not run it, functions with effects in it included. What remains is text to read, or a sign that a reference was forgotten.',
    whenToIgnore: 'Never.',
  },
  messages: { unused: 'Nothing reads {name}, so PostgreSQL never runs it: leave it out.' },
  examples: [
    {
      title: 'the only one',
      bad: 'WITH recent AS (SELECT id FROM orders WHERE created_at > now()) SELECT id FROM orders',
      flags: 'recent',
      fixed: 'SELECT id FROM orders',
    },
    {
      title: 'one of several',
      bad: 'WITH a AS (SELECT 1 AS x), b (y) AS MATERIALIZED (SELECT 2), c AS (SELECT 3) SELECT x FROM a, c',
      flags: 'b',
      fixed: 'WITH a AS (SELECT 1 AS x), c AS (SELECT 3) SELECT x FROM a, c',
    },
    {
      title: 'the last',
      bad: 'WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS y) UPDATE orders SET n = a.x FROM a WHERE id = 1',
      flags: 'b',
      fixed: 'WITH a AS (SELECT 1 AS x) UPDATE orders SET n = a.x FROM a WHERE id = 1',
    },
    { title: 'a CTE that is read', good: 'WITH recent AS (SELECT id FROM orders) SELECT id FROM recent' },
    {
      title: 'one that changes data runs anyway',
      good: 'WITH gone AS (DELETE FROM orders WHERE id = 1 RETURNING id) SELECT 1',
    },
    { title: 'read by another', good: 'WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT x FROM b' },
    { title: 'read in a subquery', good: 'WITH a AS (SELECT 1 AS x) DELETE FROM orders WHERE id IN (SELECT x FROM a)' },
    {
      title: 'recursion',
      good: 'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t',
    },
  ],
  check({ statement, find, rangeOf, report }) {
    const ctes = find('CommonTableExpr');
    if (ctes.length === 0) return;
    const references = find('RangeVar').filter(({ fields, key }) => fields.schemaname === undefined && key !== 'into');
    for (const cte of ctes) {
      const name = String(cte.fields.ctename);
      if (unwrap(cte.fields.ctequery)?.type !== 'SelectStmt') continue;
      // A query in it that changes data runs whether or not it is read.
      if (changesData(cte)) continue;
      if (references.some(each => each.fields.relname === name && !isWithin(each, cte))) continue;
      const range = rangeOf(cte);
      const word = /^(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)/.exec(statement.text.slice(range.start));
      if (!word) continue;
      const at = { start: range.start, end: range.start + word[0].length };
      const all = list(cte.parent?.fields.ctes);
      const edit = removal(statement.text, range, all, cte, node => statement.rangeOf('CommonTableExpr', node));
      report({
        at,
        message: 'unused',
        values: { name },
        fixes: edit ? [{ title: `Remove ${name}`, safe: true, edits: [{ range: edit, newText: '' }] }] : [],
      });
    }

    function changesData(cte: NodeMatch): boolean {
      return ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].some(type =>
        find(type).some(each => isWithin(each, cte)),
      );
    }
  },
});

/** The CTE with its comma, or the whole WITH clause. Undefined where something else stands between. */
function removal(
  text: string,
  range: SourceRange,
  all: readonly unknown[],
  cte: NodeMatch,
  rangeOf: (fields: object) => SourceRange | undefined,
): SourceRange | undefined {
  const position = all.findIndex(each => unwrap(each)?.fields === cte.fields);
  const neighbour = (offset: number) => {
    const fields = unwrap(all[position + offset])?.fields;
    return fields && rangeOf(fields);
  };
  if (all.length === 1) {
    const before = /\bwith\s+(?:recursive\s+)?$/i.exec(text.slice(0, range.start));
    const after = /^\s*/.exec(text.slice(range.end))!;
    return before ? { start: before.index, end: range.end + after[0].length } : undefined;
  }
  const next = neighbour(1);
  if (next)
    return /^\s*,\s*$/.test(text.slice(range.end, next.start)) ? { start: range.start, end: next.start } : undefined;
  const previous = neighbour(-1);
  return previous && /^\s*,\s*$/.test(text.slice(previous.end, range.start))
    ? { start: previous.end, end: range.end }
    : undefined;
}

import type { Catalog } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import { formatMs } from '../../base/units';
import type { PlanNode } from '../../plan/planTree';
import { definePlanRule } from './planRule';
import { condition, nameOf, rows } from './words';

/** As for sequential scans: an index would not be used for more. */
const KEPT_SHARE = 0.05;

/** A function over a column, compared: `lower(email) = `. Aggregates cannot stand in a scan's filter. */
const FUNCTION =
  /(?<![\w.])("?[a-z_]\w*"?)\((?:'[^']*'::\w+, )?\(*("?[a-z_]\w*"?)\)*(?:::[a-z ]+)?(?:, [^()]*)?\) (?:[<>=]+|~~\*?|IS) /g;
/** A cast column, compared: `(placed_at)::date = `. */
const CAST = /\(("?[a-z_]\w*"?)\)::([a-z][a-z ]*?(?:\[\])?) (?:[<>=]+|~~\*?) /g;
/** A text column compared with a text literal shows a cast to text which no index minds. */
const HARMLESS_CASTS = new Set(['text', 'bpchar', 'character varying']);
const TEXT_TYPES = /^(text|character|varchar|char|name|"char"|citext)/;

export const functionOrCastHidesIndex = definePlanRule({
  id: 'plan/function-or-cast-hides-index',
  title: 'Function or cast on a filtered column',
  docs: {
    problem: 'A filter compares the result of a function or cast on a column, and nearly all rows fail it.',
    why: 'An index on the column does not know the results; the condition has to be about the bare column, or the index about the expression.',
    thresholds: 'Keeps < 5 % of the rows read, as for sequential scans (ExplainSQL).',
  },
  check({ tree, catalog, report }) {
    for (const node of tree.nodes) {
      const { rowsActual, rowsRemovedByFilter: removed, selfMs } = node.figures;
      if (!node.relation || !removed || rowsActual === undefined || selfMs === undefined) continue;
      const kept = rowsActual / (rowsActual + removed);
      const hidden = hiddenColumn(node, catalog);
      if (kept >= KEPT_SHARE || !hidden) continue;
      report({
        node,
        message: `${nameOf(node)} compares ${hidden.expression}: an index on ${hidden.column} cannot serve it.`,
        evidence: `Filter: ${condition(node, 'Filter')}; ${rows(rowsActual)} kept, ${rows(removed)} removed, ${formatMs(selfMs)}`,
        savesMs: selfMs * (1 - kept),
        nextStep: `Compare ${hidden.column} itself (with a range, or a literal of its type), or index ${hidden.expression} if that is immutable.`,
      });
    }
  },
});

function hiddenColumn(node: PlanNode, catalog?: Catalog): { column: string; expression: string } | undefined {
  const filter = condition(node, 'Filter');
  for (const match of filter.matchAll(CAST)) {
    const column = match[1] ?? '';
    const type = match[2] ?? '';
    if (HARMLESS_CASTS.has(type) && !isKnownNotText(node, column, catalog)) continue;
    return { column, expression: `${column}::${type}` };
  }
  for (const match of filter.matchAll(FUNCTION)) {
    const name = match[1] ?? '';
    if (/^(any|all|and|or|not|row|in)$/i.test(name)) continue;
    return { column: match[2] ?? '', expression: match[0].replace(/ (?:[<>=]+|~~\*?|IS) $/, '') };
  }
  return undefined;
}

function isKnownNotText(node: PlanNode, column: string, catalog?: Catalog): boolean {
  const relation = catalog && node.relation ? findRelation(catalog, node.relation, node.schema) : undefined;
  const type = relation?.columns.find(candidate => candidate.name === column.replaceAll('"', ''))?.type;
  return type !== undefined && !TEXT_TYPES.test(type);
}

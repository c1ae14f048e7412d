import type { Catalog } from '../../catalog/catalog';
import type { PlanNode } from '../../plan/planTree';
import { definePlanRule } from './planRule';
import { relationOf } from './support/conditions';
import { condition, nameOf, partOf, rows, spent } from './support/words';

/** As for sequential scans: an index would not be used for more. */
const KEPT_SHARE = 0.05;

/** A column, with the table's name or alias before it as VERBOSE prints it. */
const COLUMN = String.raw`(?:("?[a-z_]\w*"?)\.)?("?[a-z_]\w*"?)`;
/** A function over a column, compared: `lower(email) = `. Aggregates cannot stand in a scan's filter. */
const FUNCTION = new RegExp(
  String.raw`(?<![\w.])("?[a-z_]\w*"?)\((?:'[^']*'::\w+, )?\(*${COLUMN}\)*(?:::[a-z ]+)?(?:, [^()]*)?\) (?:[<>=]+|~~\*?|IS) `,
  'g',
);
/** A cast column, compared: `(placed_at)::date = `. */
const CAST = new RegExp(String.raw`\(${COLUMN}\)::([a-z][a-z ]*?(?:\[\])?) (?:[<>=]+|~~\*?) `, 'g');
/** A text column compared with a text literal shows a cast to text which no index minds. */
const HARMLESS_CASTS = new Set(['text', 'bpchar', 'character varying']);
const TEXT_TYPES = /^(text|character|varchar|char|name|"char"|citext)/;

const plan = (
  filter: string,
) => `Seq Scan on orders  (cost=0.00..9000.00 rows=50 width=40) (actual time=0.01..80.0 rows=10 loops=1)
  Filter: ${filter}
  Rows Removed by Filter: 99990
Execution Time: 81.0 ms`;

export const functionOrCastHidesIndex = definePlanRule({
  id: 'plan/function-or-cast-hides-index',
  since: '0.1.0',
  title: 'Function or cast on a filtered column',
  docs: {
    problem: 'A filter compares the result of a function or cast on a column, and nearly all rows fail it.',
    why: 'An index on the column does not know the results; the condition has to be about the bare column, or the index about the expression.',
    thresholds: 'Keeps < 5 % of the rows read, as for sequential scans (ExplainSQL).',
    whenToIgnore: 'An index on the expression exists already, and the planner is right not to use it.',
  },
  examples: [
    {
      title: 'a day compared with a cast timestamp',
      bad: plan("((placed_at)::date = '2026-01-01'::date)"),
      says: 'Seq Scan on orders compares placed_at::date: an index on placed_at cannot serve it.',
    },
    {
      title: 'an address in lower case',
      bad: plan("(lower(email) = 'a@b.org'::text)"),
      says: 'Seq Scan on orders compares lower(email): an index on email cannot serve it.',
    },
    {
      title: 'a day compared with a cast timestamp, as VERBOSE prints it',
      bad: plan("((orders.placed_at)::date = '2026-01-01'::date)"),
      says: 'Seq Scan on orders compares placed_at::date: an index on placed_at cannot serve it.',
    },
    { title: 'a function of another table', good: plan('(lower(c.email) = (orders.email)::text)') },
    { title: 'the cast of a varchar, which no index minds', good: plan("((code)::text = 'x'::text)") },
    { title: 'a function of the other side', good: plan('(placed_at > now())') },
  ],
  check({ tree, catalog, report }) {
    for (const node of tree.nodes) {
      const { rowsActual, rowsRemovedByFilter: removed, selfMs, selfBlocks } = node.figures;
      if (!node.relation || !removed || rowsActual === undefined) continue;
      const kept = rowsActual / (rowsActual + removed);
      const hidden = hiddenColumn(node, catalog);
      if (kept >= KEPT_SHARE || !hidden) continue;
      report({
        node,
        message: `${nameOf(node)} compares ${hidden.expression}: an index on ${hidden.column} cannot serve it.`,
        evidence: `Filter: ${condition(node, 'Filter')}; ${rows(rowsActual)} kept, ${rows(removed)} removed${spent(selfMs)}`,
        savesMs: partOf(selfMs, 1 - kept),
        savesBlocks: partOf(selfBlocks, 1 - kept),
        nextStep: `Compare ${hidden.column} itself (with a range, or a literal of its type), or index ${hidden.expression} if that is immutable.`,
        steps: [{ kind: 'rewrite', title: 'How to write the condition', rule: hidden.rule }],
      });
    }
  },
});

interface HiddenColumn {
  readonly column: string;
  readonly expression: string;
  /** The rule over SQL text that says how to write it. */
  readonly rule: string;
}

function hiddenColumn(node: PlanNode, catalog?: Catalog): HiddenColumn | undefined {
  const filter = condition(node, 'Filter');
  for (const [, owner, column = '', type = ''] of filter.matchAll(CAST)) {
    if (isForeign(owner, node) || (HARMLESS_CASTS.has(type) && !isKnownNotText(node, column, catalog))) continue;
    return { column, expression: `${column}::${type}`, rule: 'query/cast-on-column' };
  }
  for (const [whole, name = '', owner, column = ''] of filter.matchAll(FUNCTION)) {
    if (isForeign(owner, node) || /^(any|all|and|or|not|row|in)$/i.test(name)) continue;
    const expression = whole.replace(/ (?:[<>=]+|~~\*?|IS) $/, '').replace(`${owner}.`, '');
    return { column, expression, rule: 'query/function-on-column' };
  }
  return undefined;
}

/** A value that comes from another table may be computed as it likes. */
function isForeign(owner: string | undefined, node: PlanNode): boolean {
  return owner !== undefined && owner.replaceAll('"', '') !== (node.alias ?? node.relation);
}

function isKnownNotText(node: PlanNode, column: string, catalog?: Catalog): boolean {
  const type = relationOf(node, catalog)?.columns.find(
    candidate => candidate.name === column.replaceAll('"', ''),
  )?.type;
  return type !== undefined && !TEXT_TYPES.test(type);
}

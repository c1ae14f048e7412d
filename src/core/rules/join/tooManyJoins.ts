import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list } from '../support/expressions';
import { fromItems } from '../support/fromItems';
import type { FromItem } from '../support/fromItems';
import { leavesOf } from '../support/mentions';

export const tooManyJoins = defineRule({
  id: 'join/too-many-joins',
  since: '0.2.0',
  severity: 'hint',
  title: 'More joined tables than are planned together',
  nodes: ['JoinExpr', ','],
  docs: {
    problem:
      'The query joins more relations by JOIN than `join_collapse_limit` (8 unless set otherwise), or lists as many as `geqo_threshold` (12).',
    why: 'Beyond the first limit PostgreSQL keeps parts of the order as written, so the selective tables should come first; from the second on it tries only some of the orders.',
    whenToIgnore: 'The order as written is good, or planning time matters more than the plan.',
  },
  messages: {
    genetic:
      '{count} relations are joined; from {limit} on PostgreSQL tries only some of the join orders (geqo): the plan may be far from the best.',
    many: '{count} relations are joined; beyond {limit} PostgreSQL keeps the order as written: put the selective ones first, or raise join_collapse_limit.',
  },
  examples: [
    {
      title: 'nine tables',
      bad: 'SELECT 1 FROM a JOIN b ON b.id = a.b JOIN c ON c.id = a.c JOIN d ON d.id = a.d JOIN e ON e.id = a.e JOIN f ON f.id = a.f JOIN g ON g.id = a.g JOIN h ON h.id = a.h JOIN i ON i.id = a.i',
      flags: 'i',
    },
    {
      title: 'twelve tables between commas',
      bad: 'SELECT 1 FROM a, b, c, d, e, f, g, h, i, j, k, l WHERE a.id = b.id AND b.id = c.id AND c.id = d.id AND d.id = e.id AND e.id = f.id AND f.id = g.id AND g.id = h.id AND h.id = i.id AND i.id = j.id AND j.id = k.id AND k.id = l.id',
      flags: 'l',
    },
    {
      title: 'ten tables between commas, which are planned together',
      good: 'SELECT 1 FROM a, b, c, d, e, f, g, h, i, j WHERE a.id = b.id AND b.id = c.id AND c.id = d.id AND d.id = e.id AND e.id = f.id AND f.id = g.id AND g.id = h.id AND h.id = i.id AND i.id = j.id',
    },
    {
      title: 'eight tables',
      good: 'SELECT 1 FROM a JOIN b ON b.id = a.b JOIN c ON c.id = a.c JOIN d ON d.id = a.d JOIN e ON e.id = a.e JOIN f ON f.id = a.f JOIN g ON g.id = a.g JOIN h ON h.id = a.h',
    },
    { title: 'many columns', good: 'SELECT a, b, c, d, e, f, g, h, i, j FROM wide' },
    {
      title: 'functions do not have an order',
      good: 'SELECT 1 FROM orders o, unnest(o.a) a, unnest(o.b) b, unnest(o.c) c, unnest(o.d) d, unnest(o.e) e, unnest(o.f) f, unnest(o.g) g, unnest(o.h) h',
    },
    {
      title: "PostgreSQL's catalogs",
      good: 'SELECT 1 FROM pg_class a JOIN pg_index b ON true JOIN pg_class c ON true JOIN pg_class d ON true JOIN pg_class e ON true JOIN pg_class f ON true JOIN pg_class g ON true JOIN pg_class h ON true JOIN pg_class i ON true',
    },
  ],
  check({ statement, catalog, thresholds, find, report }) {
    const configured = Number(catalog?.settings.join_collapse_limit);
    const limit = configured > 1 ? configured : thresholds.joinedRelations;
    for (const query of find('SelectStmt')) {
      const from = list(query.fields.fromClause);
      const trees = from.filter(item => unwrap(item)?.type === 'JoinExpr');
      if (trees.length === 0 && from.length < GEQO_THRESHOLD) continue;
      const items = fromItems(query, catalog);
      // Tables between commas are planned together however many they are; a tree of JOINs only up to the limit.
      for (const tree of trees) {
        const joined = withoutFunctions(leavesOf(tree, items));
        if (joined.length <= limit || isSystem(joined)) continue;
        const at = rangeIn(statement, joined[limit]!);
        if (at) report({ at, message: 'many', values: { count: joined.length, limit } });
      }
      const listed = withoutFunctions(items);
      if (trees.length > 0 || listed.length < GEQO_THRESHOLD || isSystem(listed)) continue;
      const at = rangeIn(statement, listed[GEQO_THRESHOLD - 1]!);
      if (at) report({ at, message: 'genetic', values: { count: listed.length, limit: GEQO_THRESHOLD } });
    }
  },
});

/** The default of geqo_threshold. */
const GEQO_THRESHOLD = 12;

function withoutFunctions(items: readonly FromItem[]): readonly FromItem[] {
  return items.filter(item => item.type !== 'RangeFunction');
}

function isSystem(items: readonly FromItem[]): boolean {
  return items.every(item => item.table?.name.startsWith('pg_'));
}

function rangeIn(statement: ParsedStatement, { type, fields }: FromItem): SourceRange | undefined {
  return statement.rangeOf(type, fields);
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list } from '../support/expressions';
import { fromItems } from '../support/fromItems';

export const tooManyJoins = defineRule({
  id: 'join/too-many-joins',
  since: '0.2.0',
  severity: 'hint',
  title: 'More joined tables than are planned together',
  nodes: ['SelectStmt'],
  docs: {
    problem: 'The query joins more relations than `join_collapse_limit` (8 unless set otherwise).',
    why: 'Beyond the limit PostgreSQL no longer looks for the best join order: it keeps parts of the order as written, so the selective tables should come first.',
    whenToIgnore: 'The order as written is good, or planning time matters more than the plan.',
  },
  messages: {
    many: '{count} relations are joined; beyond {limit} PostgreSQL keeps the order as written: put the selective ones first, or raise join_collapse_limit.',
  },
  examples: [
    {
      title: 'nine tables',
      bad: 'SELECT 1 FROM a JOIN b ON b.id = a.b JOIN c ON c.id = a.c JOIN d ON d.id = a.d JOIN e ON e.id = a.e JOIN f ON f.id = a.f JOIN g ON g.id = a.g JOIN h ON h.id = a.h JOIN i ON i.id = a.i',
      flags: 'i',
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
      if (
        list(query.fields.fromClause).every(item => unwrap(item)?.type !== 'JoinExpr') &&
        list(query.fields.fromClause).length <= limit
      )
        continue;
      const items = fromItems(query, catalog).filter(item => item.type !== 'RangeFunction');
      if (items.length <= limit || items.every(item => item.table?.name.startsWith('pg_'))) continue;
      const item = items[limit]!;
      const at = statement.rangeOf(item.type, item.fields);
      if (at) report({ at, message: 'many', values: { count: items.length, limit } });
    }
  },
});

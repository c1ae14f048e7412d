import { defineRule } from '../defineRule';
import { createdIndex } from '../support/indexElements';

export const wideKey = defineRule({
  id: 'index/wide-key',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['IndexStmt'],
  title: 'Index with many key columns',
  guideline: { guide: '004', section: 'Best Practices Summary' },
  docs: {
    problem: 'The key has more columns than the threshold `indexKeyColumns`.',
    why: 'Only the leading columns narrow the search; the others make every page hold fewer entries. Columns that are only read can stand in INCLUDE.',
    whenToIgnore: 'The index is unique over all of its columns, or one important query filters and sorts by every one.',
  },
  messages: {
    wide: '{count} key columns: columns that are only read belong into INCLUDE, the last ones rarely narrow a search.',
  },
  examples: [
    {
      title: 'six columns',
      bad: 'CREATE INDEX ON farm.milk_production (farm_id, cow_id, session, milked_at, fat, protein)',
      flags: '(farm_id, cow_id, session, milked_at, fat, protein',
    },
    { title: 'two', good: 'CREATE INDEX ON farm.milk_production (farm_id, milked_at)' },
    {
      title: 'the rest included',
      good: 'CREATE INDEX ON farm.milk_production (farm_id, milked_at) INCLUDE (cow_id, session, fat, protein)',
    },
    {
      title: 'uniqueness needs them',
      good: 'CREATE UNIQUE INDEX ON farm.milk_production (farm_id, cow_id, session, milked_at, source)',
    },
    {
      title: 'GIN, where each column is a search of its own',
      good: 'CREATE INDEX ON docs USING gin (a, b, c, d, e, f)',
    },
  ],
  check({ statement, thresholds, report }) {
    const created = createdIndex(statement);
    if (!created || created.unique || created.method !== 'btree' || created.keys.length <= thresholds.indexKeyColumns)
      return;
    const start = statement.text.lastIndexOf('(', created.keys[0]!.range.start);
    report({
      at: { start, end: created.keys.at(-1)!.range.end },
      message: 'wide',
      values: { count: created.keys.length },
    });
  },
});

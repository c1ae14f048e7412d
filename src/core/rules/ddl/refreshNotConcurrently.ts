import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileIndex } from '../fileContext';
import type { NodeFields } from '../nodeIndex';
import type { Index } from '../../catalog/catalog';
import { asTable } from '../support/expressions';
import { existingTable, insertion, leadingWords } from '../support/existingTable';

export const refreshNotConcurrently = defineRule({
  id: 'ddl/refresh-not-concurrently',
  since: '0.2.0',
  severity: 'info',
  kinds: ['RefreshMatViewStmt'],
  needs: ['file'],
  title: 'REFRESH that blocks the readers of a materialized view',
  guideline: { guide: '003', section: 'Automated Refresh Strategy' },
  docs: {
    problem: 'Nobody can read the materialized view until the refresh is done, which takes as long as its query.',
    why: 'The refresh holds an ACCESS EXCLUSIVE lock. The view has a unique index over plain columns, so `CONCURRENTLY` is possible: readers see the old rows meanwhile. It compares old and new rows, which takes longer when most of them change.',
    whenToIgnore: 'Nobody reads the view at that time, or nearly all of its rows change.',
  },
  messages: {
    blocks: 'Readers of {view} wait until this is done; it has a unique index, so it can be refreshed CONCURRENTLY.',
  },
  examples: [
    {
      title: 'a view with a unique index',
      schema:
        '-- daily_counts: 50000 rows\nCREATE TABLE daily_counts (day date, n int); CREATE UNIQUE INDEX ON daily_counts (day);',
      bad: 'REFRESH MATERIALIZED VIEW daily_counts',
      flags: 'REFRESH MATERIALIZED VIEW',
      fixed: 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts',
    },
    { title: 'without blocking', good: 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts' },
    { title: 'a view nothing is known of', good: 'REFRESH MATERIALIZED VIEW daily_counts' },
    {
      title: 'a unique index over an expression, which CONCURRENTLY does not accept',
      schema: "CREATE TABLE daily (zone text, n int); CREATE UNIQUE INDEX ON daily (coalesce(zone, ''));",
      good: 'REFRESH MATERIALIZED VIEW daily',
    },
    {
      title: 'emptying it',
      schema: 'CREATE TABLE daily (day date); CREATE UNIQUE INDEX ON daily (day);',
      good: 'REFRESH MATERIALIZED VIEW daily WITH NO DATA',
    },
    {
      title: 'the first filling of a new view',
      good: 'CREATE MATERIALIZED VIEW daily AS SELECT day FROM counts WITH NO DATA; CREATE UNIQUE INDEX ON daily (day); REFRESH MATERIALIZED VIEW daily;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    const refresh = unwrap(statement.tree)?.fields;
    const relation = refresh?.relation as NodeFields | undefined;
    if (!relation || refresh?.concurrent === true || refresh?.skipData === true) return;
    const view = asTable(relation);
    const existing = existingTable(view, context);
    if (!existing) return;
    const isSuitable =
      existing.relation?.indexes.some(covers) === true || file.indexesOn(view.name, view.schema).some(coversInFile);
    if (!isSuitable) return;
    const at = leadingWords(statement.text, /^refresh\s+materialized\s+view\b/i);
    report({
      at,
      message: 'blocks',
      values: { view: view.name },
      ...existing.size,
      fixes: [
        {
          title: 'Refresh it CONCURRENTLY',
          // Refused for a view that was never filled.
          safe: false,
          edits: [insertion(at.end, ' CONCURRENTLY')],
        },
      ],
    });
  },
});

/** Unique over plain columns, without a condition: what REFRESH ... CONCURRENTLY asks for. */
function covers(index: Index): boolean {
  return index.unique && index.valid && index.predicate === undefined && !index.keys.some(key => key.includes('('));
}

function coversInFile(index: FileIndex): boolean {
  return index.unique && !index.partial && !index.keys.includes(undefined);
}

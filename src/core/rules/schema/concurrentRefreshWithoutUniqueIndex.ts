import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const concurrentRefreshWithoutUniqueIndex = defineRule({
  id: 'schema/concurrent-refresh-without-unique-index',
  since: '0.2.0',
  severity: 'error',
  kinds: ['RefreshMatViewStmt'],
  needs: ['file'],
  title: 'REFRESH CONCURRENTLY without a usable unique index',
  docs: {
    problem: 'The materialized view has no unique index over plain columns and all rows.',
    why: 'REFRESH ... CONCURRENTLY matches old and new rows by such an index and fails without it. An index with an expression, as coalesce(zone_id, 0), or with WHERE does not count; NULLs in plain columns are fine.',
    whenToIgnore: 'The index is created elsewhere before this runs.',
  },
  messages: {
    none: '{view} has no unique index: REFRESH CONCURRENTLY fails.',
    unusable:
      'No unique index of {view} counts for REFRESH CONCURRENTLY, because each has an expression or a WHERE: it fails.',
  },
  examples: [
    {
      title: 'no unique index',
      bad: 'CREATE MATERIALIZED VIEW daily AS SELECT day, count(*) AS n FROM orders GROUP BY day; CREATE INDEX ON daily (day); REFRESH MATERIALIZED VIEW CONCURRENTLY daily;',
      flags: 'CONCURRENTLY',
    },
    {
      title: 'only one over an expression',
      bad: 'CREATE MATERIALIZED VIEW hourly AS SELECT camera_id, zone_id, count(*) AS n FROM counting_results GROUP BY 1, 2; CREATE UNIQUE INDEX ON hourly (camera_id, COALESCE(zone_id, 0)); REFRESH MATERIALIZED VIEW CONCURRENTLY hourly;',
      flags: 'CONCURRENTLY',
    },
    {
      title: 'a unique index over columns',
      good: 'CREATE MATERIALIZED VIEW daily AS SELECT day, count(*) AS n FROM orders GROUP BY day; CREATE UNIQUE INDEX ON daily (day); REFRESH MATERIALIZED VIEW CONCURRENTLY daily;',
    },
    { title: 'an unknown view', good: 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily' },
    { title: 'with a lock', good: 'CREATE MATERIALIZED VIEW daily AS SELECT 1 AS n; REFRESH MATERIALIZED VIEW daily;' },
    {
      title: 'two indexes, of which one counts',
      good: 'CREATE MATERIALIZED VIEW v AS SELECT id, name FROM users; CREATE UNIQUE INDEX ON v (lower(name)); CREATE UNIQUE INDEX ON v (id) INCLUDE (name); REFRESH MATERIALIZED VIEW CONCURRENTLY v;',
    },
    {
      title: 'the index in a schema-qualified statement',
      good: 'CREATE MATERIALIZED VIEW app.v AS SELECT id FROM users; CREATE UNIQUE INDEX v_id ON app.v USING btree (id); REFRESH MATERIALIZED VIEW CONCURRENTLY v;',
    },
  ],
  check({ statement, catalog, file, report }) {
    const fields = unwrap(statement.tree)?.fields;
    if (fields?.concurrent !== true || !fields.relation) return;
    const name = asTable(fields.relation as NodeFields);
    const view = knownTable(name, { file, catalog });
    if (!view?.isMaterializedView) return;
    const unique = view.keys.filter(key => key.unique);
    if (unique.some(({ columns, predicate }) => predicate === undefined && !columns.includes(undefined))) return;
    const word = /\bconcurrently\b/i.exec(statement.text);
    if (!word) return;
    report({
      at: { start: word.index, end: word.index + word[0].length },
      message: unique.length > 0 ? 'unusable' : 'none',
      values: { view: name.name },
    });
  },
});

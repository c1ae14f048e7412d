import { findRelation } from '../../catalog/catalog';
import { findFormerColumn } from '../../catalog/systemCatalog/formerColumns';
import { isAlive } from '../../catalog/systemCatalog/lifespan';
import { columnsIn } from '../../catalog/systemCatalog/systemCatalog';
import type { SystemRelation } from '../../catalog/systemCatalog/systemCatalog';
import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { closestName } from '../support/closestName';
import { SYSTEM_NAMES, systemColumnUses, systemRelationOf } from '../support/systemColumns';
import type { SystemColumnUse } from '../support/systemColumns';

export const unknownSystemColumn = defineRule({
  id: 'monitoring/unknown-system-column',
  since: '0.2.0',
  severity: 'error',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'A column the system view does not have',
  docs: {
    problem:
      'The statement names a column that PostgreSQL’s catalog or statistics view does not have, or not in this version.',
    why: 'Columns of these views are renamed and moved between major versions, and similar views name the same thing differently (`relname` here, `tablename` there). In a PL/pgSQL function the error only comes when it is called.',
    whenToIgnore: 'The statement runs only on servers older than PostgreSQL 14.',
  },
  messages: {
    renamed: '{column} is no column of {relation} since PostgreSQL {version}: it is called {now}.',
    mistaken: '{column} is no column of {relation}; it is called {now} there.',
    replaced: '{column} is no column of {relation} since PostgreSQL {version}; instead: {instead}.',
    unknown: '{column} is no column of {relation}.',
    tooNew: '{relation} has the column {column} since PostgreSQL {version} only; the server is version {server}.',
    relationTooNew: '{relation} exists since PostgreSQL {version} only; the server is version {server}.',
  },
  examples: [
    {
      title: 'the names before PostgreSQL 13',
      bad: 'SELECT query, mean_time FROM pg_stat_statements ORDER BY mean_time DESC LIMIT 20',
      flags: 'mean_time',
      fixed: 'SELECT query, mean_exec_time AS mean_time FROM pg_stat_statements ORDER BY mean_exec_time DESC LIMIT 20',
    },
    {
      title: 'names of pg_indexes, asked of the statistics view',
      bad: 'SELECT s.indexname, s.idx_scan FROM pg_stat_user_indexes s WHERE s.tablename = $1',
      flags: ['indexname', 'tablename'],
      fixed: 'SELECT s.indexrelname AS indexname, s.idx_scan FROM pg_stat_user_indexes s WHERE s.relname = $1',
    },
    {
      title: 'several catalogs, none of which has it',
      bad: 'SELECT schemaname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace',
      flags: 'schemaname',
    },
    {
      title: 'moved to another view',
      bad: 'SELECT waiting FROM pg_stat_activity',
      flags: 'waiting',
    },
    { title: 'a slip', bad: 'SELECT datname, xact_comit FROM pg_stat_database', flags: 'xact_comit' },
    {
      title: 'in a subquery, which does not see what is beside it',
      bad: 'SELECT d.n FROM (SELECT count(*) AS n FROM pg_class GROUP BY tablename) d',
      flags: 'tablename',
      fixed: 'SELECT d.n FROM (SELECT count(*) AS n FROM pg_class GROUP BY relname) d',
    },
    {
      title: 'a lateral subquery sees it',
      good: 'SELECT p.n FROM (SELECT $1 AS tablename) w, LATERAL (SELECT count(*) AS n FROM pg_class WHERE relname = tablename) p',
    },
    { title: 'tablename is right in pg_stats', good: 'SELECT tablename, attname, n_distinct FROM pg_stats' },
    {
      title: 'a name given by the query',
      good: 'SELECT relname AS tablename, n_dead_tup FROM pg_stat_user_tables ORDER BY tablename',
    },
    {
      title: 'the implied name of an aggregate',
      good: 'SELECT state, count(*) FROM pg_stat_activity GROUP BY state ORDER BY count DESC',
    },
    {
      title: 'it may be a column of the other table',
      good: 'SELECT tablename, seq_scan FROM pg_stat_user_tables s JOIN watched_tables w ON w.name = s.relname',
    },
    {
      title: 'a CTE of the same name',
      good: 'WITH pg_stat_activity AS (SELECT 1 AS waiting) SELECT waiting FROM pg_stat_activity',
    },
    {
      title: 'a column of the outer query',
      good: 'SELECT d.name FROM databases d WHERE EXISTS (SELECT 1 FROM pg_database p WHERE p.datname = d.name)',
    },
    { title: 'a whole row', good: 'SELECT row_to_json(s) FROM pg_settings s' },
    { title: 'hidden columns of a table', good: 'SELECT xmin, ctid, oid, relname FROM pg_class' },
    {
      title: 'a parameter of the function around it',
      good: 'CREATE FUNCTION dead(tablename name) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = tablename; END',
    },
    {
      title: 'a view of one’s own',
      good: 'SELECT mean_time FROM monitoring.pg_stat_statements',
    },
    {
      title: 'names given to the columns of a view',
      good: 'SELECT a.owner FROM pg_tables AS a (schema, name, owner)',
    },
  ],
  check({ statement, catalog, serverVersion, body, find, rangeOf, report }) {
    const major = serverVersion === undefined ? undefined : Math.floor(serverVersion / 10_000);
    for (const range of find('RangeVar')) {
      const relation = systemRelationOf(range.fields);
      if (relation === undefined || major === undefined || isAlive(relation, major)) continue;
      const { since = 0 } = relation;
      const values = { relation: relation.name, version: since, server: major };
      if (major < since) report({ at: rangeOf(range), message: 'relationTooNew', values });
    }
    const reported = new Set<string>();
    const uses = systemColumnUses(find, body?.variables).filter(
      use => use.lifespan === undefined || use.lifespan.until !== undefined || !isAlive(use.lifespan, major),
    );
    for (const use of uses) {
      const column = use.name.name;
      const relation = relationMeant(use);
      const key = `${relation.name}.${column}`;
      if (reported.has(key)) continue;
      reported.add(key);
      const whole = rangeOf(use.node);
      const at = lastName(statement, whole, column) ?? whole;
      const values = { relation: use.relations.length > 1 ? namesOf(use.relations) : relation.name, column };
      const { lifespan } = use;
      if (lifespan && isAlive(lifespan, major) && major !== undefined) continue;
      // An extension may be older than its server.
      if (catalog && findRelation(catalog, relation.name)?.columns.some(({ name }) => name === column)) continue;
      if (lifespan?.since !== undefined && major !== undefined && major < lifespan.since) {
        report({ at, message: 'tooNew', values: { ...values, version: lifespan.since, server: major } });
        continue;
      }
      // Some versions have it: wrong only on the others.
      const severity = lifespan !== undefined && major === undefined ? ('info' as const) : ('error' as const);
      const former = findFormerColumn(relation.name, column);
      const near = former ?? { now: closestName(column, columnsIn(relation, major ?? 18)) };
      const same = uses.filter(other => relationMeant(other) === relation && other.name.name === column);
      const fixes = severity === 'error' && near.now !== undefined ? renameFixes(statement, use, same, near.now) : [];
      if (former?.now !== undefined && former.since !== undefined) {
        const renamed = { ...values, now: former.now, version: former.since };
        report({ at, severity, message: 'renamed', values: renamed, fixes });
      } else if (near.now !== undefined) {
        const { now } = near;
        const where = use.relations.length > 1 ? `${now} (of ${relation.name})` : now;
        report({ at, severity, message: 'mistaken', values: { ...values, now: where }, fixes });
      } else if (former?.instead !== undefined) {
        const replaced = { ...values, instead: former.instead, version: former.since ?? '' };
        report({ at, severity, message: 'replaced', values: replaced });
      } else if (severity === 'error') report({ at, message: 'unknown', values });
    }
  },
});

/** Of several relations, the one that has the name under another one. */
function relationMeant({ relations, name }: SystemColumnUse): SystemRelation {
  return relations.find(relation => findFormerColumn(relation.name, name.name)) ?? relations[0]!;
}

function namesOf(relations: readonly SystemRelation[]): string {
  return [...new Set(relations.map(({ name }) => name))].join(', ');
}

/** The column's own part of `s.indexname`. */
function lastName(statement: ParsedStatement, range: SourceRange, name: string): SourceRange | undefined {
  const start = range.end - name.length;
  const isWritten = statement.text.slice(start, range.end).toLowerCase() === name;
  return isWritten && start >= range.start ? { start, end: range.end } : undefined;
}

/** All uses get the new name at once; an output column keeps the old one, which is what the caller reads. */
function renameFixes(
  statement: ParsedStatement,
  use: SystemColumnUse,
  uses: readonly SystemColumnUse[],
  now: string,
): Fix[] {
  if (use.relations.length > 1) return [];
  const edits = uses.map(({ node, name }) => {
    const whole = statement.rangeOf(node.type, node.fields);
    const range = whole && lastName(statement, whole, name.name);
    return range && { range, newText: isOutput(node) ? `${now} AS ${name.name}` : now };
  });
  const known = edits.filter(edit => edit !== undefined);
  return known.length === edits.length ? [{ title: `Rename to ${now}`, safe: true, edits: known }] : [];
}

function isOutput({ parent }: SystemColumnUse['node']): boolean {
  return parent?.type === 'ResTarget' && parent.key === 'targetList' && parent.fields.name === undefined;
}

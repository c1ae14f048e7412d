import { formatBytes, formatCost, formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql/identifiers';
import type { MigrationPlan, MigrationStep } from '../migration/migrationPlan';
import { dollarQuoted } from '../migration/migrationScript';
import type { ViewDesign } from './design';
import type { ViewEstimate } from './viewSize';

export interface ViewFacts {
  readonly catalog: Catalog;
  /** Roles that may read all of the view's tables, beside their owner. */
  readonly readers: readonly string[];
  /** When the view is filled anew: a schedule of pg_cron. */
  readonly schedule: string;
}

/** The statements that make a view, keep it fresh, and take it away again. */
export function viewMigration(design: ViewDesign, estimate: ViewEstimate, facts: ViewFacts): MigrationPlan {
  const { catalog, readers, schedule } = facts;
  const view = quoteQualified(design.schema, design.name);
  const id = `materialized-view:${design.schema}.${design.name}`;
  const hasCron = catalog.extensions.some(({ name }) => name === 'pg_cron');
  const steps: MigrationStep[] = [createView(design, estimate, view), uniqueIndex(design, view), analyze(view)];
  if (readers.length > 0) steps.push(grants(view, readers));
  if (hasCron) steps.push(scheduled(design, view, schedule));
  return {
    id,
    title: `Materialized view ${view}`,
    notes: [
      `Its rows are those of the last refresh: a query over it does not see what was written since. With the schedule ${schedule} they are as old as the time between two refreshes and the refresh itself.`,
      `Each refresh runs the view's query again: planner cost ${formatCost(estimate.refreshCost)}. CONCURRENTLY lets readers go on, and writes only the rows that differ.`,
      ...(hasCron
        ? []
        : [
            `pg_cron is not installed here: run "REFRESH MATERIALIZED VIEW CONCURRENTLY ${view}" from your own scheduler, or install pg_cron and run cron.schedule(${quoteLiteral(jobName(design))}, ${quoteLiteral(schedule)}, ...).`,
          ]),
      ...(readers.length === 0 ? ['Nobody but the owner reads its tables, so nobody else is granted the view.'] : []),
    ],
    steps,
  };
}

function createView(design: ViewDesign, estimate: ViewEstimate, view: string): MigrationStep {
  const mark = `Made by Query Tuner for ${design.members.length === 1 ? 'a query' : `${design.members.length} queries`}; its rows are those of the last refresh.`;
  const columns = [...design.dimensions, ...design.measures].map(({ column }) => quoteLiteral(column)).join(', ');
  return {
    id: 'create-view',
    title: `Create ${view}`,
    explanation: `Runs the query once and keeps its rows: about ${formatCount(estimate.groups)} of them, ${formatBytes(estimate.bytes)} (estimated). No ORDER BY: whoever reads the view orders it. No now(): it would be frozen at each refresh.`,
    sql: [
      `CREATE MATERIALIZED VIEW ${view} AS\n${design.query}`,
      `COMMENT ON MATERIALIZED VIEW ${view} IS ${quoteLiteral(mark)}`,
    ],
    inverse: [`DROP MATERIALIZED VIEW ${view}`],
    runsInTransaction: true,
    locks: 'ACCESS SHARE on its tables while it is filled: reads and writes go on.',
    isDone: `SELECT coalesce((SELECT c.relkind = 'm' AND array_agg(a.attname::text ORDER BY a.attnum) = ARRAY[${columns}]
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.oid = to_regclass(${quoteLiteral(view)}) GROUP BY c.relkind), false)`,
    undoObstacle: `SELECT CASE WHEN to_regclass(${quoteLiteral(view)}) IS NULL THEN ${quoteLiteral(`${view} is already gone`)}
  WHEN obj_description(to_regclass(${quoteLiteral(view)}), 'pg_class') IS DISTINCT FROM ${quoteLiteral(mark)}
  THEN ${quoteLiteral(`${view} is no longer the view that was made: its comment was changed`)} END`,
  };
}

/** REFRESH ... CONCURRENTLY needs a unique index of plain columns over all rows (commands/matview.c). */
function uniqueIndex(design: ViewDesign, view: string): MigrationStep {
  const name = `${design.name}_key`;
  const columns = design.dimensions.length > 0 ? design.dimensions : design.measures.slice(0, 1);
  const keys = columns.map(({ column }) => quoteIdentifier(column)).join(', ');
  const index = quoteQualified(design.schema, name);
  return {
    id: 'unique-index',
    title: 'Make it refreshable without locking readers out',
    explanation:
      'REFRESH MATERIALIZED VIEW CONCURRENTLY needs a unique index on plain columns: no expressions, no WHERE. NULLs in them are fine.',
    sql: [`CREATE UNIQUE INDEX ${quoteIdentifier(name)} ON ${view} (${keys})`],
    inverse: [`DROP INDEX ${index}`],
    runsInTransaction: true,
    locks: 'SHARE on the new view, which nobody reads yet.',
    isDone: `SELECT to_regclass(${quoteLiteral(index)}) IS NOT NULL`,
  };
}

function analyze(view: string): MigrationStep {
  return {
    id: 'analyze',
    title: 'Let the planner know its rows',
    explanation: 'A new view has no statistics until ANALYZE.',
    sql: [`ANALYZE ${view}`],
    inverse: [],
    runsInTransaction: true,
    locks: 'SHARE UPDATE EXCLUSIVE on the view: reads go on.',
  };
}

function grants(view: string, readers: readonly string[]): MigrationStep {
  const roles = readers.map(role => (role === 'public' ? 'PUBLIC' : quoteIdentifier(role))).join(', ');
  return {
    id: 'grant',
    title: 'Let those read it who read its tables',
    explanation: 'Only roles that may read every table of the view.',
    sql: [`GRANT SELECT ON ${view} TO ${roles}`],
    inverse: [`REVOKE SELECT ON ${view} FROM ${roles}`],
    runsInTransaction: true,
    locks: 'None that anybody waits for.',
  };
}

function scheduled(design: ViewDesign, view: string, schedule: string): MigrationStep {
  const job = quoteLiteral(jobName(design));
  const command = dollarQuoted(`REFRESH MATERIALIZED VIEW CONCURRENTLY ${view}`, 'refresh');
  return {
    id: 'schedule',
    title: 'Refresh it regularly',
    explanation: `By pg_cron, in the time zone cron.timezone (GMT unless set): minute hour day month weekday.`,
    sql: [`SELECT cron.schedule(${job}, ${quoteLiteral(schedule)}, ${command})`],
    inverse: [`SELECT cron.unschedule(${job})`],
    runsInTransaction: true,
    locks: 'None now; each refresh takes EXCLUSIVE on the view, which readers do not wait for.',
    isDone: `SELECT EXISTS (SELECT FROM cron.job WHERE jobname = ${job})`,
    onlyWhen: 'pg_cron is installed in this database',
  };
}

function jobName({ schema, name }: ViewDesign): string {
  return `refresh ${schema}.${name}`;
}

import { formatBytes } from '../../base/units';
import type { MaintenanceFacts, MaterializedViewFacts } from '../facts';
import type { MaintenanceTask } from '../task';

/** A refresh a day, in the order in which the views read each other. How fresh they must be, only people know. */
export function materializedViewTasks({ materializedViews }: MaintenanceFacts): MaintenanceTask[] {
  return materializedViews.map(view => ({
    id: `refresh ${view.name}`,
    cadence: 'daily',
    title: `Refresh ${view.name}`,
    reason: `${formatBytes(view.bytes)}. ${how(view)} Daily is a guess: as often as its readers need it.`,
    basis: 'catalog',
    source: 'guide 002, 9.3 refreshes monthly, guide 000 every four hours; CONCURRENTLY fails there without the index',
    guideline: { guide: '002', section: '9.3 Monthly Maintenance' },
    statements: [`REFRESH MATERIALIZED VIEW ${isConcurrent(view) ? 'CONCURRENTLY ' : ''}${view.name}`],
    locks: isConcurrent(view)
      ? 'Readers go on with the old rows.'
      : 'ACCESS EXCLUSIVE: whoever reads the view waits until it is done.',
  }));
}

function isConcurrent({ hasUniqueIndex, populated }: MaterializedViewFacts): boolean {
  return hasUniqueIndex && populated;
}

function how(view: MaterializedViewFacts): string {
  if (isConcurrent(view)) return 'It has a unique index, so readers need not wait.';
  if (!view.populated)
    return 'It holds no rows yet: the first refresh cannot be CONCURRENTLY; make a new plan after it.';
  return 'It has no unique index on plain columns without WHERE, so readers wait; with one it could be CONCURRENTLY.';
}

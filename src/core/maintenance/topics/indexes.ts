import type { MaintenanceFacts } from '../facts';
import type { MaintenanceTask } from '../task';

/** Indexes are built anew where bloat was found, and not by the calendar: an index of the right size gains nothing. */
export function indexTasks({ indexes }: MaintenanceFacts): MaintenanceTask[] {
  const repairs = indexes.map(({ name, problem, detail, basis, statements }): MaintenanceTask => ({
    id: `${problem}-index ${name}`,
    cadence: 'now',
    title: problem === 'invalid' ? `Put the invalid index ${name} right` : `Build the bloated index ${name} anew`,
    reason: detail,
    basis,
    source:
      problem === 'invalid'
        ? 'manual, CREATE INDEX: a failed CONCURRENTLY leaves one behind that slows writes and helps no query'
        : 'guide 002, 9.2 does this weekly, for two indexes by name; guide 000 and 004 lock the tables for it',
    guideline: { guide: '002', section: '9.2 Weekly Maintenance' },
    statements,
    locks: 'CONCURRENTLY: reads and writes go on; it waits for transactions that are open.',
  }));
  return [
    ...repairs,
    {
      id: 'review-indexes',
      cadence: 'monthly',
      title: 'Review the indexes: unused, duplicate, bloated, missing',
      reason: 'query-tuner advise --existing, or "Review Existing Indexes": each with its figures and the way back.',
      basis: 'general',
      source: 'guides 002, 5.4 and 004: index maintenance; by what is found, not by the number of scans',
      guideline: { guide: '002', section: '5.4 Index Maintenance' },
      statements: [],
    },
  ];
}

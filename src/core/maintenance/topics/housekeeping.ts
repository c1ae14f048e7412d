import type { MaintenanceFacts } from '../facts';
import type { MaintenanceTask } from '../task';

/** What keeps the maintenance itself in order, and what no statement can do. */
export function housekeepingTasks({ cronVersion }: MaintenanceFacts): MaintenanceTask[] {
  return [
    {
      id: 'look-at-health',
      cadence: 'daily',
      title: 'Look at the health of the server',
      reason:
        'query-tuner health --fail-on warning: long statements and transactions, dead rows, waits, lag; better still, alerts (query-tuner monitoring).',
      basis: 'general',
      source: 'guide 002, 9.1 asks for two of these by hand',
      guideline: { guide: '002', section: '9.1 Daily Maintenance' },
      statements: [],
    },
    ...(cronVersion === null ? [] : [cronDetails()]),
    {
      id: 'review-statements',
      cadence: 'monthly',
      title: 'Review what the server spends its time on',
      reason: 'query-tuner advise --statements: indexes for what pg_stat_statements counted.',
      basis: 'general',
      source: 'guide 002, 9.3: review slow queries; by total time, as many quick ones may cost more than a slow one',
      guideline: { guide: '002', section: '9.3 Monthly Maintenance' },
      statements: [],
    },
    {
      id: 'verify-backup',
      cadence: 'monthly',
      title: 'Restore the newest backup somewhere, and look into it',
      reason:
        'A backup that was never restored is a hope. pg_verifybackup checks the files of a base backup, pg_amcheck the restored tables and indexes.',
      basis: 'general',
      source: 'no guide has it; manual, pg_verifybackup and pg_amcheck',
      statements: [],
    },
  ];
}

function cronDetails(): MaintenanceTask {
  return {
    id: 'cron-job-details',
    cadence: 'weekly',
    title: "Delete old rows of pg_cron's own log",
    reason: 'cron.job_run_details gets a row for each run, and pg_cron never deletes one.',
    basis: 'catalog',
    source: 'pg_cron, its own documentation',
    statements: [`DELETE FROM cron.job_run_details WHERE end_time < now() - interval '14 days'`],
    locks: 'None on tables of yours.',
  };
}

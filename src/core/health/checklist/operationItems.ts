import { formatCount } from '../../base/units';
import type { ChecklistFacts, ChecklistFinding, ChecklistItem } from './checklist';
import { CHECKLIST } from './section';

export const OPERATION_ITEMS: readonly ChecklistItem[] = [
  {
    id: 'dashboards',
    title: 'There is a dashboard',
    target: 'a monitoring system asks this server',
    correction: 'The YAML of guide 002, 8.2 is no exporter’s format.',
    guideline: CHECKLIST,
    evaluate: ({ monitors, sessions }) => ({
      verdict: monitors.length > 0 ? 'pass' : 'cannot be seen',
      figure:
        monitors.length > 0
          ? `connected: ${monitors.slice(0, 3).join(', ')}`
          : sessions
            ? 'no program is connected that calls itself one'
            : 'sessions of others are hidden from this role',
      remedy: 'query-tuner monitoring --as grafana, with --as prometheus-queries',
    }),
  },
  {
    id: 'alerts',
    title: 'There are alert rules',
    target: 'somebody is called when a health check fails',
    correction:
      'Of the three rules of guide 002, 8.3 one never fires, one hardly moves, and one compares bytes with seconds.',
    guideline: CHECKLIST,
    evaluate: () => ({
      verdict: 'cannot be seen',
      figure: 'rules lie in the monitoring system',
      remedy: 'query-tuner monitoring --as prometheus-rules',
    }),
  },
  {
    id: 'maintenance',
    title: 'Maintenance is scheduled',
    target: 'jobs that run and do not fail',
    correction:
      'VACUUM FULL every month and REINDEX every week, as guide 002, 9 has it, are not maintenance; its REINDEX names no schema and fails.',
    guideline: CHECKLIST,
    evaluate: maintenance,
  },
];

function maintenance({ cron }: ChecklistFacts): ChecklistFinding {
  const remedy = 'query-tuner maintenance --as cron | script | crontab | systemd';
  if (!cron) return { verdict: 'cannot be seen', figure: 'no pg_cron here; jobs of the machine do not show', remedy };
  const { jobs, failed } = cron;
  if (failed > 0) {
    return {
      verdict: 'fail',
      figure: `${formatCount(failed)} runs of pg_cron failed within a week`,
      remedy: `SELECT * FROM cron.job_run_details WHERE status = 'failed' ORDER BY start_time DESC`,
    };
  }
  if (jobs === 0) return { verdict: 'cannot be seen', figure: 'pg_cron has no job for this database', remedy };
  return { verdict: 'pass', figure: `${formatCount(jobs)} jobs of pg_cron, none failed within a week` };
}

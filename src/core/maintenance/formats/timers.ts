import { calendarTime, cronTime, scheduledCadences } from '../schedule';
import type { MaintenancePlan } from '../task';

/** Where the script is to lie; the text says so. */
const SCRIPT = '/usr/local/bin/postgresql-maintenance.sh';

/** A line for each cadence. `flock` lets no run begin while the one before is still at it. */
export function crontabLines(plan: MaintenancePlan): string {
  return [
    `# The script of "query-tuner maintenance --as script", as ${SCRIPT}. Lines of a user's crontab (crontab -e).`,
    '# cron mails what a command prints on failure to MAILTO, where mail works.',
    ...scheduledCadences(plan).map(
      cadence =>
        `${cronTime(cadence, 0)} flock -n "$HOME/.postgresql-maintenance.${cadence}.lock" ${SCRIPT} ${cadence} >/dev/null`,
    ),
    '',
  ].join('\n');
}

/** A service that takes the cadence as its name, and a timer for each; systemd starts no service that still runs. */
export function systemdUnits(plan: MaintenancePlan): string {
  const cadences = scheduledCadences(plan);
  const service = `# /etc/systemd/system/postgresql-maintenance@.service
[Unit]
Description=PostgreSQL maintenance, %i

[Service]
Type=oneshot
User=postgres
ExecStart=${SCRIPT} %i
`;
  const timers = cadences.map(
    cadence => `# /etc/systemd/system/postgresql-maintenance-${cadence}.timer
[Unit]
Description=PostgreSQL maintenance, ${cadence}

[Timer]
OnCalendar=${calendarTime(cadence)}
# A machine that was off then does it once it is on again.
Persistent=true
Unit=postgresql-maintenance@${cadence}.service

[Install]
WantedBy=timers.target
`,
  );
  const names = cadences.map(cadence => `postgresql-maintenance-${cadence}.timer`).join(' ');
  return [
    `# The script of "query-tuner maintenance --as script", as ${SCRIPT}. Each part below is a file of its own.\n`,
    service,
    ...timers,
    `# systemctl daemon-reload && systemctl enable --now ${names}\n`,
  ].join('\n');
}

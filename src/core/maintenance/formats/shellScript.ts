import { shellWord } from '../../base/shellWord';
import { CADENCES, type MaintenancePlan, type MaintenanceTask } from '../task';
import { tasksOf } from '../schedule';
import { describeTask } from './lines';

/** A lock that is not to be had soon is waited for another day: whoever waits for one makes others wait. */
const LOCK_TIMEOUT = '10s';

/**
 * A bash script for cron or systemd: `maintenance.sh daily`. Every command is a psql of its own, outside any
 * transaction; one that fails does not keep the others from running, but the script ends with 1.
 */
export function maintenanceScript(plan: MaintenancePlan): string {
  return `#!/usr/bin/env bash
# Maintenance of the database ${oneLine(plan.database)}: now | daily | weekly | monthly
# Where and as whom: PGHOST, PGPORT, PGUSER and ~/.pgpass, or PGSERVICE. The tables' owner or, from PostgreSQL 17 on, a
# member of pg_maintain may do all of it.
set -u
[ -n "\${PGDATABASE:-}" ] || PGDATABASE=${shellWord(plan.database)}
export PGDATABASE
export PGOPTIONS="-c statement_timeout=0 -c lock_timeout=${LOCK_TIMEOUT}"
# Building an index CONCURRENTLY waits for open transactions, in nobody's way; given up it leaves an invalid one behind.
PATIENT="-c statement_timeout=0"
export PGAPPNAME=maintenance

failed=0

# run TITLE COMMAND
run() {
  echo "$(date '+%F %T') $1"
  psql -X -q -v ON_ERROR_STOP=1 -c "$2" || { echo "failed: $1" >&2; failed=1; }
}

# each TITLE QUERY: runs every command that the query gives
each() {
  echo "$(date '+%F %T') $1"
  printf '%s\\n\\\\gexec\\n' "$2" | psql -X -q -v ON_ERROR_STOP=1 -f - || { echo "failed: $1" >&2; failed=1; }
}

case "\${1:-}" in
${CADENCES.map(cadence => branch(plan, cadence)).join('\n')}
  *)
    echo "usage: $0 now|daily|weekly|monthly" >&2
    exit 2
    ;;
esac
exit "$failed"
`;
}

function branch(plan: MaintenancePlan, cadence: MaintenanceTask['cadence']): string {
  const lines = tasksOf(plan, cadence).flatMap(task => [
    ...describeTask(task).map(each => `# ${each}`),
    ...commands(task),
  ]);
  return [`  ${cadence})`, ...[...lines, ':'].map(line => `    ${line}`), '    ;;'].join('\n');
}

function commands({ title, statements, generatedBy }: MaintenanceTask): string[] {
  if (generatedBy !== undefined) return [`each ${shellWord(title)} ${shellWord(oneLine(generatedBy))}`];
  return statements.map(statement => {
    const patience = /\bINDEX CONCURRENTLY\b/i.test(statement) ? 'PGOPTIONS="$PATIENT" ' : '';
    return `${patience}run ${shellWord(title)} ${shellWord(statement)}`;
  });
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ');
}

import type { HistoryEntry, StatementHistory } from '../core/plan/history';
import type { HistoryEntryView, HistoryView } from './planPanel';

/** The runs of one statement as the panel shows them. */
export function buildHistoryView({ entries: runs, withPlan, baseline }: StatementHistory): HistoryView {
  const entries = runs.map((run, i): HistoryEntryView => {
    const note = noteOf(run, runs[i - 1]);
    const { id, at, executionMs, blocks, totalCost } = run;
    return { id, at, executionMs, blocks, totalCost, hasPlan: withPlan.has(id), ...(note && { note }) };
  });
  return { entries, ...(baseline !== undefined && { baseline }) };
}

/** "sample, PostgreSQL 18.4, database shop". */
export function describePlace({ server, database }: Pick<HistoryEntry, 'server' | 'database'>): string {
  return `${server}, database ${database}`;
}

/** What was different from the run before. */
function noteOf(run: HistoryEntry, previous: HistoryEntry | undefined): string {
  const parts: string[] = [];
  if (!run.analyzed) parts.push(run.isGeneric ? 'estimated, without values' : 'estimated');
  const values = Object.entries(run.parameters ?? {}).map(([name, value]) => `${name} = ${value ?? 'NULL'}`);
  if (!previous) return [...parts, ...values].join('; ');
  if (run.shape !== previous.shape) parts.push('other plan');
  if (describePlace(run) !== describePlace(previous)) parts.push(`on ${describePlace(run)}`);
  const [now, then] = [run.valuesHash, previous.valuesHash];
  if (now !== undefined && then !== undefined && now !== then && !run.isGeneric) {
    parts.push(values.length > 0 ? values.join(', ') : 'other values');
  }
  const names = new Set([...Object.keys(previous.settings), ...Object.keys(run.settings)]);
  // The way to a generic plan, not a setting of anybody's.
  if (run.isGeneric || previous.isGeneric) names.delete('plan_cache_mode');
  for (const name of names) {
    if (previous.settings[name] !== run.settings[name]) parts.push(`${name} = ${run.settings[name] ?? 'default'}`);
  }
  return parts.join('; ');
}

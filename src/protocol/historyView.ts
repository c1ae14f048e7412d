import type { HistoryEntry, PlanHistory } from '../core/plan/history';
import { runsOf } from '../core/plan/history';
import type { HistoryEntryView, HistoryView } from './planPanel';

/** The runs of one statement as the panel shows them. */
export function buildHistoryView(history: PlanHistory, fingerprint: string): HistoryView {
  const runs = runsOf(history, fingerprint);
  const baseline = history.baselines[fingerprint];
  const entries = runs.map((run, i): HistoryEntryView => {
    const note = noteOf(run, runs[i - 1]);
    const { id, at, executionMs, blocks, totalCost } = run;
    return { id, at, executionMs, blocks, totalCost, ...(note && { note }) };
  });
  return { entries, ...(baseline !== undefined && { baseline }) };
}

/** What was different from the run before. */
function noteOf(run: HistoryEntry, previous: HistoryEntry | undefined): string {
  const parts: string[] = run.analyzed ? [] : ['estimated'];
  if (!previous) return parts.join('; ');
  if (run.shape !== previous.shape) parts.push('other plan');
  if (run.server !== previous.server || run.database !== previous.database)
    parts.push(`on ${run.server}/${run.database}`);
  if (run.parametersHash !== previous.parametersHash) parts.push('other parameters');
  const names = new Set([...Object.keys(previous.settings), ...Object.keys(run.settings)]);
  for (const name of names) {
    if (previous.settings[name] !== run.settings[name]) parts.push(`${name} = ${run.settings[name] ?? 'default'}`);
  }
  return parts.join('; ');
}

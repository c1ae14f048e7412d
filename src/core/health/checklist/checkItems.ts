import { worstStatus } from '../assess';
import type { HealthResult } from '../check';
import type { ChecklistFinding, ChecklistFacts, ChecklistItem } from './checklist';
import { CHECKLIST } from './section';

/** Items that health checks answer: the worst of them decides. */
function byChecks(ids: readonly string[], remedy: string): (facts: ChecklistFacts) => ChecklistFinding {
  return ({ checks }) => {
    const results = ids.flatMap(id => checks.get(id) ?? []);
    const status = worstStatus(results.map(result => result.status));
    const bad = results.filter(result => result.status === 'critical' || result.status === 'warning');
    const told = (bad.length > 0 ? bad : results).map(tell).join('; ');
    if (results.length === 0 || status === 'unknown') {
      return { verdict: 'cannot be seen', figure: told || 'nobody asked', remedy };
    }
    // One that is unknown among good ones leaves the answer open.
    const isOpen = bad.length === 0 && results.some(result => result.status === 'unknown');
    return { verdict: bad.length > 0 ? 'fail' : isOpen ? 'cannot be seen' : 'pass', figure: told, remedy };
  };
}

/** What is well needs no more than its figure. */
function tell({ title, shown, detail, status }: HealthResult): string {
  return `${title}: ${status === 'ok' && shown !== '' ? shown : [shown, detail].filter(Boolean).join(', ')}`;
}

export const CHECK_ITEMS: readonly ChecklistItem[] = [
  {
    id: 'autovacuum',
    title: 'Autovacuum keeps up',
    target: 'on everywhere, no table beyond its threshold for long',
    correction:
      'Guide 002 tunes it by six workers with 2 GB of maintenance_work_mem each (12 GB); set autovacuum_work_mem, and scale factors for the large tables.',
    guideline: CHECKLIST,
    evaluate: byChecks(
      ['autovacuum-off', 'dead-tuples', 'vacuum-lag', 'analyze-lag'],
      'query-tuner health; query-tuner maintenance',
    ),
  },
  {
    id: 'indexes-created',
    title: 'The indexes that queries need are there',
    target: 'no large table read whole again and again, no foreign key without an index',
    correction:
      'Only a workload tells which are missing; of the 114 indexes in the guides many are refused, unused or repeated.',
    guideline: CHECKLIST,
    evaluate: byChecks(
      ['tables-read-whole', 'missing-foreign-key-indexes', 'invalid-indexes'],
      'query-tuner advise --statements',
    ),
  },
  {
    id: 'unused-indexes',
    title: 'Unused and repeated indexes are gone',
    target: 'none unused for 30 days, none that repeats another',
    correction:
      'idx_scan = 0 alone is no proof: the counters may be young, a constraint may need the index, and a standby counts its own scans.',
    guideline: CHECKLIST,
    evaluate: byChecks(['unused-indexes', 'duplicate-indexes'], 'query-tuner advise --existing'),
  },
  {
    id: 'slow-queries',
    title: 'Plans of slow queries were reviewed',
    target: 'no statement over 1 s on average',
    correction: 'Whether somebody looked cannot be seen; what is slow can. Sort by total time too: quick ones add up.',
    guideline: CHECKLIST,
    evaluate: byChecks(['slow-statements'], 'query-tuner advise --statements; query-tuner explain FILE --analyze'),
  },
];

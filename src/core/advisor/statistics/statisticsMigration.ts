import { hashText } from '../../base/hashText';
import type { MigrationPlan } from '../migration/migrationPlan';
import type { StatisticsCandidate } from './statisticsCandidates';

/** Statistics that a trial found to help, with what it found. */
export interface HelpfulStatistics {
  readonly candidate: StatisticsCandidate;
  /** One sentence with the figures of the trial. */
  readonly verdict: string;
}

/** The statistics as a migration of one step each. */
export function statisticsMigration(helpful: readonly HelpfulStatistics[]): MigrationPlan {
  const titles = helpful.map(({ candidate }) => candidate.title);
  return {
    id: `statistics:${hashText(JSON.stringify(helpful.map(({ candidate }) => candidate.sql)))}`,
    title: titles.length === 1 ? titles[0]! : `${titles.length} statistics`,
    notes: [
      'Statistics change plans of every statement over the table, not only of the one that was looked at; no result changes.',
    ],
    steps: helpful.map(({ candidate, verdict }, place) => ({
      id: `statistics-${place + 1}`,
      title: candidate.title,
      explanation: `${candidate.why} Tried: ${verdict}.`,
      sql: candidate.sql,
      inverse: candidate.inverse,
      runsInTransaction: true,
      locks: 'SHARE UPDATE EXCLUSIVE on the table: reads and writes go on, VACUUM and DDL wait.',
      isDone: candidate.isDone,
    })),
  };
}

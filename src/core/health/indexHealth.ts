import { formatBytes, formatCount } from '../base/units';
import type { HealthCheck, HealthItem } from './check';
import { defineCheck } from './check';

/** A finding of the review of existing indexes, as far as the health report tells of it. */
export interface IndexConcern {
  readonly [column: string]: unknown;
  readonly problem: string;
  readonly name: string;
  readonly detail: string;
  readonly bytes: number | null;
  /** What would put it right; null where nothing can be run here. */
  readonly sql: readonly string[] | null;
}

interface Kind {
  readonly id: string;
  readonly title: string;
  readonly problems: readonly string[];
  readonly none: string;
  readonly broken?: boolean;
}

const KINDS: readonly Kind[] = [
  {
    id: 'invalid-indexes',
    title: 'Invalid indexes',
    problems: ['invalid'],
    none: 'every index is valid',
    broken: true,
  },
  {
    id: 'unused-indexes',
    title: 'Unused indexes',
    problems: ['unused'],
    none: 'none is known to have been unused for 30 days',
  },
  {
    id: 'duplicate-indexes',
    title: 'Duplicate indexes',
    problems: ['duplicate', 'redundant prefix'],
    none: 'no index repeats another',
  },
  { id: 'bloated-indexes', title: 'Bloated indexes', problems: ['bloated'], none: 'none is twice its needed size' },
  {
    id: 'missing-foreign-key-indexes',
    title: 'Foreign keys without an index',
    problems: ['missing foreign key index'],
    none: 'every foreign key that needs one has an index',
  },
];

/** Checks on the review of the indexes there are: no query of their own, their rows are the review's findings. */
export const INDEX_CHECKS: readonly HealthCheck[] = KINDS.map(({ id, title, problems, none, broken }) =>
  defineCheck<IndexConcern>({
    id,
    title,
    group: 'indexes',
    unit: 'indexes',
    limits: { worse: 'above', warning: 0, critical: broken ? 0 : Infinity },
    source: 'the review of existing indexes (query-tuner advise --existing)',
    query: () => ({ unavailable: 'the indexes were not reviewed' }),
    assess(concerns, limits) {
      const mine = concerns.filter(({ problem }) => problems.includes(problem));
      if (mine.length === 0) return { value: 0, detail: none };
      const bytes = mine.reduce((sum, concern) => sum + (concern.bytes ?? 0), 0);
      return {
        value: mine.length,
        detail: `${formatCount(mine.length)}${bytes > 0 ? `, ${formatBytes(bytes)}` : ''}`,
        items: mine.map(concern => toItem(concern, limits.critical === 0)),
        step: { title: 'Review indexes', action: 'review indexes' },
      };
    },
  }),
);

function toItem({ name, detail, sql }: IndexConcern, isCritical: boolean): HealthItem {
  return {
    name,
    detail,
    status: isCritical ? 'critical' : 'warning',
    ...(sql && { step: { title: 'Show what to do', action: 'show sql', sql: sql.map(each => `${each};`).join('\n') } }),
  };
}

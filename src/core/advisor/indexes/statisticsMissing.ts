import type { Relation } from '../../catalog/catalog';

/** Tables of which the planner knows nothing: what was said of their costs is a guess. A sentence for each kind. */
export function missingStatistics(relations: readonly Relation[]): string[] {
  const stored = relations.filter(({ kind }) => kind === 'table' || kind === 'materialized view');
  const never = stored.filter(({ rowEstimate }) => rowEstimate === undefined);
  const hidden = stored.filter(
    ({ rowEstimate = 0, columns }) => rowEstimate > 0 && columns.every(({ statistics }) => statistics === undefined),
  );
  return [
    ...(never.length > 0
      ? [`never analysed: ${names(never)}; costs and sizes there are PostgreSQL's guesses: run ANALYZE and ask again`]
      : []),
    ...(hidden.length > 0
      ? [
          `no statistics to be seen of ${names(hidden)}: run ANALYZE (after an upgrade or a restore there are none), or ask as a role that may read the tables`,
        ]
      : []),
  ];
}

function names(relations: readonly Relation[]): string {
  const shown = relations.slice(0, 10).map(({ schema, name }) => `${schema}.${name}`);
  return shown.join(', ') + (relations.length > 10 ? ` and ${relations.length - 10} more` : '');
}

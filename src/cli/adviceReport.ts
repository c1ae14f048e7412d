import type { ExistingIndexFinding, IndexReview } from '../core/advisor/existingIndexes/index';
import type { WorkloadAdvice } from '../core/advisor/indexes/adviseWorkload';
import type { RedundantIndex } from '../core/advisor/indexes/redundantIndexes';
import { formatBytes, formatCost, formatCount, formatMs } from '../core/base/units';
import type { WorkloadEntry } from '../core/workload/workload';
import type { ReadWorkload } from '../database/workload/readStatStatements';

export interface ReportedAdvice {
  readonly workload?: ReadWorkload;
  readonly advice?: WorkloadAdvice;
  readonly existing?: IndexReview;
}

/** The JSON of `advise`. Without a workload its lists are empty and `whatIf` is null. */
export function adviceReport({ workload, advice, existing }: ReportedAdvice, elapsedMs: number): object {
  const observed = new Map(workload?.entries.map(entry => [entry.id, entry]));
  return {
    version: 1,
    whatIf: advice?.whatIf ?? null,
    ...(advice?.whatIfDetail !== undefined && { whatIfDetail: advice.whatIfDetail }),
    elapsedMs,
    optimizerCalls: advice?.optimizerCalls ?? 0,
    ...(advice?.timeLimitReached !== undefined && { timeLimitReached: advice.timeLimitReached }),
    indexes: advice?.indexes ?? [],
    redundant: advice?.redundant ?? [],
    ...(advice && {
      workload: {
        ...advice.workload,
        source: workload?.source,
        notes: [...(workload?.notes ?? []), ...advice.notes],
        queries: advice.workload.queries.map(query => ({ ...query, ...observedFigures(observed.get(query.id)) })),
      },
    }),
    skipped: advice?.skipped ?? [],
    ...(existing && { existing }),
  };
}

function observedFigures(entry: WorkloadEntry | undefined): object {
  if (!entry) return {};
  const { calls, totalMs, place } = entry;
  return {
    calls,
    ...(totalMs !== undefined && { totalMs, meanMs: totalMs / Math.max(1, calls) }),
    ...(place !== undefined && { place }),
  };
}

export function adviceSql({ advice, existing }: ReportedAdvice): string {
  const lines = advice?.indexes.flatMap(({ change }) => change.sql.map(sql => `${sql};`)) ?? [];
  for (const redundant of newlyRedundant(advice, existing)) {
    const { sql, inverse } = redundant.change;
    lines.push(
      `-- ${redundantInWords(redundant)}`,
      ...sql.map(each => `-- ${each};`),
      ...inverse.map(each => `-- Undo: ${each};`),
    );
  }
  for (const finding of existing?.findings ?? []) lines.push(...findingSql(finding));
  return lines.join('\n');
}

/** The review tells of those that are redundant already. */
function newlyRedundant(
  advice: WorkloadAdvice | undefined,
  existing: IndexReview | undefined,
): readonly RedundantIndex[] {
  const told = new Set(existing?.findings.map(({ index }) => index));
  return advice?.redundant.filter(({ index }) => !told.has(index)) ?? [];
}

function redundantInWords({ index, because, sizeBytes, scans }: RedundantIndex): string {
  const size = sizeBytes === undefined ? '' : `; ${formatBytes(sizeBytes)}`;
  return `redundant: ${index}: ${because}${size}${scans === undefined ? '' : `, used ${formatCount(scans)} times`}`;
}

/** What needs a second thought stands there as a comment. */
function findingSql({ title, severity, evidence, change, cautions }: ExistingIndexFinding): string[] {
  if (!change) return [`-- ${title}: ${evidence.text}`];
  return [
    `-- ${title}: ${evidence.text}`,
    ...cautions.map(caution => `-- Note: ${caution}`),
    ...change.sql.map(sql => `${severity === 'info' ? '-- ' : ''}${sql};`),
    ...change.inverse.map(sql => `-- Undo: ${sql};`),
  ];
}

export function adviceText(report: ReportedAdvice): string {
  return [
    ...(report.advice ? workloadLines(report.advice, report) : []),
    ...(report.existing ? reviewLines(report.existing) : []),
  ].join('\n');
}

function workloadLines(advice: WorkloadAdvice, { workload, existing }: ReportedAdvice): string[] {
  const { indexes, skipped, whatIf, whatIfDetail, optimizerCalls, timeLimitReached } = advice;
  const { costBefore, costAfter } = advice.workload;
  return [
    ...indexes.map(
      ({ change, estimatedBytes, queries, why }) =>
        `${change.sql.join(';\n')};\n  ${formatBytes(estimatedBytes)}, for ${statementsInWords(queries)}: ${why}`,
    ),
    ...(indexes.length === 0 ? ['no index would make this workload noticeably cheaper'] : []),
    ...newlyRedundant(advice, existing).flatMap(redundant => [
      redundantInWords(redundant),
      ...redundant.change.sql.map(sql => `  ${sql};`),
      ...redundant.change.inverse.map(sql => `  undo: ${sql};`),
    ]),
    ...byReason(advice.workload.queries, reason => reason),
    ...byReason(skipped, reason => `skipped: ${reason}`),
    ...dearest(advice, workload),
    ...[...(workload?.notes ?? []), ...advice.notes].map(note => `note: ${note}`),
    ...(timeLimitReached ? ['note: the time limit was reached; more time may find a better set'] : []),
    ...(whatIfDetail === undefined ? [] : [`note: ${whatIfDetail}`]),
    `workload cost ${formatCount(costBefore)} -> ${formatCount(costAfter)} (${whatIf}, ${optimizerCalls} plans)`,
  ];
}

/** Statements to be named one by one: a list of hundreds tells nothing. */
const MOST_NAMED = 20;

function statementsInWords(ids: readonly number[]): string {
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.length === 1 ? 'statement' : 'statements'} ${ids.slice(0, MOST_NAMED).join(', ')}${more}`;
}

/** Why statements got no index or were not planned; those with the same reason together. */
function byReason(
  statements: readonly { readonly id: number; readonly reason?: string }[],
  say: (reason: string) => string,
): string[] {
  const reasons = new Map<string, number[]>();
  for (const { id, reason } of statements)
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  const lines = [...reasons].map(([reason, ids]) => `${statementsInWords(ids)}: ${say(reason)}`);
  return lines.length > MOST_NAMED
    ? [...lines.slice(0, MOST_NAMED), `and ${lines.length - MOST_NAMED} more reasons; --format json has them all`]
    : lines;
}

/** Statements that take the most time, as measured by whoever counted them. */
function dearest(advice: WorkloadAdvice, workload: ReadWorkload | undefined): string[] {
  const costs = new Map(advice.workload.queries.map(query => [query.id, query]));
  const timed = (workload?.entries ?? []).filter(({ totalMs }) => totalMs !== undefined);
  return timed.slice(0, 10).map(({ id, sql, calls, totalMs = 0 }) => {
    const cost = costs.get(id);
    const change = cost ? `, cost ${formatCost(cost.costBefore)} -> ${formatCost(cost.costAfter)}` : '';
    const text = sql.replace(/\s+/g, ' ');
    return `statement ${id}: ${formatMs(totalMs)} in ${formatCount(Math.round(calls))} calls${change}: ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
  });
}

function reviewLines({ findings, indexes, totalBytes, notes }: IndexReview): string[] {
  return [
    ...findings.flatMap(({ severity, problem, title, evidence, change, alternative, cautions }) => [
      `${severity}: ${problem}: ${title}`,
      `  ${evidence.text}${evidence.how === 'measured' ? ' (measured)' : ''}`,
      ...cautions.map(caution => `  note: ${caution}`),
      ...(change?.sql.map(sql => `  ${sql};`) ?? []),
      ...(change?.inverse.map(sql => `  undo: ${sql};`) ?? []),
      ...(alternative?.sql.map(sql => `  or: ${sql};`) ?? []),
    ]),
    ...notes.map(note => `note: ${note}`),
    `${formatCount(indexes)} indexes (${formatBytes(totalBytes)}), ${findings.length} findings`,
  ];
}

import { formatCount, formatMs, formatTimes } from '../base/units';
import { differencesInSetup, type BenchmarkResult, type StatementBuffers } from './benchmark';
import { COMPARISON_METHOD, compareLatencies, type LatencyComparison } from './compareLatencies';
import { textTable, type Row } from './textTable';

type Style = 'text' | 'markdown';

/** A benchmark and, if given, how it compares with an earlier one, as aligned text or as Markdown. */
export function benchmarkText(result: BenchmarkResult, before: BenchmarkResult | undefined, style: Style): string {
  const heading = (text: string): string => (style === 'markdown' ? `## ${text}` : text);
  const list = (lines: readonly string[]): string => lines.map(line => `- ${line}`).join('\n');
  const notes = [
    ...result.notes,
    ...(result.latencies.runs < 100 ? ['A 95th percentile takes at least 20 runs, a 99th 100: fewer have none.'] : []),
  ];
  const sections = [
    style === 'markdown' ? `# Benchmark: ${oneLine(result.title)}` : `Benchmark: ${oneLine(result.title)}`,
    summaryOf(result),
    ...(before ? comparison(before, result, heading, style) : [textTable(overview([result]), style)]),
    heading(result.statements.length === 1 ? 'Statement' : 'Statements'),
    textTable(statementRows(result), style),
    ...(result.failures.length > 0
      ? [
          heading('Runs that failed'),
          list(
            result.failures.map(({ sqlState, message, count }) => `${formatCount(count)} × ${message} (${sqlState})`),
          ),
        ]
      : []),
    ...(notes.length > 0 ? [heading('Notes'), list(notes)] : []),
  ];
  return sections.join('\n\n');
}

/** One sentence: what a comparison says. */
export function verdictText({ verdict, change, interval }: LatencyComparison): string {
  const amount = (share: number): string => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`;
  const range = interval ? ` (95 % interval ${amount(interval.low)} to ${amount(interval.high)})` : '';
  switch (verdict) {
    case 'faster':
      return `Faster by more than noise: the average latency changed by ${amount(change)}${range}.`;
    case 'slower':
      return `Slower by more than noise: the average latency changed by ${amount(change)}${range}.`;
    case 'no difference':
      return `No difference beyond noise: the average latency changed by ${amount(change)}${range}.`;
    case 'too few runs':
      return `Too few runs to tell ${amount(change)} from noise: at least 10 of each are needed.`;
  }
}

function comparison(
  before: BenchmarkResult,
  after: BenchmarkResult,
  heading: (text: string) => string,
  style: Style,
): string[] {
  const doubts = differencesInSetup(before, after);
  return [
    heading('Before and after'),
    textTable(overview([before, after]), style),
    verdictText(compareLatencies(before.latencies, after.latencies)),
    ...(doubts.length > 0 ? [`Compare with care: ${doubts.join('; ')}.`] : []),
    `How this is decided: ${COMPARISON_METHOD}`,
    'Both were measured one after the other: what else the machine did then is part of the difference. Measure both ' +
      'again, in turns, before you rely on a small one.',
  ];
}

/** A line a benchmark: date, workload, TPS, average, 95th percentile, notes, as teams keep them. */
function overview(results: readonly BenchmarkResult[]): Row[] {
  const names = results.length > 1 ? ['before', 'after'] : [''];
  return [
    ['Date', 'Workload', 'TPS', 'Average', 'p50', 'p95', 'p99', 'Deviation', 'Notes'],
    ...results.map((result, position): Row => {
      const { at, title, name, tps, latencies } = result;
      const note = [names[position], name === undefined ? '' : oneLine(name), formatTimes(result.clients, 'client')];
      return [
        `${at.slice(0, 16).replace('T', ' ')}`,
        shortened(oneLine(title), 24),
        formatTps(tps),
        formatMs(latencies.averageMs),
        formatMs(latencies.p50Ms),
        optionalMs(latencies.p95Ms),
        optionalMs(latencies.p99Ms),
        formatMs(latencies.standardDeviationMs),
        note.filter(Boolean).join(', '),
      ];
    }),
  ];
}

function statementRows({ statements }: BenchmarkResult): Row[] {
  return [
    ['Statement', 'Runs', 'Average', 'p50', 'p95', 'Slowest', 'Pages of one run'],
    ...statements.map(({ title, latencies, buffers }): Row => [
      oneLine(title),
      formatCount(latencies.runs),
      formatMs(latencies.averageMs),
      formatMs(latencies.p50Ms),
      optionalMs(latencies.p95Ms),
      formatMs(latencies.maximumMs),
      buffers ? describeBuffers(buffers) : '-',
    ]),
  ];
}

function summaryOf({ server, clients, seconds, warmUpSeconds, latencies, tps, rolledBack }: BenchmarkResult): string {
  const { averageInterval: interval } = latencies;
  const average = interval
    ? `${formatMs(latencies.averageMs)} on average (95 % interval ${formatMs(Math.max(0, interval.low))} to ${formatMs(interval.high)})`
    : `${formatMs(latencies.averageMs)} on average`;
  return (
    `PostgreSQL ${server}, ${formatTimes(clients, 'client')}, ${formatTimes(latencies.runs, 'run')} ` +
    `in ${formatCount(seconds)} s after ${formatCount(warmUpSeconds)} s of warm-up: ` +
    `${formatTps(tps)} a second, ${average}.` +
    (rolledBack ? ' Every run was a transaction that was rolled back.' : '')
  );
}

function describeBuffers({ hit, read, dirtied, temporary }: StatementBuffers): string {
  return [
    `${formatCount(hit)} hit`,
    `${formatCount(read)} read`,
    dirtied > 0 ? `${formatCount(dirtied)} dirtied` : '',
    temporary > 0 ? `${formatCount(temporary)} temporary` : '',
  ]
    .filter(text => text !== '')
    .join(', ');
}

function optionalMs(ms: number | null): string {
  return ms === null ? '-' : formatMs(ms);
}

/** Three digits mean something. */
function formatTps(tps: number): string {
  return formatCount(tps >= 100 ? Math.round(tps) : Number(tps.toPrecision(3)));
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

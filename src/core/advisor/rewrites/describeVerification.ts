import { formatCount, formatMs } from '../../base/units';
import type {
  Difference,
  Outcome,
  ParameterSet,
  SampleRow,
  Timing,
  TimingComparison,
  Verification,
} from './verification';

/** What a verification showed, in sentences; the first is the verdict. */
export function describeVerification(verification: Verification): string[] {
  return [
    headline(verification),
    ...verification.comparisons.flatMap(({ values, outcome }) => describeOutcome(outcome, values)),
    ...verification.timings.map(describeTimes),
    ...verification.remarks,
  ];
}

/** The verdict with what decided it and how long both took, for a message. */
export function summarizeVerification(verification: Verification): string {
  const { verdict, comparisons, timings } = verification;
  const decisive = comparisons.find(({ outcome }) => outcome.kind === verdict) ?? comparisons[0];
  const [outcome] = decisive ? describeOutcome(decisive.outcome, decisive.values) : [];
  const [timing] = timings.map(describeTimes);
  const isWorthTiming = verdict === 'equal' || verdict === 'undetermined';
  return [headline(verification), outcome, isWorthTiming ? timing : undefined].filter(Boolean).join(' ');
}

/** How long both forms took for one set of values, and whether one is clearly faster. */
export function describeTimes({ values, original, rewritten }: TimingComparison): string {
  const factor = describeFactor(original, rewritten);
  return `${forValues(values)}The original took ${describeTiming(original)}, the rewritten form ${describeTiming(rewritten)}${factor}.`;
}

function headline({ verdict, comparisons, refusal }: Verification): string {
  if (refusal !== undefined) return `Not compared: ${refusal}`;
  const sets = comparisons.filter(({ values }) => values).length;
  const tried = sets === 0 ? '' : `, for ${sets === 1 ? 'one set' : `${sets} sets`} of values`;
  switch (verdict) {
    case 'equal':
      return `Equal on the rows there are now${tried}.`;
    case 'different':
      return 'Different: do not use the rewritten form in place of the original unless this is what you want.';
    case 'undetermined':
      return `Equal on the rows there are now${tried}, but for what the query itself does not say.`;
    case 'not compared':
      return 'Not compared.';
  }
}

function describeOutcome(outcome: Outcome, values: ParameterSet | undefined): string[] {
  const about = forValues(values);
  switch (outcome.kind) {
    case 'equal': {
      const order = outcome.order === 'none' ? '' : ' in the same order (rows that tie may change places)';
      if (outcome.rows === 0) return [`${about}Both give no rows, which says little.`];
      return [`${about}Both give the same ${rows(outcome.rows)}${order}.`];
    }
    case 'undetermined':
      return [`${about}Both give ${rows(outcome.rows)}; ${outcome.reason}.`];
    case 'both fail':
      return [`${about}Both fail: ${outcome.message}.`];
    case 'not compared':
      return [`${about}${capital(outcome.reason)}.`];
    case 'different':
      return outcome.differences.map(difference => `${about}${describeDifference(difference)}`);
  }
}

/** One difference as a sentence. */
export function describeDifference(difference: Difference): string {
  switch (difference.kind) {
    case 'column count':
      return `The original has ${columns(difference.original)}, the rewritten form ${difference.rewritten}.`;
    case 'column name':
      return `Column ${difference.position} is called ${difference.original}, then ${difference.rewritten}.`;
    case 'column type':
      return `Column ${difference.position} is ${difference.original}, then ${difference.rewritten}.`;
    case 'rows':
      return describeRows(difference);
    case 'order':
      return `The order changes: at ${difference.places === 1 ? '1 place' : `${formatCount(difference.places)} places`} another sort key stands, first at row ${formatCount(difference.first)}.`;
    case 'order lost':
      return `The order cannot be the same: ${difference.reason}.`;
    case 'only one fails': {
      const [failing, other] =
        difference.form === 'original' ? ['original', 'rewritten form'] : ['rewritten form', 'original'];
      return `The ${failing} fails (${difference.message}), the ${other} does not.`;
    }
  }
}

function describeRows(difference: Extract<Difference, { kind: 'rows' }>): string {
  const { original, rewritten, missing, added, onlyRepeats } = difference;
  const parts = [
    ...(missing > 0 ? [`${formatCount(missing)} missing${exampleOf(difference.missingRows)}`] : []),
    ...(added > 0 ? [`${formatCount(added)} added${exampleOf(difference.addedRows)}`] : []),
  ];
  const repeats = onlyRepeats ? '; each row is in both, but not as often' : '';
  return `${rows(original)} become ${formatCount(rewritten)}: ${parts.join(', ')}${repeats}.`;
}

function exampleOf([row]: readonly SampleRow[]): string {
  return row && row.length > 0 ? ` (for example ${describeRow(row)})` : '';
}

/** A row as SQL would show it, long cells cut. */
export function describeRow(row: SampleRow): string {
  return `(${row.map(cell => (cell === null ? 'NULL' : cut(cell))).join(', ')})`;
}

const MOST_CELL_CHARACTERS = 40;

function cut(cell: string): string {
  return cell.length > MOST_CELL_CHARACTERS ? `${cell.slice(0, MOST_CELL_CHARACTERS - 1)}…` : cell;
}

/** `1.20 ms (median of 5 runs, 1.10 to 1.90 ms)`. */
export function describeTiming({ runs, medianMs, leastMs, mostMs }: Timing): string {
  if (runs === 1) return `${formatMs(medianMs)} (one run)`;
  return `${formatMs(medianMs)} (median of ${runs} runs, ${formatMs(leastMs)} to ${formatMs(mostMs)})`;
}

/** Below this factor, runs that overlap may well be the machine's noise. */
const LEAST_CLEAR_FACTOR = 2;

function describeFactor(original: Timing, rewritten: Timing): string {
  if (original.medianMs <= 0 || rewritten.medianMs <= 0) return '';
  const factor = original.medianMs / rewritten.medianMs;
  const overlap = original.leastMs <= rewritten.mostMs && rewritten.leastMs <= original.mostMs;
  if (overlap && factor < LEAST_CLEAR_FACTOR && factor > 1 / LEAST_CLEAR_FACTOR) {
    return '; the runs overlap, so neither is clearly faster';
  }
  return factor >= 1 ? `: ${formatFactor(factor)} times as fast` : `: ${formatFactor(1 / factor)} times as slow`;
}

function formatFactor(factor: number): string {
  return factor >= 100 ? formatCount(Math.round(factor)) : String(Number(factor.toPrecision(2)));
}

function forValues(values: ParameterSet | undefined): string {
  if (!values) return '';
  const pairs = Object.entries(values.values).map(
    ([name, value]) => `${name} = ${value === null ? 'NULL' : cut(value)}`,
  );
  return `With ${values.label} (${pairs.join(', ')}): `;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${formatCount(count)} rows`;
}

function columns(count: number): string {
  return count === 1 ? '1 column' : `${count} columns`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

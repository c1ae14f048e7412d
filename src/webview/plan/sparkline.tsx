import type { JSX } from 'preact';
import { ms } from './words';

const WIDTH = 640;
const HEIGHT = 72;
const MARGIN = 6;

interface Props {
  /** Times in ms, oldest first; a run that was only planned has none. */
  readonly values: readonly (number | undefined)[];
  /** Index of the pinned run, or -1. */
  readonly baseline: number;
}

/** How the time of a statement went from run to run. The table beside it says the same in figures. */
export function Sparkline({ values, baseline }: Props): JSX.Element | null {
  const known = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
  if (known.length < 2) return null;
  const most = Math.max(...known.map(({ value }) => value)) || 1;
  const x = (index: number): number => MARGIN + (index / (values.length - 1)) * (WIDTH - 2 * MARGIN);
  const y = (value: number): number => HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN);
  const points = known.map(({ value, index }) => ({ x: x(index), y: y(value), index, value }));
  const first = points[0]!;
  const last = points.at(-1)!;
  const pinned = points.find(point => point.index === baseline);
  const line = points.map(point => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ');
  const words =
    `Execution time over ${known.length} runs: ${ms(first.value)} at first, ${ms(last.value)} now, ` +
    `at most ${ms(most)}`;
  return (
    <figure class="sparkline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words} preserveAspectRatio="none">
        <path
          class="spark-area"
          d={`M${first.x},${HEIGHT - MARGIN} L${line.replaceAll(' ', ' L')} L${last.x},${HEIGHT - MARGIN}Z`}
        />
        {pinned && <line class="spark-baseline" x1={MARGIN} x2={WIDTH - MARGIN} y1={pinned.y} y2={pinned.y} />}
        <polyline class="spark-line" points={line} />
      </svg>
      <figcaption class="quiet">
        <span>{ms(first.value)} at first</span>
        {pinned && <span>baseline {ms(pinned.value)}</span>}
        <span>at most {ms(most)}</span>
        <strong>{ms(last.value)} now</strong>
      </figcaption>
    </figure>
  );
}

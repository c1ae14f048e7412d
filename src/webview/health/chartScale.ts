import type { HealthChart, HealthPoint } from '../../protocol/health';

/** A drawing's size, in CSS pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
}

export interface PlacedPoint {
  readonly x: number;
  /** Null for what is not known: the line has a gap there. */
  readonly y: number | null;
  readonly point: HealthPoint;
}

export interface PlacedLimit {
  readonly kind: 'target' | 'critical';
  readonly value: number;
  readonly y: number;
}

export interface ChartScale {
  readonly points: readonly PlacedPoint[];
  /** Limits that are near enough to be drawn. */
  readonly limits: readonly PlacedLimit[];
}

const MARGIN = { top: 8, bottom: 8, side: 6 };

/** A limit that is further from the values than so many times their extent would make a flat line of them. */
const NEAR = 4;

/** Where everything of a chart stands: times from left to right, the largest value on top. */
export function scaleChart({ points, limits, unit }: HealthChart, { width, height }: Frame): ChartScale {
  const values = points.flatMap(({ value }) => value ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Values that are all the same have no extent; a tenth of them stands in for it, or 1.
  const extent = Math.max(most - least, Math.abs(most) / 10) || 1;
  const lines = (
    [
      ['target', limits?.warning],
      ['critical', limits?.critical],
    ] as const
  ).flatMap(([kind, value]) =>
    typeof value === 'number' && value >= least - NEAR * extent && value <= most + NEAR * extent
      ? [{ kind, value }]
      : [],
  );
  const all = [least, most, ...lines.map(({ value }) => value)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max((high - low) * 0.1, high === low ? extent : 0);
  const lowest = low >= 0 ? Math.max(0, low - room) : low - room;
  const highest = unit === '%' ? Math.max(high, Math.min(100, high + room)) : high + room;
  const y = (value: number): number =>
    MARGIN.top + (1 - (value - lowest) / (highest - lowest || 1)) * (height - MARGIN.top - MARGIN.bottom);
  const times = points.map(({ at }) => Date.parse(at));
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const x = (time: number): number =>
    last === first ? width / 2 : MARGIN.side + ((time - first) / (last - first)) * (width - 2 * MARGIN.side);
  return {
    points: points.map((point, index) => ({
      x: x(times[index]!),
      y: point.value === null ? null : y(point.value),
      point,
    })),
    limits: lines.map(({ kind, value }) => ({ kind, value, y: y(value) })),
  };
}

/** The drawn line, in pieces between what is not known. A single point between gaps is a piece as well. */
export function linePieces(points: readonly PlacedPoint[]): string[] {
  const pieces: string[][] = [[]];
  for (const { x, y } of points) {
    if (y === null) pieces.push([]);
    else pieces.at(-1)!.push(`${x.toFixed(1)},${y.toFixed(1)}`);
  }
  return pieces.filter(piece => piece.length > 0).map(piece => piece.join(' '));
}

/** The point nearest to a place, by its distance from the left. */
export function nearestPoint(points: readonly PlacedPoint[], x: number): number {
  let best = 0;
  points.forEach((point, index) => {
    if (Math.abs(point.x - x) < Math.abs(points[best]!.x - x)) best = index;
  });
  return best;
}

/** `99.2 %`, `1,200 ms`: as many digits as mean something. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return 'not known';
  const shown =
    Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
  return `${shown} ${unit}`;
}

/** `10:21:30`, as the server's clock says, in UTC. */
export function timeText(at: string): string {
  return at.slice(11, 19);
}

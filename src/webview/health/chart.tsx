import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { HealthChart } from '../../protocol/health';
import { Icon, type IconName } from '../shared/icon';
import { useWidth } from '../shared/useWidth';
import { linePieces, nearestPoint, scaleChart, timeText, valueText } from './chartScale';

const HEIGHT = 96;

const STATUS: Readonly<Record<HealthChart['status'], { readonly icon: IconName; readonly word: string }>> = {
  ok: { icon: 'check', word: 'ok' },
  warning: { icon: 'warning', word: 'warning' },
  critical: { icon: 'error', word: 'critical' },
  unknown: { icon: 'info', word: 'not known now' },
};

/** One check: what it is now, how it went, and the same as a table for those who cannot see the line. */
export function Chart({ chart }: { readonly chart: HealthChart }): JSX.Element {
  const { id, title, status, shown, detail, target, critical, unit, points } = chart;
  const wanted = [target && `target ${target}`, critical && `critical ${critical}`].filter(Boolean).join(', ');
  return (
    <section class={`chart status-${status}`} aria-labelledby={`chart-${id}`}>
      <header>
        <h2 id={`chart-${id}`}>{title}</h2>
        <p class="now">
          <span class="status">
            <Icon name={STATUS[status].icon} /> {STATUS[status].word}
          </span>
          <strong>{shown || 'not known'}</strong>
        </p>
      </header>
      <Drawing chart={chart} />
      <p class="quiet">{wanted || 'no target'}</p>
      <p class="quiet detail">{detail}</p>
      <details>
        <summary>Values as a table</summary>
        {/* A region that scrolls must be reachable by keyboard. */}
        <div class="values" tabIndex={0} role="group" aria-label={`Values of ${title}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time (UTC)</th>
                <th scope="col" class="number">
                  {unit}
                </th>
              </tr>
            </thead>
            <tbody>
              {[...points].reverse().map(({ at, value }) => (
                <tr key={at}>
                  <td>{timeText(at)}</td>
                  <td class="number">{value === null ? 'not known' : value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function Drawing({ chart }: { readonly chart: HealthChart }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [pointed, setPointed] = useState<number>();
  const { points, limits } = scaleChart(chart, { width: Math.max(width, 1), height: HEIGHT });
  const shown = pointed === undefined ? undefined : points[Math.min(pointed, points.length - 1)];
  const last = points.at(-1);
  const onMove = (event: PointerEvent): void => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    setPointed(nearestPoint(points, event.clientX - left));
  };
  return (
    <div class="drawing" ref={box}>
      {width > 0 && (
        <svg
          viewBox={`0 0 ${width} ${HEIGHT}`}
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={describe(chart)}
          onPointerMove={onMove}
          onPointerLeave={() => setPointed(undefined)}
        >
          <rect class="ground" x="0.5" y="0.5" width={Math.max(width - 1, 0)} height={HEIGHT - 1} />
          {limits.map(({ kind, y }) => (
            <line key={kind} class={`limit ${kind}`} x1="0" x2={width} y1={y} y2={y} />
          ))}
          {linePieces(points).map(piece => (
            <polyline key={piece} class="value-line" points={piece} />
          ))}
          {last && last.y !== null && <circle class="last" cx={last.x} cy={last.y} r="3" />}
          {shown && <line class="pointer" x1={shown.x} x2={shown.x} y1="0" y2={HEIGHT} />}
          {shown && shown.y !== null && <circle class="pointed" cx={shown.x} cy={shown.y} r="4" />}
          {limits.map(({ kind, y, value }) => (
            <text key={kind} class="limit-text" x={5} y={y < 18 ? y + 12 : y - 4}>
              {`${kind} ${valueText(value, chart.unit)}`}
            </text>
          ))}
        </svg>
      )}
      <p class="readout" aria-hidden="true">
        {shown ? (
          <strong>{`${timeText(shown.point.at)}: ${valueText(shown.point.value, chart.unit)}`}</strong>
        ) : (
          <span class="quiet">{rangeText(chart)}</span>
        )}
      </p>
    </div>
  );
}

/** What the line shows, in words. */
function describe({ title, unit, points, target, critical }: HealthChart): string {
  const known = points.flatMap(({ value }) => value ?? []);
  return [
    `${title}: ${known.length} ${known.length === 1 ? 'value' : 'values'}`,
    `now ${valueText(points.at(-1)?.value ?? null, unit)}`,
    `lowest ${valueText(Math.min(...known), unit)}`,
    `highest ${valueText(Math.max(...known), unit)}`,
    target && `target ${target}`,
    critical && `critical ${critical}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function rangeText({ points, unit }: HealthChart): string {
  const known = points.flatMap(({ value }) => value ?? []);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || known.length === 0) return '';
  const times = first === last ? timeText(last.at) : `${timeText(first.at)} to ${timeText(last.at)}`;
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  return lowest === highest
    ? `${times}: always ${valueText(lowest, unit)}`
    : `${times}: ${valueText(lowest, unit)} to ${valueText(highest, unit)}`;
}

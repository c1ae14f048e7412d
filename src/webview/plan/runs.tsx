import type { JSX } from 'preact';
import type { RunsView } from '../../protocol/planPanel';
import { ms } from './words';

/** Several runs of one statement: the figures over all, and each one as a bar. */
export function RunsSummary({ runs }: { readonly runs: RunsView }): JSX.Element {
  const longest = Math.max(...runs.timesMs, 0) || 1;
  const counted = Math.max(0, runs.timesMs.length - 1);
  return (
    <section class="runs" aria-label="Several runs">
      <dl class="figures">
        <Figure name={`Median of ${counted}`} value={ms(runs.medianMs)} />
        <Figure name="Fastest" value={ms(runs.minMs)} />
        <Figure name="95 % within" value={ms(runs.p95Ms)} />
        {runs.timesMs[0] !== undefined && <Figure name="Warm-up" value={ms(runs.timesMs[0])} />}
      </dl>
      <ol class="run-bars" aria-label="Each run, the warm-up first">
        {runs.timesMs.map((time, index) => (
          <li key={index} class={index === 0 ? 'warm-up' : undefined} title={runTitle(index, time)}>
            <span class="run-bar" style={{ height: `${Math.max(4, (time / longest) * 100)}%` }} />
            <span class="sr-only">{runTitle(index, time)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function runTitle(index: number, time: number): string {
  return index === 0 ? `Warm-up: ${ms(time)} (not counted)` : `Run ${index}: ${ms(time)}`;
}

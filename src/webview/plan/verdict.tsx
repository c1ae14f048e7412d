import type { JSX } from 'preact';
import type { ComparisonView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { count, ms, times } from './words';

const VERDICTS = {
  better: { icon: 'faster', text: 'Better' },
  same: { icon: 'equal', text: 'No real difference' },
  worse: { icon: 'slower', text: 'Worse' },
} as const;

/** The answer in one line: before -> after, and by how much. */
export function VerdictStrip({ comparison }: { readonly comparison: ComparisonView }): JSX.Element {
  const verdict = VERDICTS[comparison.verdict];
  const measured = comparison.beforeMs !== undefined && comparison.afterMs !== undefined;
  const before = measured ? comparison.beforeMs : comparison.beforeCost;
  const after = measured ? comparison.afterMs : comparison.afterCost;
  const known = before !== undefined && after !== undefined;
  const longest = known ? Math.max(before, after) : 0;
  return (
    <section class={`verdict ${comparison.verdict}`} aria-label="Before and after">
      <div class="verdict-words">
        <Icon name={verdict.icon} />
        <strong class="verdict-name">{verdict.text}</strong>
        {comparison.speedUp !== undefined && <span class="speed-up">{speed(comparison.speedUp)}</span>}
      </div>
      {known && (
        <div class="verdict-bars">
          <VerdictBar name="Before" value={measured ? ms(before) : `cost ${count(before)}`} share={before / longest} />
          <VerdictBar name="After" value={measured ? ms(after) : `cost ${count(after)}`} share={after / longest} />
        </div>
      )}
    </section>
  );
}

function speed(factor: number): string {
  if (factor >= 1) return `${times(factor)} faster`;
  return factor > 0 ? `${times(1 / factor)} slower` : '';
}

interface BarProps {
  readonly name: string;
  readonly value: string;
  readonly share: number;
}

function VerdictBar({ name, value, share }: BarProps): JSX.Element {
  return (
    <div class={`verdict-bar ${name.toLowerCase()}`}>
      <span class="verdict-label">{name}</span>
      <span class="track">
        {/* A sliver stays visible however small the share: an empty track would read as "unknown". */}
        <span class="fill" style={{ width: `${Number.isFinite(share) ? Math.max(0.8, share * 100) : 0}%` }} />
      </span>
      <span class="verdict-value">{value}</span>
    </div>
  );
}

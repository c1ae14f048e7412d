import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComparedWith, ComparisonView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { count, ms, times, whenWords } from './words';

const VERDICTS = {
  better: { icon: 'faster', text: 'Better' },
  same: { icon: 'equal', text: 'No real difference' },
  worse: { icon: 'slower', text: 'Worse' },
} as const;

/** The answer in one line: before -> after, by how much, and what may be wrong with the comparison. */
export function VerdictStrip({ comparison }: { readonly comparison: ComparisonView }): JSX.Element {
  const verdict = VERDICTS[comparison.verdict];
  const figures = figuresOf(comparison);
  const strip = useRef<HTMLElement>(null);
  // whoever pressed a button further down waits for this answer; a page that is only shown again stays where it is
  useLayoutEffect(() => strip.current?.scrollIntoView({ block: 'nearest' }), [comparison.sentence]);
  return (
    <section ref={strip} class={`verdict ${comparison.verdict}`} aria-label="Before and after">
      <div class="verdict-words">
        <Icon name={verdict.icon} />
        <strong class="verdict-name">{verdict.text}</strong>
        {comparison.verdict !== 'same' && comparison.speedUp !== undefined && (
          <span class="speed-up">{speed(comparison.speedUp)}</span>
        )}
      </div>
      {figures && (
        <div class="verdict-bars">
          <VerdictBar name="Before" value={figures.show(figures.before)} share={figures.before / figures.longest} />
          <VerdictBar name="After" value={figures.show(figures.after)} share={figures.after / figures.longest} />
        </div>
      )}
      {comparison.against && <p class="verdict-against quiet">Compared with {againstWords(comparison.against)}</p>}
      {comparison.sentence && <p class="verdict-sentence">{clip(comparison.sentence, 1_000)}</p>}
      {comparison.cautions && comparison.cautions.length > 0 && (
        <ul class="cautions">
          {comparison.cautions.slice(0, 10).map((caution, index) => (
            <li key={index}>
              <Icon name="warning" />
              <span>{clip(caution, 500)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function againstWords(against: ComparedWith): string {
  if (against.kind === 'file') return clip(against.name, 200);
  return `the ${against.kind === 'baseline' ? 'pinned run' : 'run'} of ${whenWords(against.at)}`;
}

interface Figures {
  readonly before: number;
  readonly after: number;
  readonly longest: number;
  show(value: number): string;
}

/** What the bars are drawn of: the verdict's own measure, or else the first that both sides have. */
function figuresOf(comparison: ComparisonView): Figures | undefined {
  const { measure } = comparison;
  const offered = [
    {
      name: 'blocks',
      before: comparison.beforeBlocks,
      after: comparison.afterBlocks,
      show: (value: number) => `${count(value)} blocks`,
    },
    { name: 'time', before: comparison.beforeMs, after: comparison.afterMs, show: ms },
    {
      name: 'cost',
      before: comparison.beforeCost,
      after: comparison.afterCost,
      show: (value: number) => `cost ${count(value)}`,
    },
  ];
  const known = offered.filter(({ before, after }) => before !== undefined && after !== undefined);
  const chosen = known.find(({ name }) => name === measure) ?? known.find(({ name }) => name === 'time') ?? known[0];
  if (!chosen) return undefined;
  const [before, after] = [chosen.before ?? 0, chosen.after ?? 0];
  return { before, after, longest: Math.max(before, after), show: chosen.show };
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

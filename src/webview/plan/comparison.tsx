import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ComparisonView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { VirtualRows } from '../shared/virtualRows';
import { count, ms, times, UNKNOWN } from './words';

const ROW_HEIGHT = 26;
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

const CHANGES = {
  same: { sign: '=', word: 'same' },
  changed: { sign: '~', word: 'changed' },
  added: { sign: '+', word: 'added' },
  removed: { sign: '−', word: 'removed' },
} as const;

/** Both plans side by side, node by node. */
export function ComparisonTable({ comparison }: { readonly comparison: ComparisonView }): JSX.Element {
  const [onlyChanges, setOnlyChanges] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => (onlyChanges ? comparison.rows.filter(row => row.change !== 'same') : comparison.rows),
    [comparison, onlyChanges],
  );
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <div class="section-head">
        <h2 id="comparison-title">Before and after, node by node</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyChanges}
            onChange={event => setOnlyChanges(event.currentTarget.checked)}
          />
          Only changes
        </label>
      </div>
      <div class="table comparison-table" role="table" aria-rowcount={rows.length + 1} ref={scroller} tabIndex={0}>
        <div role="rowgroup" class="table-head">
          <div role="row" class="comparison-row" aria-rowindex={1}>
            <span role="columnheader" class="change" />
            <span role="columnheader">Before</span>
            <span role="columnheader" class="number">
              Total
            </span>
            <span role="columnheader">After</span>
            <span role="columnheader" class="number">
              Total
            </span>
          </div>
        </div>
        <VirtualRows
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          scroller={scroller}
          renderRow={(index, top) => <ComparisonRow key={index} row={rows[index]!} index={index} top={top} />}
        />
      </div>
    </section>
  );
}

interface RowProps {
  readonly row: ComparisonView['rows'][number];
  readonly index: number;
  readonly top: number;
}

function ComparisonRow({ row, index, top }: RowProps): JSX.Element {
  const change = CHANGES[row.change];
  const indent = { paddingInlineStart: `${Math.min(row.depth, 12) * 10}px` };
  return (
    <div role="row" class={`comparison-row ${row.change}`} aria-rowindex={index + 2} style={{ top: `${top}px` }}>
      <span role="cell" class="change" title={change.word} aria-label={change.word}>
        {change.sign}
      </span>
      <span role="cell" class="before" style={indent} title={row.before}>
        {row.before ?? ''}
      </span>
      <span role="cell" class="number">
        {row.before === undefined ? '' : row.beforeMs === undefined ? UNKNOWN : ms(row.beforeMs)}
      </span>
      <span role="cell" class="after" style={indent} title={row.after}>
        {row.after ?? ''}
      </span>
      <span role="cell" class="number">
        {row.after === undefined ? '' : row.afterMs === undefined ? UNKNOWN : ms(row.afterMs)}
      </span>
    </div>
  );
}

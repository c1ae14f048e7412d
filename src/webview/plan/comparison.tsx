import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ComparisonRowView, ComparisonView } from '../../protocol/planPanel';
import { useWidth } from '../shared/useWidth';
import { scrollRowIntoView, VirtualRows } from '../shared/virtualRows';
import { ComparisonRow } from './comparisonRow';
import { differs, tellsBlocks } from './comparisonRows';
import { movedIndex } from './treeRows';
import type { Move } from './treeRows';

export { VerdictStrip } from './verdict';

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 26;
/** Below this width only what changed most is shown of each side. */
const NARROW = 620;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'first',
  End: 'last',
};

/** Both plans side by side, node by node: the blocks first, for they are the same on the next run. */
export function ComparisonTable({ comparison }: { readonly comparison: ComparisonView }): JSX.Element {
  const [isOnlyChanges, setOnlyChanges] = useState(false);
  const [cursor, setCursor] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const all = comparison.rows;
  const rows = useMemo(() => (isOnlyChanges ? all.filter(differs) : all), [all, isOnlyChanges]);
  const hasBlocks = tellsBlocks(all);
  const isNarrow = width < NARROW;
  const selected = Math.min(cursor, rows.length - 1);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
      goTo(movedIndex(selected, move, rows.length, page));
    } else if (event.key === 'n' || event.key === 'p') goTo(nextChange(rows, selected, event.key === 'n' ? 1 : -1));
    else return;
    event.preventDefault();
  };
  const goTo = (index: number): void => {
    if (index < 0) return;
    setCursor(index);
    if (scroller.current) scrollRowIntoView(scroller.current, index, ROW_HEIGHT, HEAD_HEIGHT);
  };
  const changed = all.filter(differs).length;
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <div class="tab-bar">
        <h2 id="comparison-title">Before and after, node by node</h2>
        <span class="quiet">
          {changed} of {all.length} differ
        </span>
        <label class="check">
          <input
            type="checkbox"
            checked={isOnlyChanges}
            onChange={event => setOnlyChanges(event.currentTarget.checked)}
          />
          Only changes
        </label>
      </div>
      <div
        class={['table comparison-table', isNarrow && 'narrow', hasBlocks && 'with-blocks'].filter(Boolean).join(' ')}
        role="grid"
        aria-label="Before and after"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={selected < 0 ? undefined : `difference-${selected}`}
        ref={scroller}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" class="table-head">
          <div role="row" class="comparison-row" aria-rowindex={1}>
            <span role="columnheader" class="change">
              <span class="sr-only">Change</span>
            </span>
            <SideHead name="Before" hasBlocks={hasBlocks} />
            <SideHead name="After" hasBlocks={hasBlocks} />
          </div>
        </div>
        <VirtualRows
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          keep={selected}
          scroller={scroller}
          renderRow={(index, top) => (
            <ComparisonRow
              key={index}
              row={rows[index]!}
              index={index}
              top={top}
              hasBlocks={hasBlocks}
              selected={index === selected}
              select={() => setCursor(index)}
            />
          )}
        />
      </div>
      <p class="keys quiet">
        <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>n</kbd> <kbd>p</kbd> next and previous difference
      </p>
    </section>
  );
}

function SideHead({
  name,
  hasBlocks,
}: {
  readonly name: 'Before' | 'After';
  readonly hasBlocks: boolean;
}): JSX.Element {
  return (
    <>
      <span role="columnheader" class={name.toLowerCase()}>
        {name}
      </span>
      {hasBlocks && (
        <span role="columnheader" class="number" title="Blocks the node itself touched">
          Blocks
        </span>
      )}
      <span role="columnheader" class="number time" title="With everything below it">
        Total
      </span>
    </>
  );
}

function nextChange(rows: readonly ComparisonRowView[], from: number, step: 1 | -1): number {
  for (let index = from + step; index >= 0 && index < rows.length; index += step) {
    if (differs(rows[index]!)) return index;
  }
  return from;
}

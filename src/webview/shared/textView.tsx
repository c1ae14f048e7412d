import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { lineAt, wrapLines } from './textLines';
import { scrollRowIntoView, VirtualRows } from './virtualRows';

const PROBE = '0'.repeat(20);
/** What the page is laid out with before the first measurement. */
const FIRST_GUESS = { columns: 80, rowHeight: 18 };
const FEWEST_COLUMNS = 12;

export interface TextPlace {
  readonly offset: number;
}

interface Props {
  readonly text: string;
  readonly label: string;
  /** Another object each time a place of the text must be brought into sight. */
  readonly reveal?: TextPlace;
  /** Draws the characters from `start` to `end`, which all stand in one row. */
  renderPart(start: number, end: number): ComponentChildren;
}

/** A text of any length in the editor's font, with line numbers, broken to the width of the page. */
export function TextView({ text, label, reveal, renderPart }: Props): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const [{ columns, rowHeight }, setSize] = useState(FIRST_GUESS);
  const lines = useMemo(() => wrapLines(text, columns), [text, columns]);
  const digits = String(lines.findLast(line => line.number !== undefined)?.number ?? 1).length;

  useLayoutEffect(() => {
    const measure = (): void => {
      if (!scroller.current || !probe.current) return;
      const { width, height } = probe.current.getBoundingClientRect();
      const letter = width / PROBE.length;
      // the gutter: digits, and a space of two letters on each side of the text
      const room = scroller.current.clientWidth / letter - digits - 5;
      const next = { columns: Math.max(FEWEST_COLUMNS, Math.floor(room)), rowHeight: Math.ceil(height) };
      setSize(now => (now.columns === next.columns && now.rowHeight === next.rowHeight ? now : next));
    };
    measure();
    const resizes = new ResizeObserver(measure);
    if (scroller.current) resizes.observe(scroller.current);
    return () => resizes.disconnect();
  }, [digits]);
  useLayoutEffect(() => {
    if (reveal && scroller.current)
      scrollRowIntoView(scroller.current, lineAt(lines, reveal.offset), rowHeight, rowHeight);
  }, [reveal, lines, rowHeight]);

  return (
    <div
      class="text-view"
      role="group"
      aria-label={label}
      tabIndex={0}
      ref={scroller}
      style={{ '--digits': String(digits), '--line-height': `${rowHeight}px` }}
    >
      <span class="probe" aria-hidden="true" ref={probe}>
        {PROBE}
      </span>
      <VirtualRows
        count={lines.length}
        rowHeight={rowHeight}
        role="presentation"
        scroller={scroller}
        renderRow={(index, top) => {
          const line = lines[index]!;
          return (
            <div key={index} class="text-line" style={{ top: `${top}px` }}>
              <span class="line-number" aria-hidden="true">
                {line.number ?? ''}
              </span>
              <span class="line-text">{renderPart(line.start, line.end)}</span>
            </div>
          );
        }}
      />
    </div>
  );
}

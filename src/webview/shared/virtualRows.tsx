import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows kept above and below the visible ones, so that a short scroll shows no gap. */
const OVERSCAN = 6;

interface Props {
  readonly count: number;
  /** Height of every row in CSS pixels. */
  readonly rowHeight: number;
  /** Stays in the document when scrolled out: the row that `aria-activedescendant` names. */
  readonly keep?: number;
  /** `rowgroup`, unless the rows are no table. */
  readonly role?: 'rowgroup' | 'presentation';
  /** The element that scrolls; it holds this component, and nothing else that grows. */
  readonly scroller: RefObject<HTMLElement>;
  renderRow(index: number, top: number): JSX.Element;
}

/** Draws only the rows in sight of a scrolling element: ten thousand cost as much as forty. */
export function VirtualRows({ count, rowHeight, keep, role = 'rowgroup', scroller, renderRow }: Props): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });

  const measure = (): void => {
    const element = scroller.current;
    if (!element) return;
    const next = { top: element.scrollTop, height: element.clientHeight };
    setView(now => (now.top === next.top && now.height === next.height ? now : next));
  };

  useLayoutEffect(measure, [count]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    element.addEventListener('scroll', measure, { passive: true });
    const resizes = new ResizeObserver(measure);
    resizes.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      resizes.disconnect();
    };
  }, []);

  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const end = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  const rows: JSX.Element[] = [];
  for (let index = first; index < end; index++) rows.push(renderRow(index, index * rowHeight));
  if (keep !== undefined && keep >= 0 && keep < count && (keep < first || keep >= end)) {
    rows.push(renderRow(keep, keep * rowHeight));
  }
  return (
    <div class="virtual-rows" role={role} ref={body} style={{ height: `${count * rowHeight}px` }}>
      {rows}
    </div>
  );
}

/** Scrolls just far enough that the row is wholly visible below a sticky head of `headHeight` pixels. */
export function scrollRowIntoView(scroller: HTMLElement, index: number, rowHeight: number, headHeight: number): void {
  const top = index * rowHeight;
  const visible = scroller.clientHeight - headHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + visible) scroller.scrollTop = top + rowHeight - visible;
}

/** The same for a row that was asked for: when it has to be scrolled to, it comes with what stands around it. */
export function scrollRowToMiddle(scroller: HTMLElement, index: number, rowHeight: number, headHeight: number): void {
  const top = index * rowHeight;
  const visible = scroller.clientHeight - headHeight;
  const isInSight = top >= scroller.scrollTop && top + rowHeight <= scroller.scrollTop + visible;
  if (!isInSight) scroller.scrollTop = top - (visible - rowHeight) / 2;
}

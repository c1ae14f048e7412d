import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { clip } from '../shared/shownText';
import { colourSql } from '../shared/sqlCode';
import { sqlTokens } from '../shared/sqlTokens';
import { TextView } from '../shared/textView';
import type { TextPlace } from '../shared/textView';
import { nodeName } from './nodeText';
import type { PlanModel } from './planModel';
import { segmentsWithin, sqlParts, sqlSegments } from './sqlParts';
import type { SqlPart, SqlSegment } from './sqlParts';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** The SQL itself. The parts are one stop for the Tab key; arrows go from part to part, Enter selects the node. */
export function SqlView({ model }: { readonly model: PlanModel }): JSX.Element {
  const { view, lit, looks, nodes } = model;
  const box = useRef<HTMLDivElement>(null);
  const parts = useMemo(() => sqlParts(view.nodes, view.sql.length), [view.nodes, view.sql]);
  const segments = useMemo(() => sqlSegments(parts, view.sql.length), [parts, view.sql]);
  const tokens = useMemo(() => sqlTokens(view.sql), [view.sql]);
  const reachable = useMemo(() => segments.flatMap(({ part, isFirst }) => (isFirst ? [part!] : [])), [segments]);
  const [cursor, setCursor] = useState<number>();
  const [reveal, setReveal] = useState<TextPlace>();
  const wantsFocus = useRef(false);

  const selectedParts = useMemo(
    () => parts.filter(part => looks.selected !== undefined && part.nodeIds.includes(looks.selected)),
    [parts, looks.selected],
  );
  const litParts = useMemo(() => parts.filter(part => part.nodeIds.some(id => lit.has(id))), [parts, lit]);
  const selectedStart = selectedParts[0]?.start;
  const stop = cursor ?? reachable[0];

  useLayoutEffect(() => {
    if (selectedStart !== undefined) setReveal({ offset: selectedStart });
  }, [selectedStart]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    // the row of the part is drawn once it is scrolled to
    const frame = requestAnimationFrame(() => {
      wantsFocus.current = false;
      box.current?.querySelector<HTMLElement>(`[data-part="${cursor}"]`)?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [cursor]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const focused = Number((event.target as HTMLElement).dataset.part ?? NaN);
    // the next key may come before the focus has followed the last one
    const part = wantsFocus.current && cursor !== undefined ? cursor : focused;
    if (Number.isNaN(part) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = reachable[reachable.indexOf(part) + step];
      if (next !== undefined) {
        wantsFocus.current = true;
        setCursor(next);
        setReveal({ offset: parts[next]!.start });
      }
    } else if (event.key === 'Enter' || event.key === ' ') choose(part);
    else return;
    event.preventDefault();
  };
  const choose = (part: number): void => {
    setCursor(part);
    const id = parts[part]!.nodeIds[0];
    if (id !== undefined) model.select(id);
  };
  const drawSegment = (segment: SqlSegment): ComponentChildren => {
    const text = colourSql(view.sql, tokens, segment.start, segment.end);
    const looksOf = [covers(selectedParts, segment) && 'selected', covers(litParts, segment) && 'lit'].filter(Boolean);
    const { part } = segment;
    if (part === undefined) return text;
    const { nodeIds } = parts[part]!;
    const shared = {
      class: ['sql-part', ...looksOf].join(' '),
      title: describeNodes(nodeIds.map(id => nodes.get(id)).map(node => (node ? nodeName(node) : ''))),
      onMouseEnter: () => model.hoverNodes(nodeIds),
      onMouseLeave: () => model.hover(null),
      onClick: () => choose(part),
    };
    if (!segment.isFirst) return <span {...shared}>{text}</span>;
    return (
      <span
        {...shared}
        role="button"
        data-part={part}
        tabIndex={part === stop ? 0 : -1}
        aria-pressed={selectedParts.includes(parts[part]!)}
        onFocus={() => model.hoverNodes(nodeIds)}
        onBlur={() => model.hover(null)}
      >
        {text}
      </span>
    );
  };
  return (
    <div class="sql-view" ref={box} onKeyDown={onKeyDown}>
      <TextView
        text={view.sql}
        label="SQL of the statement"
        reveal={reveal}
        renderPart={(start, end) => segmentsWithin(segments, start, end).map(drawSegment)}
      />
    </div>
  );
}

function covers(parts: readonly SqlPart[], segment: SqlSegment): boolean {
  return parts.some(part => part.start <= segment.start && segment.end <= part.end);
}

/** The nodes of one part, by name; of many only how many more. */
function describeNodes(names: readonly string[]): string {
  const shown = names.slice(0, 4).map(name => clip(name, 120));
  return names.length > 4 ? `${shown.join('\n')}\nand ${names.length - 4} more` : shown.join('\n');
}

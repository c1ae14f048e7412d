import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PlanView } from '../../../protocol/planPanel';
import { useStateFor } from '../../shared/useStateFor';
import { ancestorsOf, worstFindings } from '../treeRows';
import { usePlanNumber } from '../usePlanNumber';
import './graph.css';
import { GraphBoxView } from './graphBoxView';
import { GRAPH_MOVES, movedBox } from './graphKeys';
import { BOX, boxesIn, edgePath, edgesIn, edgeWidth, heightOf, layoutGraph } from './graphLayout';
import type { GraphBox, GraphLayout } from './graphLayout';
import { Minimap, Overview } from './overview';
import { useViewport } from './useViewport';
import type { ViewportControl } from './useViewport';
import { areaInSight, bringIntoSight, firstSight, fit } from './viewport';

export interface GraphViewProps {
  readonly view: PlanView;
  readonly selected: number | undefined;
  readonly lit: ReadonlySet<number>;
  onSelect(nodeId: number): void;
  /** The node under the pointer or with the focus; null when there is none any more. */
  onHover(nodeId: number | null): void;
}

/** Below this size words are dust: the boxes are drawn as outlines. */
const WORDS_FROM = 0.3;
const ZOOM_STEP = 1.25;
const NONE: ReadonlySet<number> = new Set();
/** A search may find thousands: then only those in sight are drawn. */
const MOST_KEPT = 60;
/** A narrower frame has no room for a map. */
const MAP_FROM = 560;

/** The plan as boxes and lines, rows flowing upwards; only what is in sight is drawn. */
export function GraphView({ view, selected, lit, onSelect, onHover }: GraphViewProps): JSX.Element | null {
  const plan = usePlanNumber(view);
  const [collapsed, changeCollapsed] = useStateFor(plan, NONE);
  const setCollapsed = (next: ReadonlySet<number>): void => changeCollapsed(() => next);
  const [focused, setFocused] = useState<number>();
  const frame = useRef<HTMLDivElement>(null);
  const nodes = useMemo(() => new Map(view.nodes.map(node => [node.id, node])), [view.nodes]);
  const layout = useMemo(() => layoutGraph(view.nodes, collapsed), [view.nodes, collapsed]);
  // that of all levels: the frame stays as it is when nodes are folded
  const height = useMemo(() => heightOf(view.nodes), [view.nodes]);
  const findings = useMemo(() => worstFindings(view.findings), [view.findings]);
  const rootId = view.nodes[0]?.id;
  const control = useViewport(frame, layout, plan, size => {
    const box = layout.byId.get(selected ?? rootId ?? 0) ?? layout.boxes[0];
    return firstSight(layout, size, { x: (box?.x ?? 0) + BOX.width / 2, y: Math.max(0, (box?.y ?? 0) - 200) });
  });
  const current = [focused, selected, rootId].find(id => id !== undefined && layout.byId.has(id));

  useLayoutEffect(() => {
    // a node that is chosen elsewhere is unfolded and brought into sight, before the next key moves on from it
    if (selected === undefined || !nodes.has(selected)) return;
    const hiding = ancestorsOf(nodes, selected).filter(id => collapsed.has(id));
    if (hiding.length > 0) setCollapsed(new Set([...collapsed].filter(id => !hiding.includes(id))));
    setFocused(selected);
  }, [selected, nodes]);
  const shown = useRef<number>();
  useLayoutEffect(() => {
    const box = selected === undefined ? undefined : layout.byId.get(selected);
    if (!box || control.frame.width === 0 || shown.current === selected) return;
    shown.current = selected;
    control.set(now => bringIntoSight(now, areaOf(box), control.frame));
  }, [selected, layout, control.frame]);
  const anchor = useRef<GraphBox>();
  useLayoutEffect(() => {
    // the box that was folded stays under the pointer, while the others move
    const before = anchor.current;
    const after = before && layout.byId.get(before.node.id);
    anchor.current = undefined;
    if (after) control.set(now => ({ ...now, x: now.x + (before.x - after.x) * now.scale }));
  }, [layout]);

  // asked while rendering: the box that has the focus may be out of sight, and gone, once this is drawn
  const hasFocus = frame.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (hasFocus) frame.current?.querySelector<SVGElement>(`[data-node="${current}"]`)?.focus({ preventScroll: true });
  }, [current, hasFocus]);

  if (view.nodes.length === 0) return null;
  const fold = (id: number): void => {
    const next = new Set(collapsed);
    if (!next.delete(id)) next.add(id);
    anchor.current = layout.byId.get(id);
    setCollapsed(next);
    setFocused(id);
  };
  const focusBox = (box: GraphBox): void => {
    setFocused(box.node.id);
    control.set(now => bringIntoSight(now, areaOf(box), control.frame));
  };
  const fitAll = (): void => control.set(() => fit(layout, control.frame));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = current === undefined ? undefined : nodes.get(current);
    const move = GRAPH_MOVES[event.key];
    const box = move && movedBox(layout, current, move);
    if (box) focusBox(box);
    else if (event.key === 'Enter' && node) onSelect(node.id);
    else if (event.key === ' ' && node && node.childCount > 0) fold(node.id);
    else if (event.key === '*') setCollapsed(NONE);
    else if (event.key === '+' || event.key === '=') control.zoomBy(ZOOM_STEP);
    else if (event.key === '-') control.zoomBy(1 / ZOOM_STEP);
    else if (event.key === '0') fitAll();
    else if (!move && event.key !== ' ') return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    if (control.wasDragged.current) return;
    const id = nodeOf(event);
    if (id === null) return;
    setFocused(id);
    onSelect(id);
  };
  return (
    <section class="graph" aria-label="Graph of the plan">
      <div class="graph-bar">
        <button
          type="button"
          class="quiet-button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          onClick={() => control.zoomBy(1 / ZOOM_STEP)}
        >
          −
        </button>
        <span class="graph-scale number">{Number(((control.view?.scale ?? 1) * 100).toPrecision(2))} %</span>
        <button
          type="button"
          class="quiet-button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => control.zoomBy(ZOOM_STEP)}
        >
          +
        </button>
        <button type="button" class="quiet-button" title="Show all of it (0)" onClick={fitAll}>
          Fit
        </button>
        {collapsed.size > 0 && (
          <button type="button" class="quiet-button" onClick={() => setCollapsed(NONE)}>
            Unfold all
          </button>
        )}
        <span class="graph-legend quiet">
          {view.analyzed ? 'Bars: share of the time' : 'Bars: share of the cost, estimated'}
        </span>
      </div>
      <div
        class="graph-frame"
        ref={frame}
        style={{ '--drawing': `${height}px` }}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onMouseOver={event => onHover(nodeOf(event))}
        onMouseLeave={() => onHover(null)}
        onFocusIn={event => onHover(nodeOf(event))}
        onFocusOut={() => onHover(null)}
      >
        <Drawing
          layout={layout}
          control={control}
          kept={[current, selected, ...(lit.size > MOST_KEPT ? [] : lit)]}
          renderBox={box => (
            <GraphBoxView
              key={box.node.id}
              box={box}
              analyzed={view.analyzed}
              finding={findings.get(box.node.id)}
              selected={box.node.id === selected}
              focusable={box.node.id === current}
              lit={lit.has(box.node.id)}
              folded={collapsed.has(box.node.id)}
              onFold={fold}
            />
          )}
        />
      </div>
      <p class="keys quiet">
        <kbd>↑</kbd> <kbd>↓</kbd> <kbd>←</kbd> <kbd>→</kbd> move, <kbd>Enter</kbd> selects, <kbd>Space</kbd> folds,{' '}
        <kbd>+</kbd> <kbd>-</kbd> zoom, <kbd>0</kbd> fits
      </p>
    </section>
  );
}

interface DrawingProps {
  readonly layout: GraphLayout;
  readonly control: ViewportControl;
  /** Nodes drawn as boxes even from afar or out of sight: the focus must not get lost. */
  readonly kept: readonly (number | undefined)[];
  renderBox(box: GraphBox): JSX.Element;
}

function Drawing({ layout, control, kept, renderBox }: DrawingProps): JSX.Element | null {
  const { view, frame } = control;
  if (!view) return null;
  const area = areaInSight(view, frame);
  const isFar = view.scale < WORDS_FROM;
  const inSight = new Set(isFar ? [] : boxesIn(layout, area));
  for (const id of kept) {
    const box = id === undefined ? undefined : layout.byId.get(id);
    if (box) inSight.add(box);
  }
  const { width, height } = layout;
  const isWhole = area.left <= 0 && area.top <= 0 && area.right >= width && area.bottom >= height;
  const goTo = (x: number, y: number): void =>
    control.set(now => ({ ...now, x: frame.width / 2 - x * now.scale, y: frame.height / 2 - y * now.scale }));
  return (
    <>
      <svg class="graph-drawing" role="tree" aria-label="Nodes of the plan" width={frame.width} height={frame.height}>
        <g role="presentation" transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {isFar ? (
            <Overview layout={layout} scale={view.scale} edges />
          ) : (
            <g aria-hidden="true">
              {edgesIn(layout, area).map(box => (
                <path
                  key={box.node.id}
                  class={box.node.neverExecuted ? 'graph-edge never' : 'graph-edge'}
                  d={edgePath(box)}
                  stroke-width={edgeWidth(box.node)}
                />
              ))}
            </g>
          )}
          {[...inSight].sort((a, b) => a.node.id - b.node.id).map(renderBox)}
        </g>
      </svg>
      {!isWhole && frame.width >= MAP_FROM && <Minimap layout={layout} view={view} frame={frame} goTo={goTo} />}
    </>
  );
}

/** The node whose box the event is in. */
function nodeOf({ target }: Event): number | null {
  const id = (target as Element).closest('[data-node]')?.getAttribute('data-node');
  return id === null || id === undefined ? null : Number(id);
}

function areaOf({ x, y }: GraphBox): { left: number; top: number; right: number; bottom: number } {
  return { left: x, top: y, right: x + BOX.width, bottom: y + BOX.height };
}

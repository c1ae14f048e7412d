import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PlanView } from '../../../protocol/planPanel';
import { clip } from '../../shared/shownText';
import { useStateFor } from '../../shared/useStateFor';
import { useWidth } from '../../shared/useWidth';
import { usePlanNumber } from '../usePlanNumber';
import { exactCount } from '../words';
import './icicle.css';
import { paintIcicle, STRIPE_HEIGHT, stripeAt } from './icicleCanvas';
import { ICICLE_MOVES, movedStripe, stripesAround } from './icicleKeys';
import { layoutIcicle, offeredMeasures, weigh } from './icicleLayout';
import type { Measure, Stripe } from './icicleLayout';
import { MEASURE_NAMES, stripeLines } from './icicleWords';
import { useTheme } from './useTheme';

export interface IcicleViewProps {
  readonly view: PlanView;
  readonly selected: number | undefined;
  readonly lit: ReadonlySet<number>;
  onSelect(nodeId: number): void;
  /** The node under the pointer or with the focus; null when there is none any more. */
  onHover(nodeId: number | null): void;
}

interface Hover {
  readonly stripe: Stripe;
  readonly x: number;
  readonly y: number;
  /** There is no room below the pointer. */
  readonly isLow: boolean;
}

const MOST_HEIGHT = 560;
/** CSS pixels that the words beside the pointer may take. */
const TIP_HEIGHT = 130;

/** The plan as stripes, each as wide as its share of time, blocks or cost; the root on top. */
export function IcicleView({ view, selected, lit, onSelect, onHover }: IcicleViewProps): JSX.Element | null {
  const { nodes } = view;
  const measures = useMemo(() => offeredMeasures(nodes), [nodes]);
  const [chosen, setChosen] = useState<Measure>();
  const measure = chosen !== undefined && measures.includes(chosen) ? chosen : (measures[0] ?? 'cost');
  const plan = usePlanNumber(view);
  const [zoomed, setZoomed] = useStateFor<number | undefined>(plan, undefined);
  const [focused, setFocused] = useState<number>();
  const [hover, setHover] = useStateFor<Hover | undefined>(plan, undefined);
  const [scrollTop, setScrollTop] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  /** To be brought into sight once all of the plan is shown again. */
  const sought = useRef<number>();
  const width = useWidth(scroller);
  const theme = useTheme();

  const indexes = useMemo(() => new Map(nodes.map((node, index) => [node.id, index])), [nodes]);
  const weights = useMemo(() => weigh(nodes, measure), [nodes, measure]);
  const rootId = zoomed !== undefined && indexes.has(zoomed) ? zoomed : nodes[0]?.id;
  const stripes = useMemo(() => layoutIcicle(nodes, weights, rootId), [nodes, weights, rootId]);
  const levels = useMemo(() => stripes.reduce((most, { level }) => Math.max(most, level + 1), 1), [stripes]);
  const places = useMemo(() => new Map(stripes.map(stripe => [stripe.node.id, stripe])), [stripes]);
  const current = [focused, selected, rootId].find(id => id !== undefined && places.has(id));
  const around = useMemo(() => stripesAround(stripes, current), [stripes, current]);
  const never = useMemo(() => nodes.filter(node => node.neverExecuted).length, [nodes]);
  const height = Math.min(MOST_HEIGHT, levels * STRIPE_HEIGHT);

  const showStripe = ({ level }: Stripe): void => {
    const element = scroller.current!;
    const top = level * STRIPE_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + STRIPE_HEIGHT > element.scrollTop + height) element.scrollTop = top + STRIPE_HEIGHT - height;
  };
  // before the next key: the focus moves on from what is selected, which may lie outside of what is zoomed to
  useLayoutEffect(() => {
    setFocused(selected);
    const stripe = selected === undefined ? undefined : places.get(selected);
    if (stripe) showStripe(stripe);
    else if (selected !== undefined && indexes.has(selected)) {
      sought.current = selected;
      setZoomed(() => undefined);
    }
  }, [selected]);
  useLayoutEffect(() => {
    const stripe = sought.current === undefined ? undefined : places.get(sought.current);
    if (stripe) showStripe(stripe);
    sought.current = undefined;
  }, [places]);
  useLayoutEffect(() => {
    if (!canvas.current || width === 0) return;
    paintIcicle(canvas.current, width, height, {
      stripes,
      weights,
      indexes,
      selected,
      focused: hasFocus ? current : undefined,
      lit,
      hovered: hover?.stripe.node.id,
      scrollTop,
    });
  }, [stripes, weights, indexes, selected, current, hasFocus, lit, hover?.stripe, scrollTop, width, height, theme]);

  if (nodes.length === 0) return null;
  const stripeUnder = (event: MouseEvent): Stripe | undefined => {
    const box = scroller.current!.getBoundingClientRect();
    const level = Math.floor((event.clientY - box.top + scroller.current!.scrollTop) / STRIPE_HEIGHT);
    return stripeAt(stripes, (event.clientX - box.left) / Math.max(1, width), level, 2 / Math.max(1, width));
  };
  const leave = (): void => {
    setHover(() => undefined);
    onHover(null);
  };
  const zoomTo = (id: number | undefined): void => {
    setZoomed(() => id);
    leave();
    if (scroller.current) scroller.current.scrollTop = 0;
  };
  const onMove = (event: MouseEvent): void => {
    const stripe = stripeUnder(event);
    const box = scroller.current!.getBoundingClientRect();
    const isLow = event.clientY + TIP_HEIGHT > innerHeight && event.clientY > TIP_HEIGHT;
    setHover(() => stripe && { stripe, x: event.clientX - box.left, y: event.clientY - box.top, isLow });
    if (stripe?.node.id !== hover?.stripe.node.id) onHover(stripe?.node.id ?? null);
  };
  const onClick = (event: MouseEvent): void => {
    const stripe = stripeUnder(event);
    if (!stripe) return;
    setFocused(stripe.node.id);
    onSelect(stripe.node.id);
    // the one on top leads out again
    zoomTo(stripe.node.id === rootId ? stripe.node.parentId : stripe.node.childCount > 0 ? stripe.node.id : rootId);
  };
  const moveTo = (stripe: Stripe): void => {
    setFocused(stripe.node.id);
    showStripe(stripe);
    onHover(stripe.node.id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = ICICLE_MOVES[event.key];
    const parent = nodes[indexes.get(rootId ?? -1) ?? -1]?.parentId;
    if (move) {
      const stripe = movedStripe(stripes, current, move);
      if (stripe) moveTo(stripe);
      else if (move === 'parent' && parent !== undefined) {
        zoomTo(parent);
        setFocused(parent);
      }
    } else if (event.key === 'Enter' && current !== undefined) onSelect(current);
    else if (event.key === ' ' || event.key === '+') zoomTo(current);
    else if (event.key === 'Backspace' || event.key === '-' || (event.key === 'Escape' && parent !== undefined)) {
      zoomTo(parent);
    } else if (event.key === '0') zoomTo(undefined);
    else return;
    event.preventDefault();
  };
  const way = wayTo(view, indexes, rootId);
  const lines = (stripe: Stripe): string[] =>
    stripeLines(stripe.node, indexes.get(stripe.node.id) ?? -1, weights).map(line => clip(line, 240));
  return (
    <section class="icicle" aria-label="Icicle of the plan">
      <div class="icicle-bar">
        <label class="icicle-measure">
          <span>Width by</span>
          <select class="select" value={measure} onChange={event => setChosen(event.currentTarget.value as Measure)}>
            {measures.map(each => (
              <option key={each} value={each}>
                {MEASURE_NAMES[each]}
              </option>
            ))}
          </select>
        </label>
        <nav class="icicle-way" aria-label="Zoomed to">
          {way.map((node, index) => (
            <span key={node.id} class="icicle-step">
              {index > 0 && <span aria-hidden="true">›</span>}
              {index < way.length - 1 ? (
                <button type="button" class="link" onClick={() => zoomTo(node.id)}>
                  {clip(node.nodeType, 40)}
                </button>
              ) : (
                <span aria-current="location">{clip(node.nodeType, 40)}</span>
              )}
            </span>
          ))}
        </nav>
      </div>
      {measures.length === 0 && <p class="quiet">The plan says neither times nor blocks nor costs.</p>}
      <div class="icicle-frame" onMouseLeave={leave}>
        <div
          class="icicle-scroller"
          ref={scroller}
          role="tree"
          tabIndex={0}
          aria-label={`Nodes by ${MEASURE_NAMES[measure].toLowerCase()}`}
          aria-activedescendant={current === undefined ? undefined : `stripe-${current}`}
          style={{ height: `${height}px` }}
          onScroll={event => setScrollTop(event.currentTarget.scrollTop)}
          onFocus={() => {
            setHasFocus(true);
            if (current !== undefined) onHover(current);
          }}
          onBlur={() => {
            setHasFocus(false);
            onHover(null);
          }}
          onKeyDown={onKeyDown}
          onMouseMove={onMove}
          onClick={onClick}
        >
          <canvas
            class="icicle-canvas"
            ref={canvas}
            aria-hidden="true"
            style={{ width: `${width}px`, height: `${height}px` }}
          />
          <div role="presentation" style={{ height: `${levels * STRIPE_HEIGHT - height}px` }} />
          <div class="sr-only" role="presentation">
            {around.map(stripe => (
              <div
                key={stripe.node.id}
                id={`stripe-${stripe.node.id}`}
                role="treeitem"
                aria-level={stripe.node.depth + 1}
                aria-selected={stripe.node.id === selected}
              >
                {lines(stripe).join(', ')}
              </div>
            ))}
          </div>
        </div>
        {hover && <Tooltip hover={hover} width={width} height={height} lines={lines(hover.stripe)} />}
      </div>
      <p class="keys quiet">
        Click zooms in. <kbd>↑</kbd> <kbd>↓</kbd> <kbd>←</kbd> <kbd>→</kbd> move, <kbd>Enter</kbd> selects,{' '}
        <kbd>Space</kbd> zooms in, <kbd>Backspace</kbd> out, <kbd>0</kbd> shows all
      </p>
      {never > 0 && measure !== 'cost' && (
        <p class="quiet">
          {never === 1
            ? 'One node was never executed and has'
            : `${exactCount(never)} nodes were never executed and have`}{' '}
          no width.
        </p>
      )}
    </section>
  );
}

interface TipProps {
  readonly hover: Hover;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

/** Beside the pointer; moved to the left the more, the farther right that is, so that it never leaves the frame. */
function Tooltip({ hover, width, height, lines }: TipProps): JSX.Element {
  const [name, ...rest] = lines;
  return (
    <div
      class="icicle-tip"
      aria-hidden="true"
      style={{
        ...(hover.isLow ? { bottom: `${height - hover.y + 8}px` } : { top: `${hover.y + 16}px` }),
        left: `${hover.x}px`,
        transform: `translateX(${(-100 * hover.x) / Math.max(1, width)}%)`,
      }}
    >
      <strong>{name}</strong>
      {rest.map(line => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}

/** From the plan's root to the node zoomed to; of a long way the beginning and the end. */
function wayTo(
  view: PlanView,
  indexes: ReadonlyMap<number, number>,
  id: number | undefined,
): PlanView['nodes'][number][] {
  const way: PlanView['nodes'][number][] = [];
  let node = id === undefined ? undefined : view.nodes[indexes.get(id) ?? -1];
  while (node && way.length < view.nodes.length) {
    way.unshift(node);
    node = node.parentId === undefined ? undefined : view.nodes[indexes.get(node.parentId) ?? -1];
  }
  return way.length > 6 ? [way[0]!, ...way.slice(-5)] : way;
}

import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { hold, zoom } from './viewport';
import type { Size, Viewport } from './viewport';

const LINE_PIXELS = 18;
/** A pointer that moved less has clicked. */
const STILL = 4;

export interface ViewportControl {
  readonly view: Viewport | undefined;
  readonly frame: Size;
  /** True while the pointer drags, and for the click that ends it. */
  readonly wasDragged: { readonly current: boolean };
  set(change: (now: Viewport) => Viewport): void;
  zoomBy(factor: number): void;
}

/**
 * Panning by drag and wheel, zooming by Ctrl and wheel. `first` says where to begin once the size is known, and again
 * with every new `plan`.
 */
export function useViewport(
  element: RefObject<HTMLElement>,
  content: Size,
  plan: number,
  first: (frame: Size) => Viewport,
): ViewportControl {
  const [frame, setFrame] = useState<Size>({ width: 0, height: 0 });
  const [view, setView] = useState<Viewport>();
  const wasDragged = useRef(false);
  const now = useRef({ content, frame, view });
  now.current = { content, frame, view };

  const set = (change: (now: Viewport) => Viewport): void =>
    setView(before => before && hold(change(before), now.current.content, now.current.frame));

  useLayoutEffect(() => {
    const measure = (): void => {
      const width = element.current?.clientWidth ?? 0;
      const height = element.current?.clientHeight ?? 0;
      if (width === 0 || height === 0) return;
      const old = now.current.frame;
      if (old.width === width && old.height === height) return;
      setFrame({ width, height });
      // what was in the middle stays there
      setView(before => before && { ...before, x: before.x + (width - old.width) / 2 });
    };
    measure();
    const resizes = new ResizeObserver(measure);
    if (element.current) resizes.observe(element.current);
    return () => resizes.disconnect();
  }, []);
  const isSized = frame.width > 0;
  useLayoutEffect(() => {
    if (isSized) setView(first(now.current.frame));
  }, [plan, isSized]);

  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    // by hand: listeners of JSX are passive for wheels
    const onWheel = (event: WheelEvent): void => {
      const before = now.current.view;
      if (!before) return;
      const unit = event.deltaMode === 1 ? LINE_PIXELS : 1;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const box = target.getBoundingClientRect();
        const factor = Math.exp(-Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.01);
        set(old => zoom(old, factor, { x: event.clientX - box.left, y: event.clientY - box.top }));
        return;
      }
      const [across, down] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
      const pan = (old: Viewport): Viewport => ({ ...old, x: old.x - across * unit, y: old.y - down * unit });
      const after = hold(pan(before), now.current.content, now.current.frame);
      // at its end the wheel belongs to the page
      if (after.x === before.x && after.y === before.y) return;
      event.preventDefault();
      set(pan);
    };
    target.addEventListener('wheel', onWheel, { passive: false });
    const undrag = listenToDrag(target, wasDragged, (x, y) => set(old => ({ ...old, x: old.x + x, y: old.y + y })));
    return () => {
      target.removeEventListener('wheel', onWheel);
      undrag();
    };
  }, []);

  return {
    view,
    frame,
    wasDragged,
    set,
    zoomBy: factor => set(old => zoom(old, factor, { x: frame.width / 2, y: frame.height / 2 })),
  };
}

function listenToDrag(
  target: HTMLElement,
  wasDragged: { current: boolean },
  pan: (x: number, y: number) => void,
): () => void {
  let last: { x: number; y: number } | undefined;
  const onDown = (event: PointerEvent): void => {
    wasDragged.current = false;
    if (event.button === 0) last = { x: event.clientX, y: event.clientY };
  };
  const onMove = (event: PointerEvent): void => {
    if (!last) return;
    const [x, y] = [event.clientX - last.x, event.clientY - last.y];
    if (!wasDragged.current && Math.hypot(x, y) < STILL) return;
    if (!wasDragged.current) target.setPointerCapture(event.pointerId);
    wasDragged.current = true;
    last = { x: event.clientX, y: event.clientY };
    pan(x, y);
  };
  const onEnd = (): void => {
    last = undefined;
  };
  target.addEventListener('pointerdown', onDown);
  target.addEventListener('pointermove', onMove);
  target.addEventListener('pointerup', onEnd);
  target.addEventListener('pointercancel', onEnd);
  return () => {
    target.removeEventListener('pointerdown', onDown);
    target.removeEventListener('pointermove', onMove);
    target.removeEventListener('pointerup', onEnd);
    target.removeEventListener('pointercancel', onEnd);
  };
}

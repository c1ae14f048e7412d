import type { Area } from './graphLayout';

/** Where the drawing lies in its frame: `screen = drawing * scale + offset`. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MARGIN = 24;
const SMALLEST = 0.0015;
const LARGEST = 3;
/** Smaller than this the words in the boxes cannot be read. */
const READABLE = 0.7;

/** All of it, centred; never larger than life. */
export function fit(content: Size, frame: Size): Viewport {
  const across = (frame.width - 2 * MARGIN) / Math.max(1, content.width);
  const down = (frame.height - 2 * MARGIN) / Math.max(1, content.height);
  const scale = clamp(Math.min(across, down, 1), SMALLEST, LARGEST);
  return {
    scale,
    x: (frame.width - content.width * scale) / 2,
    y: Math.max(MARGIN, (frame.height - content.height * scale) / 2),
  };
}

/** All of it where that can be read, else the given place at a size that can be read. */
export function firstSight(content: Size, frame: Size, place: { x: number; y: number }): Viewport {
  const whole = fit(content, frame);
  if (whole.scale >= READABLE) return whole;
  const scale = 0.8;
  const start = { scale, x: frame.width / 2 - place.x * scale, y: MARGIN - place.y * scale };
  return hold(start, content, frame);
}

/** Nearer or farther, with the point of the frame staying where it is. */
export function zoom(view: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = clamp(view.scale * factor, SMALLEST, LARGEST);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/** The same, moved back to where some of the drawing is in sight. */
export function hold(view: Viewport, content: Size, frame: Size): Viewport {
  const x = holdAxis(view.x, content.width * view.scale, frame.width);
  const y = holdAxis(view.y, content.height * view.scale, frame.height);
  return x === view.x && y === view.y ? view : { ...view, x, y };
}

/** Moves no farther than the area needs to be wholly in sight. */
export function bringIntoSight(view: Viewport, area: Area, frame: Size): Viewport {
  const x = bringAxis(view.x, area.left * view.scale, area.right * view.scale, frame.width);
  const y = bringAxis(view.y, area.top * view.scale, area.bottom * view.scale, frame.height);
  return x === view.x && y === view.y ? view : { ...view, x, y };
}

/** The part of the drawing in sight. */
export function areaInSight({ x, y, scale }: Viewport, frame: Size): Area {
  return {
    left: -x / scale,
    top: -y / scale,
    right: (frame.width - x) / scale,
    bottom: (frame.height - y) / scale,
  };
}

function holdAxis(offset: number, content: number, frame: number): number {
  const other = frame - content - MARGIN;
  return clamp(offset, Math.min(MARGIN, other), Math.max(MARGIN, other));
}

function bringAxis(offset: number, from: number, to: number, frame: number): number {
  if (from + offset < MARGIN) return MARGIN - from;
  return to + offset > frame - MARGIN ? frame - MARGIN - to : offset;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { heat } from '../words';
import { BOX, edgePath } from './graphLayout';
import type { GraphBox, GraphLayout } from './graphLayout';
import { areaInSight } from './viewport';
import type { Size, Viewport } from './viewport';

interface OverviewProps {
  readonly layout: GraphLayout;
  readonly scale: number;
  readonly edges: boolean;
}

/** All boxes as three outlines and all edges as one; those that would fall on the same pixels are drawn once. */
export function Overview({ layout, scale, edges }: OverviewProps): JSX.Element {
  // the same outlines serve until the size has doubled
  const cell = 2 ** -Math.ceil(Math.log2(scale));
  const paths = useMemo(() => outlines(layout, cell), [layout, cell]);
  const lines = useMemo(() => (edges ? edgeOutlines(layout, cell * 2) : ''), [layout, cell, edges]);
  return (
    <g aria-hidden="true">
      {lines && <path class="graph-far-edges" d={lines} />}
      <path class="graph-far cool" d={paths.cool} />
      <path class="graph-far warm" d={paths.warm} />
      <path class="graph-far hot" d={paths.hot} />
    </g>
  );
}

const MAP: Size = { width: 132, height: 84 };

interface MapProps {
  readonly layout: GraphLayout;
  readonly view: Viewport;
  readonly frame: Size;
  /** A place of the drawing that shall be in the middle. */
  goTo(x: number, y: number): void;
}

/** The whole drawing in a corner, with a frame around what is in sight. For the pointer only: keys have the tree. */
export function Minimap({ layout, view, frame, goTo }: MapProps): JSX.Element {
  const scale = Math.min(MAP.width / Math.max(1, layout.width), MAP.height / Math.max(1, layout.height));
  const width = Math.max(12, layout.width * scale);
  const height = Math.max(12, layout.height * scale);
  const sight = areaInSight(view, frame);
  const drawing = useMemo(
    () => (
      <svg width={width} height={height}>
        <g transform={`scale(${scale})`}>
          <Overview layout={layout} scale={scale} edges={false} />
        </g>
      </svg>
    ),
    [layout, scale],
  );
  const go = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    event.stopPropagation();
    const box = (event.currentTarget as Element).getBoundingClientRect();
    goTo((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
  };
  const left = Math.max(0, sight.left * scale);
  const top = Math.max(0, sight.top * scale);
  return (
    <div class="graph-map" aria-hidden="true" onPointerDown={go} onPointerMove={go}>
      {drawing}
      <div
        class="graph-sight"
        style={{
          left: `${left}px`,
          top: `${top}px`,
          width: `${Math.max(3, Math.min(width, sight.right * scale) - left)}px`,
          height: `${Math.max(3, Math.min(height, sight.bottom * scale) - top)}px`,
        }}
      />
    </div>
  );
}

function outlines(layout: GraphLayout, cell: number): Record<'hot' | 'warm' | 'cool', string> {
  const paths: Record<'hot' | 'warm' | 'cool', string> = { hot: '', warm: '', cool: '' };
  const drawn = { hot: new Set<number>(), warm: new Set<number>(), cool: new Set<number>() };
  for (const box of layout.boxes) {
    const tone = box.node.neverExecuted ? 'cool' : heat(box.node.selfShare);
    const place = placeOf(box, cell);
    if (drawn[tone].has(place)) continue;
    drawn[tone].add(place);
    paths[tone] += `M${Math.round(box.x)} ${Math.round(box.y)}h${BOX.width}v${BOX.height}h-${BOX.width}z`;
  }
  return paths;
}

function edgeOutlines(layout: GraphLayout, cell: number): string {
  const drawn = new Set<string>();
  let path = '';
  for (const box of layout.boxes) {
    if (!box.parent) continue;
    const place = `${placeOf(box, cell)} ${placeOf(box.parent, cell)}`;
    if (drawn.has(place)) continue;
    drawn.add(place);
    path += edgePath(box);
  }
  return path;
}

/** A number for the pixels a box begins on. */
function placeOf({ x, y }: GraphBox, cell: number): number {
  return Math.floor(y / cell) * 0x4000000 + Math.floor(x / cell);
}

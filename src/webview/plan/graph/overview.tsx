import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { heat } from '../words';
import { BOX, edgePath } from './graphLayout';
import type { GraphLayout } from './graphLayout';
import { areaInSight } from './viewport';
import type { Size, Viewport } from './viewport';

/** All boxes as three outlines and all edges as one: ten thousand nodes seen from afar are four elements. */
export function Overview({ layout, edges }: { readonly layout: GraphLayout; readonly edges: boolean }): JSX.Element {
  const paths = useMemo(() => outlines(layout), [layout]);
  const lines = useMemo(() => (edges ? layout.boxes.map(edgePath).join('') : ''), [layout, edges]);
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
  const drawing = useMemo(() => <Overview layout={layout} edges={false} />, [layout]);
  const go = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    event.stopPropagation();
    const box = (event.currentTarget as Element).getBoundingClientRect();
    goTo((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
  };
  const left = Math.max(0, sight.left * scale);
  const top = Math.max(0, sight.top * scale);
  return (
    <svg class="graph-map" width={width} height={height} aria-hidden="true" onPointerDown={go} onPointerMove={go}>
      <g transform={`scale(${scale})`}>{drawing}</g>
      <rect
        class="graph-sight"
        x={left}
        y={top}
        width={Math.max(2, Math.min(width, sight.right * scale) - left)}
        height={Math.max(2, Math.min(height, sight.bottom * scale) - top)}
      />
    </svg>
  );
}

function outlines(layout: GraphLayout): Record<'hot' | 'warm' | 'cool', string> {
  const paths: Record<'hot' | 'warm' | 'cool', string[]> = { hot: [], warm: [], cool: [] };
  for (const { node, x, y } of layout.boxes) {
    const tone = node.neverExecuted ? 'cool' : heat(node.selfShare);
    paths[tone].push(`M${Math.round(x)} ${Math.round(y)}h${BOX.width}v${BOX.height}h-${BOX.width}z`);
  }
  return { hot: paths.hot.join(''), warm: paths.warm.join(''), cool: paths.cool.join('') };
}

import { FONT, PAPER } from './drawing';
import type { Colours, Drawing, Shape } from './drawing';
import { middleOf, size } from './drawingSvg';

/** What browsers can hold on a canvas. */
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 60_000_000;

/** Two pixels for one, or as many as a canvas can hold. */
export function pngScale(drawing: Drawing): number {
  const { width, height } = size(drawing);
  return Math.min(2, LONGEST_SIDE / width, LONGEST_SIDE / height, Math.sqrt(MOST_PIXELS / (width * height)));
}

/** The drawing as a PNG file in base64. Painted shape by shape: a page may not load pictures, not even its own. */
export function drawingPng(drawing: Drawing, colours: Colours = PAPER): string {
  const { width, height } = size(drawing);
  const scale = pngScale(drawing);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The picture cannot be drawn here.');
  context.scale(scale, scale);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, width, height);
  for (const shape of drawing.shapes) paint(context, shape, colours);
  const address = canvas.toDataURL('image/png');
  if (!address.startsWith('data:image/png')) throw new Error('The picture is too large to be drawn.');
  return address.slice(address.indexOf(',') + 1);
}

function paint(context: CanvasRenderingContext2D, shape: Shape, colours: Colours): void {
  if (shape.kind === 'text') {
    context.fillStyle = colours[shape.tone];
    context.font = `${shape.bold ? '600 ' : ''}${shape.size}px ${FONT}`;
    context.fillText(shape.text, shape.x, shape.y);
    return;
  }
  context.setLineDash(shape.dashed ? [4, 4] : []);
  context.beginPath();
  if (shape.kind === 'curve') {
    const middle = middleOf(shape);
    context.moveTo(...shape.from);
    context.bezierCurveTo(shape.from[0], middle, shape.to[0], middle, ...shape.to);
    context.strokeStyle = colours.line;
    context.lineWidth = shape.width;
    context.stroke();
    return;
  }
  context.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius ?? 0);
  context.globalAlpha = shape.opacity ?? 1;
  context.fillStyle = colours[shape.fill];
  context.fill();
  context.globalAlpha = 1;
  if (!shape.stroke) return;
  context.strokeStyle = colours[shape.stroke];
  context.lineWidth = 1;
  context.stroke();
}

import { FONT, PAPER } from './drawing';
import type { Colours, Drawing, Shape } from './drawing';
import { escapeMarkup } from './escape';

/** The drawing as a file of its own: no script, no style sheet, nothing loaded. */
export function drawingSvg(drawing: Drawing, colours: Colours = PAPER): string {
  const { width, height } = size(drawing);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` role="img" font-family="${escapeMarkup(FONT)}">\n`,
    `<title>${escapeMarkup(drawing.title)}</title>\n`,
    `<rect width="${width}" height="${height}" fill="${colours.ground}"/>\n`,
    ...drawing.shapes.map(shape => `${shapeSvg(shape, colours)}\n`),
    '</svg>\n',
  ].join('');
}

export function size({ width, height }: Drawing): { width: number; height: number } {
  return { width: Math.max(1, Math.ceil(width)), height: Math.max(1, Math.ceil(height)) };
}

/** The bend between two points below each other. */
export function middleOf({ from, to }: Extract<Shape, { kind: 'curve' }>): number {
  return (from[1] + to[1]) / 2;
}

function shapeSvg(shape: Shape, colours: Colours): string {
  if (shape.kind === 'text') {
    const bold = shape.bold ? ' font-weight="600"' : '';
    return `<text x="${n(shape.x)}" y="${n(shape.y)}" font-size="${shape.size}" fill="${colours[shape.tone]}"${bold}>${escapeMarkup(shape.text)}</text>`;
  }
  if (shape.kind === 'curve') {
    const middle = n(middleOf(shape));
    const [fromX, fromY] = shape.from.map(n);
    const [toX, toY] = shape.to.map(n);
    const dash = shape.dashed ? ' stroke-dasharray="4 4"' : '';
    return `<path d="M${fromX} ${fromY}C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}" fill="none" stroke="${colours.line}" stroke-width="${shape.width}"${dash}/>`;
  }
  const opacity = shape.opacity === undefined ? '' : ` fill-opacity="${shape.opacity}"`;
  const stroke = shape.stroke ? ` stroke="${colours[shape.stroke]}"` : '';
  const dash = shape.dashed ? ' stroke-dasharray="4 3"' : '';
  const radius = shape.radius ? ` rx="${shape.radius}"` : '';
  const start = `<rect x="${n(shape.x)}" y="${n(shape.y)}" width="${n(shape.width)}" height="${n(shape.height)}"${radius} fill="${colours[shape.fill]}"${opacity}${stroke}${dash}`;
  return shape.title === undefined ? `${start}/>` : `${start}><title>${escapeMarkup(shape.title)}</title></rect>`;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

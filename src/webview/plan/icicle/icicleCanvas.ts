import { fitText } from '../exports/fitText';
import { heat } from '../words';
import type { Stripe, Weights } from './icicleLayout';

export const STRIPE_HEIGHT = 24;
const FONT_SIZE = 12;
/** CSS pixels; what is narrower is drawn as part of a grey band. */
const LEAST_NAMED = 34;

/** Colours of the theme, read from the page. */
export interface Palette {
  readonly text: string;
  readonly ground: string;
  readonly line: string;
  readonly focus: string;
  readonly lit: string;
  readonly hot: string;
  readonly warm: string;
  readonly cool: string;
  readonly font: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const text = style.color;
  return {
    text,
    ground: read('--vscode-editor-background', 'Canvas'),
    line: read('--line', text),
    focus: read('--vscode-focusBorder', text),
    lit: read('--vscode-list-activeSelectionBackground', text),
    hot: read('--hot', text),
    warm: read('--warm', text),
    cool: read('--cool', text),
    font: style.fontFamily,
  };
}

export interface Picture {
  readonly stripes: readonly Stripe[];
  readonly weights: Weights;
  readonly indexes: ReadonlyMap<number, number>;
  readonly selected: number | undefined;
  readonly focused: number | undefined;
  readonly lit: ReadonlySet<number>;
  readonly hovered: number | undefined;
  /** CSS pixels that are scrolled away above. */
  readonly scrollTop: number;
}

/** Draws what is in sight, at the screen's own resolution. */
export function paintIcicle(canvas: HTMLCanvasElement, width: number, height: number, picture: Picture): void {
  const ratio = devicePixelRatio || 1;
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  const context = canvas.getContext('2d');
  if (!context) return;
  const palette = readPalette(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  const whole = picture.weights.total[0] ?? 0;
  for (const stripe of picture.stripes) {
    const top = stripe.level * STRIPE_HEIGHT - picture.scrollTop;
    if (top + STRIPE_HEIGHT < 0 || top > height) continue;
    paintStripe(context, stripe, top, width, whole, picture, palette);
  }
}

function paintStripe(
  context: CanvasRenderingContext2D,
  { node, left, right }: Stripe,
  top: number,
  width: number,
  whole: number,
  { weights, indexes, selected, focused, lit, hovered }: Picture,
  palette: Palette,
): void {
  const x = left * width;
  const across = Math.max(0.75, (right - left) * width - 1);
  const self = weights.self[indexes.get(node.id) ?? -1] ?? 0;
  const tone = palette[heat(whole > 0 ? self / whole : 0)];
  const isMarked = lit.has(node.id) || node.id === hovered;
  context.globalAlpha = isMarked ? 0.62 : 0.34;
  context.fillStyle = tone;
  context.fillRect(x, top + 1, across, STRIPE_HEIGHT - 2);
  context.globalAlpha = 1;
  if (across > 3) {
    context.strokeStyle = tone;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, top + 1.5, across - 1, STRIPE_HEIGHT - 3);
  }
  if (node.id === selected || node.id === focused) {
    context.strokeStyle = node.id === focused ? palette.focus : palette.text;
    context.lineWidth = 2;
    context.strokeRect(x + 1, top + 2, Math.max(1, across - 2), STRIPE_HEIGHT - 4);
  }
  if (across < LEAST_NAMED) return;
  context.fillStyle = palette.text;
  context.font = `600 ${FONT_SIZE}px ${palette.font}`;
  const type = fitText(node.nodeType, across - 10, FONT_SIZE, true);
  context.fillText(type, x + 6, top + STRIPE_HEIGHT / 2 + 0.5);
  const typeWidth = type.endsWith('…') ? across : context.measureText(type).width;
  const detail = fitText(node.detail, across - typeWidth - 18, FONT_SIZE);
  if (!detail) return;
  context.font = `${FONT_SIZE}px ${palette.font}`;
  context.fillText(detail, x + 12 + typeWidth, top + STRIPE_HEIGHT / 2 + 0.5);
}

/** The stripe at a place of the picture; the last of those that share a pixel. */
export function stripeAt(stripes: readonly Stripe[], share: number, level: number, slack: number): Stripe | undefined {
  let nearest: Stripe | undefined;
  for (const stripe of stripes) {
    if (stripe.level !== level) continue;
    if (stripe.left <= share && share < stripe.right) return stripe;
    if (Math.abs((stripe.left + stripe.right) / 2 - share) < slack) nearest = stripe;
  }
  return nearest;
}

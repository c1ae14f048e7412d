import type { PlanView } from '../../../protocol/planPanel';
import { layoutIcicle, offeredMeasures, weigh } from '../icicle/icicleLayout';
import { MEASURE_NAMES, stripeLines } from '../icicle/icicleWords';
import { heat } from '../words';
import type { Drawing, Shape } from './drawing';
import { fitText } from './fitText';

const WIDTH = 1_200;
const MARGIN = 20;
const HEAD = 30;
const STRIPE = 26;
/** A stripe narrower than this cannot be seen on paper. */
const LEAST = 0.4 / WIDTH;

/** The plan as stripes by time; by blocks or by cost where no time is known. */
export function icicleDrawing(view: PlanView): Drawing {
  const measure = offeredMeasures(view.nodes)[0] ?? 'cost';
  const weights = weigh(view.nodes, measure);
  const indexes = new Map(view.nodes.map((node, index) => [node.id, index]));
  const stripes = layoutIcicle(view.nodes, weights, undefined, LEAST);
  const whole = weights.total[0] ?? 0;
  const shapes: Shape[] = [
    {
      kind: 'text',
      x: MARGIN,
      y: MARGIN + 14,
      text: fitText(`${view.title}: width by ${MEASURE_NAMES[measure].toLowerCase()}`, WIDTH, 13, true),
      size: 13,
      tone: 'text',
      bold: true,
    },
  ];
  let levels = 0;
  for (const { node, left, right, level } of stripes) {
    levels = Math.max(levels, level + 1);
    const index = indexes.get(node.id) ?? 0;
    const x = MARGIN + left * WIDTH;
    const y = MARGIN + HEAD + level * STRIPE;
    const width = (right - left) * WIDTH;
    const tone = heat(whole > 0 ? (weights.self[index] ?? 0) / whole : 0);
    shapes.push({
      kind: 'box',
      x,
      y,
      width: Math.max(0.4, width - 1),
      height: STRIPE - 2,
      fill: tone,
      opacity: 0.25,
      ...(width > 3 && { stroke: tone }),
      title: stripeLines(node, index, weights).join('\n').slice(0, 600),
    });
    const words = width < 36 ? '' : fitText([node.nodeType, node.detail].filter(Boolean).join(' '), width - 12, 12);
    if (words) shapes.push({ kind: 'text', x: x + 6, y: y + 16, text: words, size: 12, tone: 'text' });
  }
  return { title: view.title, width: WIDTH + 2 * MARGIN, height: HEAD + levels * STRIPE + 2 * MARGIN, shapes };
}

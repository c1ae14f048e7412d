import type { PlanView } from '../../../protocol/planPanel';
import { boxWords } from '../graph/boxWords';
import { BOX, edgeWidth, layoutGraph } from '../graph/graphLayout';
import type { GraphBox } from '../graph/graphLayout';
import type { Drawing, Shape } from './drawing';
import { fitText } from './fitText';

const MARGIN = 20;
const PADDING = 10;
const INNER = BOX.width - 2 * PADDING;

/** The whole graph, nothing folded. */
export function graphDrawing(view: PlanView): Drawing {
  const layout = layoutGraph(view.nodes, new Set());
  return {
    title: view.title,
    width: layout.width + 2 * MARGIN,
    height: layout.height + 2 * MARGIN,
    shapes: [...layout.boxes.flatMap(edgeShapes), ...layout.boxes.flatMap(box => boxShapes(box, view.analyzed))],
  };
}

function edgeShapes({ node, x, y, parent }: GraphBox): Shape[] {
  if (!parent) return [];
  return [
    {
      kind: 'curve',
      from: [x + BOX.width / 2 + MARGIN, y + MARGIN],
      to: [parent.x + BOX.width / 2 + MARGIN, parent.y + BOX.height + MARGIN],
      width: edgeWidth(node),
      dashed: node.neverExecuted,
    },
  ];
}

function boxShapes({ node, ...box }: GraphBox, analyzed: boolean): Shape[] {
  const words = boxWords(node, analyzed);
  const [x, y] = [box.x + MARGIN, box.y + MARGIN];
  const text = (line: number, content: string, more: Partial<Extract<Shape, { kind: 'text' }>> = {}): Shape[] =>
    content ? [{ kind: 'text', x: x + PADDING, y: y + line, text: content, size: 11.5, tone: 'text', ...more }] : [];
  const bar: Shape = {
    kind: 'box',
    x: x + PADDING,
    y: y + BOX.height - 13,
    width: Math.max(1.5, INNER * words.share),
    height: 4,
    radius: 2,
    fill: words.tone,
  };
  const estimateX = words.rows.length * 6.4 + 8;
  return [
    {
      kind: 'box',
      x,
      y,
      width: BOX.width,
      height: BOX.height,
      radius: 6,
      fill: 'box',
      stroke: words.tone === 'cool' ? 'line' : words.tone,
      dashed: node.neverExecuted,
      title: [words.type, words.detail, words.work, words.rows, words.estimate]
        .filter(Boolean)
        .join('\n')
        .slice(0, 600),
    },
    ...text(20, fitText(words.type, INNER, 13, true), { size: 13, bold: true }),
    ...text(36, fitText(words.detail, INNER, 11.5), { tone: 'quiet' }),
    ...text(54, fitText(words.work, INNER, 11.5)),
    ...text(71, words.rows),
    ...(words.estimateLevel
      ? text(71, fitText(words.estimate.replace(' than planned', ''), INNER - estimateX, 11.5), {
          x: x + PADDING + estimateX,
          bold: true,
        })
      : []),
    ...(words.share > 0 ? [bar] : []),
  ];
}

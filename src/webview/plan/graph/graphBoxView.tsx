import type { JSX } from 'preact';
import type { PlanFinding } from '../../../core/plan/planTree';
import { fitText } from '../exports/fitText';
import { boxLabel, boxWords } from './boxWords';
import { BOX } from './graphLayout';
import type { GraphBox } from './graphLayout';

const PADDING = 10;
const INNER = BOX.width - 2 * PADDING;

interface Props {
  readonly box: GraphBox;
  readonly analyzed: boolean;
  readonly finding: PlanFinding['severity'] | undefined;
  readonly selected: boolean;
  /** Takes part in the order of the Tab key. */
  readonly focusable: boolean;
  readonly lit: boolean;
  readonly folded: boolean;
  onFold(nodeId: number): void;
}

/** One node: what it is, what it took, how many rows, and how wrong the estimate was. */
export function GraphBoxView({ box, analyzed, finding, selected, focusable, lit, folded, onFold }: Props): JSX.Element {
  const { node } = box;
  const words = boxWords(node, analyzed);
  const looks = [words.tone, selected && 'selected', lit && 'lit', node.neverExecuted && 'never'];
  const typeWidth = INNER - (finding ? 18 : 0);
  const workText = fitText(words.work, INNER, 11.5);
  return (
    <g
      role="treeitem"
      class={['graph-box', ...looks.filter(Boolean)].join(' ')}
      data-node={node.id}
      tabIndex={focusable ? 0 : -1}
      transform={`translate(${box.x} ${box.y})`}
      aria-label={boxLabel(node, analyzed, finding)}
      aria-level={node.depth + 1}
      aria-posinset={box.position}
      aria-setsize={box.siblings}
      aria-selected={selected}
      aria-expanded={node.childCount === 0 ? undefined : !folded}
    >
      <title>{boxLabel(node, analyzed, finding)}</title>
      <rect class="graph-ground" width={BOX.width} height={BOX.height} rx="6" />
      <text class="graph-type" x={PADDING} y="20">
        {fitText(words.type, typeWidth, 13, true)}
      </text>
      {finding && (
        <text class={`graph-finding ${finding}`} x={BOX.width - PADDING} y="20" text-anchor="end" aria-hidden="true">
          {finding === 'error' || finding === 'warning' ? '▲' : '●'}
        </text>
      )}
      <text class="graph-detail" x={PADDING} y="36">
        {fitText(words.detail, INNER, 11.5)}
      </text>
      <text class="graph-figure" x={PADDING} y="54">
        {workText}
      </text>
      <text class="graph-figure" x={PADDING} y="71">
        {words.rows}
        {words.estimateLevel && (
          <tspan class={`graph-estimate ${words.estimateLevel}`} dx="8">
            {fitText(words.estimate.replace(' than planned', ''), INNER - 8 - words.rows.length * 6.4, 11.5)}
          </tspan>
        )}
      </text>
      <rect class="graph-track" x={PADDING} y={BOX.height - 13} width={INNER} height="4" rx="2" />
      {words.share > 0 && (
        <rect
          class="graph-share"
          x={PADDING}
          y={BOX.height - 13}
          width={Math.max(1.5, INNER * words.share)}
          height="4"
          rx="2"
        />
      )}
      {node.childCount > 0 && (
        <g
          class="graph-fold"
          transform={`translate(${BOX.width / 2} ${BOX.height})`}
          aria-hidden="true"
          onClick={event => {
            event.stopPropagation();
            onFold(node.id);
          }}
        >
          <circle r="8" />
          <path d={folded ? 'M-4 0h8M0 -4v8' : 'M-4 0h8'} />
        </g>
      )}
    </g>
  );
}

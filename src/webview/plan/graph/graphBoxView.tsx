import type { JSX } from 'preact';
import type { PlanFinding } from '../../../core/plan/planTree';
import { clip } from '../../shared/shownText';
import { boxLabel, boxWords } from './boxWords';
import { BOX } from './graphLayout';
import type { GraphBox } from './graphLayout';

const PADDING = 10;
const INNER = BOX.width - 2 * PADDING;
const BAR_TOP = BOX.height - 13;

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
export function GraphBoxView(props: Props): JSX.Element {
  const { box, analyzed, selected, lit, folded, onFold } = props;
  const { node } = box;
  const { tone, share } = boxWords(node, analyzed);
  const looks = [tone, selected && 'selected', lit && 'lit', node.neverExecuted && 'never'];
  // its words are its name; attributes of SVG keep their case, hence `tabindex`
  return (
    <g
      role="treeitem"
      class={['graph-box', ...looks.filter(Boolean)].join(' ')}
      data-node={node.id}
      tabindex={props.focusable ? 0 : -1}
      transform={`translate(${box.x} ${box.y})`}
      aria-level={node.depth + 1}
      aria-posinset={box.position}
      aria-setsize={box.siblings}
      aria-selected={selected}
      aria-expanded={node.childCount === 0 ? undefined : !folded}
    >
      <rect class="graph-ground" width={BOX.width} height={BOX.height} rx="6" />
      <foreignObject width={BOX.width} height={BAR_TOP}>
        <Words {...props} />
      </foreignObject>
      <rect class="graph-track" x={PADDING} y={BAR_TOP} width={INNER} height="4" rx="2" />
      {share > 0 && (
        <rect class="graph-share" x={PADDING} y={BAR_TOP} width={Math.max(1.5, INNER * share)} height="4" rx="2" />
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

function Words({ box, analyzed, finding }: Props): JSX.Element {
  const words = boxWords(box.node, analyzed);
  return (
    <div class="graph-words" title={clip(boxLabel(box.node, analyzed, finding), 600)}>
      <div class="graph-type">
        <span class="graph-name">{clip(words.type, 120)}</span>{' '}
        {finding && (
          <span class={`graph-finding ${finding}`}>
            <span aria-hidden="true">{finding === 'error' || finding === 'warning' ? '▲' : '●'}</span>
            <span class="sr-only">{finding} found</span>
          </span>
        )}
      </div>{' '}
      {words.detail && <div class="graph-detail">{clip(words.detail)}</div>} <div>{words.work}</div>{' '}
      <div>
        {words.rows}{' '}
        {words.estimate && (
          <strong class={`graph-estimate ${words.estimateLevel}`}>
            {words.estimate.replace(/ than planned$/, '')}
            <span class="sr-only"> than planned</span>
          </strong>
        )}
      </div>
    </div>
  );
}

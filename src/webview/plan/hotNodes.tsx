import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { PlanView } from '../../protocol/planPanel';
import { clip } from '../shared/shownText';
import { hottestNodes } from './treeRows';
import { heat, ms, percent } from './words';

interface Props {
  readonly view: PlanView;
  readonly selected: number | undefined;
  select(nodeId: number): void;
}

/** The three nodes that cost most by themselves. */
export function HotNodes({ view, selected, select }: Props): JSX.Element | null {
  const hottest = useMemo(() => hottestNodes(view.nodes, 3), [view]);
  if (hottest.length === 0) return null;
  return (
    <section class="hot-nodes" aria-labelledby="hot-title">
      <div class="section-head">
        <h2 id="hot-title">{view.analyzed ? 'Where the time goes' : 'Where the cost is'}</h2>
      </div>
      <ol>
        {hottest.map(node => (
          <li key={node.id}>
            <button
              type="button"
              class={`hot-node ${heat(node.selfShare)}`}
              aria-pressed={node.id === selected}
              onClick={() => select(node.id)}
            >
              <span class="hot-share">{node.selfShare === undefined ? '' : percent(node.selfShare)}</span>
              <span class="hot-name">
                <span class="node-type">{clip(node.nodeType, 120)}</span>
                {node.detail && <span class="node-detail"> {clip(node.detail)}</span>}
              </span>
              <span class="hot-ms">{node.selfMs === undefined ? '' : ms(node.selfMs)}</span>
              <span class="track">
                <span class="fill" style={{ width: `${Math.min(1, node.selfShare ?? 0) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

import type { JSX } from 'preact';
import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import type { Actions } from './actions';
import { Findings } from './findings';
import { blocks, estimateError, exactCount, ms, percent } from './words';

interface Props {
  readonly node: NodeView;
  readonly findings: readonly PlanFinding[];
  readonly actions: Actions;
}

/** Everything known about the selected node. */
export function Details({ node, findings, actions }: Props): JSX.Element {
  return (
    <section class="details" aria-labelledby="details-title">
      <div class="section-head">
        <h2 id="details-title">
          <span class="node-type">{node.nodeType}</span> <span class="node-detail">{node.detail}</span>
        </h2>
        <button type="button" class="secondary" onClick={() => actions.revealNode(node.id)}>
          <Icon name="goto" />
          <span>Go to SQL</span>
        </button>
      </div>
      {findings.length > 0 && <Findings findings={findings} actions={actions} />}
      <dl class="properties">
        {[...figuresOf(node), ...node.properties].map(({ name, value }, index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function figuresOf(node: NodeView): { name: string; value: string }[] {
  const figures: { name: string; value: string }[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) figures.push({ name, value });
  };
  if (node.subplanName) add('Subplan', node.subplanName);
  if (node.neverExecuted) add('Executed', 'never');
  if (node.selfMs !== undefined) {
    add('Self time', ms(node.selfMs) + (node.selfShare === undefined ? '' : ` (${percent(node.selfShare)})`));
  }
  if (node.totalMs !== undefined) add('Total time', ms(node.totalMs));
  if (node.rowsActual !== undefined) add('Rows', exactCount(node.rowsActual));
  const error = estimateError(node);
  add('Rows planned', exactCount(node.rowsPlanned) + (error ? ` – ${error.explanation}` : ''));
  if (node.loops !== undefined) add('Loops', exactCount(node.loops));
  if (node.totalCost !== undefined) add('Cost', exactCount(node.totalCost));
  if (node.sharedHitBlocks !== undefined) add('From cache', withBytes(node.sharedHitBlocks));
  if (node.sharedReadBlocks !== undefined) add('Read', withBytes(node.sharedReadBlocks));
  if (node.tempWrittenBlocks) add('Temporary files', withBytes(node.tempWrittenBlocks));
  return figures;
}

function withBytes(blockCount: number): string {
  return `${exactCount(blockCount)} blocks (${blocks(blockCount)})`;
}

import type { JSX } from 'preact';
import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { blocks, count, estimateError, exactCount, heat, ms, percent, touchedBlocks, UNKNOWN } from './words';

/** Deeper nodes are not indented further: their names must stay readable in a narrow panel. */
const MAX_INDENT = 24;

interface Props {
  readonly id: string;
  readonly node: NodeView;
  readonly analyzed: boolean;
  readonly index: number;
  /** CSS pixels from the top of the rows. */
  readonly top: number;
  readonly place: { readonly position: number; readonly size: number } | undefined;
  readonly selected: boolean;
  /** Undefined for a node without children. */
  readonly expanded: boolean | undefined;
  /** The severity of a finding on this node. */
  readonly finding: PlanFinding['severity'] | undefined;
  select(nodeId: number): void;
  toggle(node: NodeView): void;
  goToSql(nodeId: number): void;
}

/** One node: what it is, then its figures. */
export function TreeRow(props: Props): JSX.Element {
  const { node, analyzed } = props;
  return (
    <div
      id={props.id}
      role="row"
      class={node.neverExecuted ? 'plan-row never' : 'plan-row'}
      aria-level={node.depth + 1}
      aria-expanded={props.expanded}
      aria-selected={props.selected}
      aria-rowindex={props.index + 2}
      aria-posinset={props.place?.position}
      aria-setsize={props.place?.size}
      style={{ top: `${props.top}px` }}
      onClick={() => props.select(node.id)}
      onDblClick={() => props.goToSql(node.id)}
    >
      <NodeCell {...props} />
      <SelfCell node={node} analyzed={analyzed} />
      <span role="gridcell" class="col-total number">
        {analyzed ? (node.neverExecuted ? UNKNOWN : ms(node.totalMs)) : count(node.totalCost)}
      </span>
      <RowsCell node={node} analyzed={analyzed} />
      <span role="gridcell" class="col-loops number" title={exactCount(node.loops)}>
        {count(node.loops, 10_000)}
      </span>
      <BuffersCell node={node} />
    </div>
  );
}

function NodeCell({ node, expanded, finding, toggle }: Props): JSX.Element {
  const name = [node.subplanName, node.nodeType, node.detail].filter(Boolean).join(' ');
  return (
    <span
      role="gridcell"
      class="col-node"
      title={node.neverExecuted ? `${name} (never executed)` : name}
      style={{ '--depth': String(Math.min(node.depth, MAX_INDENT)) }}
    >
      {expanded === undefined ? (
        <span class="twistie" />
      ) : (
        <span
          class={expanded ? 'twistie open' : 'twistie'}
          onClick={event => {
            event.stopPropagation();
            toggle(node);
          }}
        >
          <Icon name="chevron" />
        </span>
      )}
      {finding && (
        <span class={`mark ${finding}`}>
          <Icon name={finding} />
          <span class="sr-only">{finding}</span>
        </span>
      )}
      <span class="node-text">
        {node.subplanName && <span class="subplan">{node.subplanName}</span>}{' '}
        <span class="node-type">{node.nodeType}</span>
        {node.detail && <span class="node-detail"> {node.detail}</span>}
      </span>
    </span>
  );
}

function SelfCell({ node, analyzed }: { readonly node: NodeView; readonly analyzed: boolean }): JSX.Element {
  const share = node.selfShare ?? 0;
  const text = analyzed ? ms(node.selfMs) : percent(share);
  return (
    <span
      role="gridcell"
      class={`col-self ${heat(node.selfShare)}`}
      title={analyzed && node.selfShare !== undefined ? `${percent(share)} of the execution time` : undefined}
    >
      <span class="track">
        <span class="fill" style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span class="self-text">{node.neverExecuted ? 'never run' : text}</span>
    </span>
  );
}

function RowsCell({ node, analyzed }: { readonly node: NodeView; readonly analyzed: boolean }): JSX.Element {
  const error = estimateError(node);
  const executed = analyzed && !node.neverExecuted;
  const exact = executed
    ? `${exactCount(node.rowsActual)} rows, ${exactCount(node.rowsPlanned)} planned`
    : `${exactCount(node.rowsPlanned)} planned`;
  return (
    <span role="gridcell" class="col-rows number" title={error ? `${exact}: ${error.explanation}` : exact}>
      {error && <span class={`estimate ${error.level}`}>{error.text}</span>}{' '}
      {executed && <span>{count(node.rowsActual, 10_000)}</span>}
      <span class={executed ? 'planned' : undefined}>
        {executed && ' / '}
        {count(node.rowsPlanned, 10_000)}
      </span>
    </span>
  );
}

function BuffersCell({ node }: { readonly node: NodeView }): JSX.Element {
  const touched = touchedBlocks(node);
  const words =
    touched === undefined
      ? undefined
      : `${exactCount(node.sharedHitBlocks ?? 0)} blocks from cache, ${exactCount(node.sharedReadBlocks ?? 0)} read`;
  return (
    <span role="gridcell" class="col-buffers number" title={words}>
      {touched === undefined ? UNKNOWN : touched === 0 ? '0' : blocks(touched)}
    </span>
  );
}

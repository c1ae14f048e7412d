import type { JSX } from 'preact';
import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { cellText } from './columns';
import type { Column } from './columns';
import { nodeName } from './nodeText';
import { estimateError, heat } from './words';

/** Deeper nodes are not indented further: their names must stay readable in a narrow panel. */
const MAX_INDENT = 24;

interface Props {
  readonly id: string;
  readonly node: NodeView;
  readonly columns: readonly Column[];
  readonly index: number;
  /** CSS pixels from the top of the rows. */
  readonly top: number;
  /** Among its siblings, or in the list when it is not shown as a tree. */
  readonly place: { readonly position: number; readonly size: number } | undefined;
  /** In the order of a figure, without the tree. */
  readonly isFlat: boolean;
  readonly selected: boolean;
  /** The pointer, or the cursor in the editor, is on what it comes from. */
  readonly lit: boolean;
  /** The search found it. */
  readonly found: boolean;
  /** Undefined for a node without children. */
  readonly expanded: boolean | undefined;
  /** The severity of a finding on this node. */
  readonly finding: PlanFinding['severity'] | undefined;
  select(nodeId: number): void;
  hover(nodeId: number | null): void;
  toggle(node: NodeView): void;
  goToSql(nodeId: number): void;
}

/** One node: what it is, then its figures. */
export function TreeRow(props: Props): JSX.Element {
  const { node, isFlat } = props;
  const looks = [node.neverExecuted && 'never', props.lit && 'lit', props.found && 'found'].filter(Boolean);
  return (
    <div
      id={props.id}
      role="row"
      class={['plan-row', ...looks].join(' ')}
      aria-level={isFlat ? 1 : node.depth + 1}
      aria-expanded={isFlat ? undefined : props.expanded}
      aria-selected={props.selected}
      aria-rowindex={props.index + 2}
      aria-posinset={props.place?.position}
      aria-setsize={props.place?.size}
      style={{ top: `${props.top}px` }}
      onClick={() => props.select(node.id)}
      onDblClick={() => props.goToSql(node.id)}
      onMouseEnter={() => props.hover(node.id)}
      onMouseLeave={() => props.hover(null)}
    >
      <NameCell {...props} />
      {props.columns.map(column => (
        <FigureCell key={column.id} column={column} node={node} />
      ))}
    </div>
  );
}

function NameCell({ node, columns, isFlat, expanded, finding, toggle }: Props): JSX.Element {
  const name = clip(nodeName(node), 1_000);
  const saysNever = columns.some(column => column.id === 'self');
  return (
    <span
      role="gridcell"
      class="col-node"
      title={node.neverExecuted ? `${name} (never executed)` : name}
      style={{ '--depth': isFlat ? '0' : String(Math.min(node.depth, MAX_INDENT)) }}
    >
      {isFlat ? null : expanded === undefined ? (
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
        {node.subplanName && <span class="subplan">{clip(node.subplanName, 60)}</span>}{' '}
        <span class="node-type">{clip(node.nodeType, 120)}</span>
        {node.detail && <span class="node-detail"> {clip(node.detail)}</span>}
      </span>
      {node.neverExecuted && !saysNever && <span class="tag">never run</span>}
    </span>
  );
}

function FigureCell({ column, node }: { readonly column: Column; readonly node: NodeView }): JSX.Element {
  const text = cellText(column, node);
  const isMissing = column.kind === 'measured' && node.neverExecuted;
  const title = isMissing ? 'Never executed' : column.exact?.(node);
  if (column.hasBar) {
    const share = Math.min(1, node.selfShare ?? 0);
    return (
      <span role="gridcell" class={`cell with-bar col-${column.id} ${heat(node.selfShare)}`} title={title}>
        <span class="track">
          <span class="fill" style={{ width: `${share * 100}%` }} />
        </span>
        <span class="self-text">{text}</span>
      </span>
    );
  }
  if (column.id === 'error') return <ErrorCell node={node} text={text} title={title} />;
  return (
    <span role="gridcell" class={`cell number col-${column.id} ${column.kind}`} title={title}>
      {text}
    </span>
  );
}

interface ErrorCellProps {
  readonly node: NodeView;
  readonly text: string;
  readonly title: string | undefined;
}

function ErrorCell({ node, text, title }: ErrorCellProps): JSX.Element {
  const error = estimateError(node);
  const isOrigin = node.isErrorOrigin === true && error !== undefined;
  const words = [title, isOrigin && 'The wrong estimate begins here'].filter(Boolean).join('. ');
  return (
    <span role="gridcell" class="cell number col-error" title={words}>
      {isOrigin && <span class="origin">origin</span>}{' '}
      {error ? <span class={`estimate ${error.level}`}>{text}</span> : <span class="quiet">{text}</span>}
    </span>
  );
}

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView, PlanView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { scrollRowIntoView, VirtualRows } from '../shared/virtualRows';
import { hottestNodes, movedIndex, visibleNodes } from './treeRows';
import type { Move } from './treeRows';
import { TreeRow } from './treeRow';

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 26;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'first',
  End: 'last',
};

export interface Reveal {
  /** Also scroll the page to the table: someone asked for the node. */
  readonly scrollPage: boolean;
}

interface Props {
  readonly view: PlanView;
  readonly selected: number | undefined;
  readonly collapsed: ReadonlySet<number>;
  /** Another object each time the selection came from elsewhere and its row must be brought into sight. */
  readonly reveal: Reveal;
  select(nodeId: number): void;
  /** Selects the node, opens what it is folded into, and brings its row into sight. */
  show(nodeId: number): void;
  collapse(collapsed: ReadonlySet<number>): void;
  goToSql(nodeId: number): void;
}

/** The plan as a tree one can read down and walk by keyboard; the focus stays on the grid, the cursor is a row. */
export function TreeTable(props: Props): JSX.Element {
  const { view, selected, collapsed, select, collapse } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => visibleNodes(view.nodes, collapsed), [view.nodes, collapsed]);
  const placed = useMemo(() => placeAmongSiblings(view.nodes), [view.nodes]);
  const marked = useMemo(() => worstFindings(view.findings), [view.findings]);
  const selectedIndex = useMemo(() => rows.findIndex(node => node.id === selected), [rows, selected]);

  const showRow = (index: number): void => {
    if (scroller.current && index >= 0) scrollRowIntoView(scroller.current, index, ROW_HEIGHT, HEAD_HEIGHT);
  };
  useEffect(() => {
    showRow(selectedIndex);
    if (props.reveal.scrollPage) scroller.current?.scrollIntoView({ block: 'nearest' });
  }, [props.reveal]);

  const moveTo = (index: number): void => {
    const node = rows[index];
    if (!node) return;
    select(node.id);
    showRow(index);
  };
  const toggle = (node: NodeView): void => {
    const next = new Set(collapsed);
    if (!next.delete(node.id)) next.add(node.id);
    collapse(next);
  };
  const jumpToHottest = (): void => {
    const hottest = hottestNodes(view.nodes, 1)[0];
    if (hottest) props.show(hottest.id);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = rows[selectedIndex];
    const move = MOVES[event.key];
    const open = node !== undefined && node.childCount > 0 && !collapsed.has(node.id);
    if (move) {
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
      moveTo(movedIndex(selectedIndex, move, rows.length, page));
    } else if (event.key === 'ArrowRight' && node) {
      if (open) moveTo(selectedIndex + 1);
      else if (node.childCount > 0) toggle(node);
    } else if (event.key === 'ArrowLeft' && node) {
      if (open) toggle(node);
      else moveTo(rows.findIndex(row => row.id === node.parentId));
    } else if (event.key === 'Enter' && node) props.goToSql(node.id);
    else if (event.key === ' ' && node) toggle(node);
    else if (event.key === '*') collapse(new Set());
    else if (event.key === 'h') jumpToHottest();
    else return;
    event.preventDefault();
  };

  const allOpen = collapsed.size === 0;
  const parents = (): Set<number> =>
    new Set(view.nodes.filter(node => node.childCount > 0 && node.depth > 0).map(node => node.id));
  return (
    <section class="tree" aria-labelledby="tree-title">
      <div class="section-head">
        <h2 id="tree-title">Plan</h2>
        <button type="button" class="link" title="Key: h" onClick={jumpToHottest}>
          Hottest node
        </button>
        <button type="button" class="link" onClick={() => collapse(allOpen ? parents() : new Set())}>
          {allOpen ? 'Collapse all' : 'Expand all'}
        </button>
      </div>
      <div
        class={view.analyzed ? 'table plan-table' : 'table plan-table estimated'}
        role="treegrid"
        aria-label="Plan nodes"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={selectedIndex < 0 ? undefined : rowId(rows[selectedIndex]!)}
        tabIndex={0}
        ref={scroller}
        onKeyDown={onKeyDown}
      >
        <TableHead analyzed={view.analyzed} />
        <VirtualRows
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          keep={selectedIndex}
          scroller={scroller}
          renderRow={(index, top) => {
            const node = rows[index]!;
            return (
              <TreeRow
                key={node.id}
                id={rowId(node)}
                node={node}
                analyzed={view.analyzed}
                index={index}
                top={top}
                place={placed.get(node.id)}
                selected={node.id === selected}
                expanded={node.childCount === 0 ? undefined : !collapsed.has(node.id)}
                finding={marked.get(node.id)}
                select={select}
                toggle={toggle}
                goToSql={props.goToSql}
              />
            );
          }}
        />
      </div>
      <p class="keys quiet">
        <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>←</kbd> <kbd>→</kbd> fold, <kbd>Enter</kbd> go to SQL, <kbd>h</kbd> hottest
      </p>
    </section>
  );
}

function TableHead({ analyzed }: { readonly analyzed: boolean }): JSX.Element {
  return (
    <div role="rowgroup" class="table-head">
      <div role="row" class="plan-row" aria-rowindex={1}>
        <span role="columnheader" class="col-node">
          <Icon name="table" />
          Node
        </span>
        <span role="columnheader" class="col-self" title={analyzed ? 'Time in the node itself, all loops' : undefined}>
          {analyzed ? 'Self' : 'Share of cost'}
        </span>
        <span role="columnheader" class="col-total number" title={analyzed ? 'With everything below it' : undefined}>
          {analyzed ? 'Total' : 'Cost'}
        </span>
        <span role="columnheader" class="col-rows number" title="All loops together">
          {analyzed ? 'Rows / planned' : 'Rows planned'}
        </span>
        <span role="columnheader" class="col-loops number">
          Loops
        </span>
        <span role="columnheader" class="col-buffers number" title="Blocks the node itself touched, in bytes">
          Buffers
        </span>
      </div>
    </div>
  );
}

function rowId(node: NodeView): string {
  return `node-${node.id}`;
}

/** The most serious finding of each node that has one. */
function worstFindings(findings: readonly PlanFinding[]): Map<number, PlanFinding['severity']> {
  const worst = new Map<number, PlanFinding['severity']>();
  for (const severity of ['hint', 'info', 'warning', 'error'] as const) {
    for (const finding of findings) {
      if (finding.severity === severity && finding.nodeId !== undefined) worst.set(finding.nodeId, severity);
    }
  }
  return worst;
}

/** For `aria-posinset` and `aria-setsize`: assistive technology cannot count rows that are not in the document. */
function placeAmongSiblings(nodes: readonly NodeView[]): Map<number, { position: number; size: number }> {
  const siblings = new Map<number | undefined, number[]>();
  for (const node of nodes) {
    const family = siblings.get(node.parentId);
    if (family) family.push(node.id);
    else siblings.set(node.parentId, [node.id]);
  }
  const places = new Map<number, { position: number; size: number }>();
  for (const family of siblings.values()) {
    family.forEach((id, index) => places.set(id, { position: index + 1, size: family.length }));
  }
  return places;
}

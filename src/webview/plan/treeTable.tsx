import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { NodeView, PlanView } from '../../protocol/planPanel';
import { useWidth } from '../shared/useWidth';
import { scrollRowIntoView, scrollRowToMiddle, VirtualRows } from '../shared/virtualRows';
import { shownColumns } from './columns';
import type { ColumnId } from './columns';
import { rankNodes } from './nodeOrder';
import type { NodeOrder } from './nodeOrder';
import { TableHead } from './tableHead';
import { layOut, ROW_HEIGHT } from './tableLayout';
import { placeAmongSiblings, visibleNodes, worstFindings } from './treeRows';
import { TreeRow } from './treeRow';
import { useTreeKeys } from './treeKeys';

const HEAD_HEIGHT = ROW_HEIGHT;

export interface Reveal {
  /** Also scroll the page to the table: someone asked for the node. */
  readonly scrollPage: boolean;
}

export interface TreeTableProps {
  readonly view: PlanView;
  readonly selected: number | undefined;
  readonly collapsed: ReadonlySet<number>;
  readonly order: NodeOrder;
  /** Undefined as long as nobody chose. */
  readonly chosen: readonly ColumnId[] | undefined;
  readonly lit: ReadonlySet<number>;
  /** Those of `lit` that the editor asked for: the first is brought into sight. */
  readonly editorLit: ReadonlySet<number>;
  readonly found: ReadonlySet<number>;
  /** Another object each time the selection came from elsewhere and its row must be brought into sight. */
  readonly reveal: Reveal;
  select(nodeId: number): void;
  /** Selects the node, opens what it is folded into, and brings its row into sight. */
  show(nodeId: number): void;
  hover(nodeId: number | null): void;
  collapse(collapsed: ReadonlySet<number>): void;
  sort(order: NodeOrder): void;
  startSearch(): void;
  goToSql(nodeId: number): void;
}

/** The plan as a tree, or ranked by a figure; the focus stays on the grid, the cursor is a row. */
export function TreeTable(props: TreeTableProps): JSX.Element {
  const { view, selected, collapsed, order, select, collapse } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const isFlat = order !== 'tree';
  const rows = useMemo(
    () => (order === 'tree' ? visibleNodes(view.nodes, collapsed) : rankNodes(view.nodes, order)),
    [view.nodes, collapsed, order],
  );
  const layout = useMemo(() => {
    const columns = shownColumns(view.analyzed, props.chosen);
    return layOut(columns, width, props.chosen !== undefined, isFlat && order !== 'never' ? order : undefined);
  }, [view.analyzed, props.chosen, width, order]);
  const placed = useMemo(() => placeAmongSiblings(view.nodes), [view.nodes]);
  const marked = useMemo(() => worstFindings(view.findings), [view.findings]);
  const selectedIndex = useMemo(() => rows.findIndex(node => node.id === selected), [rows, selected]);

  const showRow = (index: number): void => {
    if (scroller.current && index >= 0) scrollRowIntoView(scroller.current, index, ROW_HEIGHT, HEAD_HEIGHT);
  };
  // before the next key, whose own scrolling this would undo
  useLayoutEffect(() => {
    if (scroller.current && selectedIndex >= 0) {
      scrollRowToMiddle(scroller.current, selectedIndex, ROW_HEIGHT, HEAD_HEIGHT);
    }
    if (props.reveal.scrollPage) scroller.current?.scrollIntoView({ block: 'nearest' });
  }, [props.reveal, order]);
  useLayoutEffect(() => {
    const first = props.editorLit.size === 0 ? -1 : rows.findIndex(node => props.editorLit.has(node.id));
    if (scroller.current && first >= 0) scrollRowToMiddle(scroller.current, first, ROW_HEIGHT, HEAD_HEIGHT);
  }, [props.editorLit]);

  const moveTo = (index: number): void => {
    const node = rows[index];
    if (!node) return;
    select(node.id);
    showRow(index);
    props.hover(node.id);
  };
  const toggle = (node: NodeView): void => {
    const next = new Set(collapsed);
    if (!next.delete(node.id)) next.add(node.id);
    collapse(next);
  };
  const onKeyDown = useTreeKeys({ ...props, rows, selectedIndex, scroller, moveTo, toggle });

  return (
    <div
      class={['table plan-table', layout.isNarrow && 'narrow', isFlat && 'flat'].filter(Boolean).join(' ')}
      role="treegrid"
      aria-label={isFlat ? 'Plan nodes, ranked' : 'Plan nodes'}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={selectedIndex < 0 ? undefined : rowId(rows[selectedIndex]!)}
      tabIndex={0}
      ref={scroller}
      style={{ '--columns': layout.template, '--row-width': `${layout.minWidth}px` }}
      onKeyDown={onKeyDown}
      onFocus={() => selected !== undefined && props.hover(selected)}
      onBlur={() => props.hover(null)}
    >
      <TableHead columns={layout.columns} order={order} sort={props.sort} />
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
              columns={layout.columns}
              index={index}
              top={top}
              place={isFlat ? { position: index + 1, size: rows.length } : placed.get(node.id)}
              isFlat={isFlat}
              selected={node.id === selected}
              lit={props.lit.has(node.id)}
              found={props.found.has(node.id)}
              expanded={node.childCount === 0 ? undefined : !collapsed.has(node.id)}
              finding={marked.get(node.id)}
              select={select}
              hover={props.hover}
              toggle={toggle}
              goToSql={props.goToSql}
            />
          );
        }}
      />
      {rows.length === 0 && <p class="table-empty quiet">Every node was executed.</p>}
    </div>
  );
}

function rowId(node: NodeView): string {
  return `node-${node.id}`;
}

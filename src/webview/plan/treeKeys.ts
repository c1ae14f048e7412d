import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { NodeView } from '../../protocol/planPanel';
import { typeahead } from './nodeSearch';
import { hottestNodes, movedIndex } from './treeRows';
import type { Move } from './treeRows';
import { ROW_HEIGHT } from './tableLayout';
import type { TreeTableProps } from './treeTable';

/** Letters typed within this time belong to one word. */
const TYPING_MS = 800;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'first',
  End: 'last',
};

interface Grid extends TreeTableProps {
  readonly rows: readonly NodeView[];
  readonly selectedIndex: number;
  readonly scroller: RefObject<HTMLElement>;
  moveTo(index: number): void;
  toggle(node: NodeView): void;
}

/** What the keys do on the tree table; everything else is left to the page. */
export function useTreeKeys(grid: Grid): (event: KeyboardEvent) => void {
  const typed = useRef({ text: '', at: 0 });
  return event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (press(grid, event) || typeLetter(grid, event, typed.current)) event.preventDefault();
  };
}

function press(grid: Grid, { key }: KeyboardEvent): boolean {
  const { rows, selectedIndex, collapsed } = grid;
  const node = rows[selectedIndex];
  const isTree = grid.order === 'tree';
  const move = MOVES[key];
  const isOpen = isTree && node !== undefined && node.childCount > 0 && !collapsed.has(node.id);
  const toParent = (): void => {
    if (node?.parentId !== undefined) grid.show(node.parentId);
  };
  if (move) {
    const page = Math.max(1, Math.floor((grid.scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    grid.moveTo(movedIndex(selectedIndex, move, rows.length, page));
  } else if (key === 'ArrowRight' && node && isTree) {
    if (isOpen) grid.moveTo(selectedIndex + 1);
    else if (node.childCount > 0) grid.toggle(node);
  } else if (key === 'ArrowLeft' && node) {
    if (isOpen) grid.toggle(node);
    else toParent();
  } else if (key === 'Backspace') toParent();
  else if (key === 'Enter' && node) grid.goToSql(node.id);
  else if (key === ' ' && node && isTree && node.childCount > 0) grid.toggle(node);
  else if (key === '*') grid.collapse(new Set());
  else if (key === '/') grid.startSearch();
  else if (/^[1-9]$/.test(key)) {
    const hot = hottestNodes(grid.view.nodes, Number(key)).at(Number(key) - 1);
    if (hot) grid.show(hot.id);
  } else return false;
  return true;
}

function typeLetter(grid: Grid, { key }: KeyboardEvent, typed: { text: string; at: number }): boolean {
  if (key.length !== 1 || key === ' ') return false;
  const now = performance.now();
  typed.text = now - typed.at > TYPING_MS ? key : typed.text + key;
  typed.at = now;
  const index = typeahead(grid.rows, grid.selectedIndex, typed.text);
  if (index >= 0) grid.moveTo(index);
  return true;
}

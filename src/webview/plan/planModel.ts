import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NodeView, PlanHost, PlanView } from '../../protocol/planPanel';
import { useStateFor } from '../shared/useStateFor';
import type { Actions } from './actions';
import type { ColumnId } from './columns';
import type { NodeOrder } from './nodeOrder';
import { searchNodes, searchTexts } from './nodeSearch';
import type { PageState } from './pageState';
import type { Reveal } from './treeTable';
import { usePlanNumber } from './usePlanNumber';

/** What all tabs share: one plan, one selection, one search. */
export interface PlanModel {
  readonly view: PlanView;
  readonly nodes: ReadonlyMap<number, NodeView>;
  readonly actions: Actions;
  readonly host: PlanHost;
  /** Something runs: nothing else can be started. */
  readonly busy: boolean;
  readonly looks: PageState;
  readonly selectedNode: NodeView | undefined;
  readonly order: NodeOrder;
  readonly chosen: readonly ColumnId[] | undefined;
  /** Nodes under the pointer, the focus, or the cursor in the editor. */
  readonly lit: ReadonlySet<number>;
  /** Those of the cursor in the editor alone. */
  readonly editorLit: ReadonlySet<number>;
  readonly reveal: Reveal;
  readonly search: NodeSearch;
  readonly findings: FindingWalk;
  select(nodeId: number): void;
  hover(nodeId: number | null): void;
  /** The same for a part of the SQL that several nodes come from. */
  hoverNodes(nodeIds: readonly number[]): void;
  collapse(collapsed: ReadonlySet<number>): void;
  sort(order: NodeOrder): void;
  choose(columns: readonly ColumnId[] | undefined): void;
}

export interface NodeSearch {
  readonly query: string;
  readonly matches: readonly number[];
  readonly found: ReadonlySet<number>;
  /** From 1; 0 when none was gone to. */
  readonly place: number;
  readonly input: RefObject<HTMLInputElement>;
  set(query: string): void;
  go(step: 1 | -1): void;
  start(): void;
}

export interface FindingWalk {
  /** Index of the finding that was gone to; -1 before. */
  readonly current: number;
  go(step: 1 | -1): void;
}

interface Inputs {
  readonly view: PlanView;
  /** Those of the view, by id. */
  readonly nodes: ReadonlyMap<number, NodeView>;
  readonly looks: PageState;
  readonly editorLit: ReadonlySet<number>;
  readonly reveal: Reveal;
  readonly busy: boolean;
  readonly actions: Actions;
  readonly host: PlanHost;
  select(nodeId: number): void;
  look(change: Partial<PageState>): void;
}

const HOVER_MS = 80;
const NONE: ReadonlySet<number> = new Set();

export function usePlanModel(inputs: Inputs): PlanModel {
  const { view, nodes, looks, editorLit, actions, look } = inputs;
  const plan = usePlanNumber(view);
  const [hovered, setHovered] = useStateFor<ReadonlySet<number>>(plan, NONE);
  const [order, sort] = useStateFor<NodeOrder>(plan, 'tree');
  const tell = useDebouncedHover(inputs.host, plan);
  const hoverNodes = (ids: readonly number[]): void => {
    setHovered(now => (now.size === ids.length && ids.every(id => now.has(id)) ? now : new Set(ids)));
    tell(ids[0] ?? null);
  };
  const kind = view.analyzed ? 'measured' : 'estimated';
  const lit = useMemo(
    () => (hovered.size === 0 ? editorLit : editorLit.size === 0 ? hovered : new Set([...hovered, ...editorLit])),
    [hovered, editorLit],
  );
  return {
    ...inputs,
    order,
    lit,
    sort: next => sort(() => next),
    hoverNodes,
    selectedNode: looks.selected === undefined ? undefined : nodes.get(looks.selected),
    chosen: looks.columns[kind],
    search: useNodeSearch(view, plan, actions),
    findings: useFindingWalk(view, plan, nodes, actions),
    hover: id => hoverNodes(id === null ? [] : [id]),
    collapse: collapsed => look({ collapsed }),
    choose: columns => look({ columns: { ...looks.columns, [kind]: columns } }),
  };
}

/** Tells the editor which node the pointer rests on, once it rests; never one of a plan that is gone. */
function useDebouncedHover(host: PlanHost, plan: number): (nodeId: number | null) => void {
  const timer = useRef<number>();
  const told = useRef<number | null>(null);
  useLayoutEffect(() => () => window.clearTimeout(timer.current), [plan]);
  return nodeId => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      if (told.current === nodeId) return;
      told.current = nodeId;
      // an editor that lights nothing is no trouble
      host.hoverNode?.(nodeId).catch(() => undefined);
    }, HOVER_MS);
  };
}

function useNodeSearch(view: PlanView, plan: number, actions: Actions): NodeSearch {
  const [query, setQuery] = useState('');
  const [at, setAt] = useStateFor(plan, -1);
  const isWanted = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  const isSearching = query.trim() !== '';
  const texts = useMemo(() => (isSearching ? searchTexts(view.nodes) : []), [view.nodes, isSearching]);
  const matches = useMemo(() => searchNodes(view.nodes, texts, query), [texts, query]);
  const found = useMemo(() => new Set(matches), [matches]);
  const start = (): void => {
    isWanted.current = input.current === null;
    input.current?.focus();
    input.current?.select();
  };
  // once the tab with the field is drawn, and before the first letter is typed
  useLayoutEffect(() => {
    if (isWanted.current) start();
    isWanted.current = false;
  });
  return {
    query,
    matches,
    found,
    place: at < matches.length ? at + 1 : 0,
    input,
    set: next => {
      setQuery(next);
      setAt(() => -1);
    },
    go: step => {
      if (matches.length === 0) return;
      const next = at < 0 ? (step > 0 ? 0 : matches.length - 1) : (at + step + matches.length) % matches.length;
      setAt(() => next);
      actions.select(matches[next]!);
    },
    start,
  };
}

function useFindingWalk(
  view: PlanView,
  plan: number,
  nodes: ReadonlyMap<number, NodeView>,
  actions: Actions,
): FindingWalk {
  const count = view.findings.length;
  const [current, setCurrent] = useStateFor(`${plan} ${count}`, -1);
  return {
    current,
    go: step => {
      if (count === 0) return;
      const next = current < 0 ? (step > 0 ? 0 : count - 1) : (current + step + count) % count;
      setCurrent(() => next);
      const nodeId = view.findings[next]?.nodeId;
      if (nodeId !== undefined && nodes.has(nodeId)) actions.select(nodeId);
    },
  };
}

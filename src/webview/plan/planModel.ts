import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NodeView, PlanHost, PlanView } from '../../protocol/planPanel';
import type { Actions } from './actions';
import type { ColumnId } from './columns';
import type { NodeOrder } from './nodeOrder';
import { searchNodes, searchTexts } from './nodeSearch';
import type { PageState } from './pageState';
import type { Reveal } from './treeTable';

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
  const { view, looks, editorLit, actions, look } = inputs;
  const [hovered, setHovered] = useState<ReadonlySet<number>>(NONE);
  const [order, sort] = useState<NodeOrder>('tree');
  const nodes = useMemo(() => new Map(view.nodes.map(node => [node.id, node])), [view.nodes]);
  const tell = useDebouncedHover(inputs.host);
  const hoverNodes = (ids: readonly number[]): void => {
    setHovered(now => (now.size === ids.length && ids.every(id => now.has(id)) ? now : new Set(ids)));
    tell(ids[0] ?? null);
  };
  useEffect(() => {
    setHovered(NONE);
    sort('tree');
  }, [view.sql, view.analyzed, view.nodes.length]);

  const kind = view.analyzed ? 'measured' : 'estimated';
  const lit = useMemo(
    () => (hovered.size === 0 ? editorLit : editorLit.size === 0 ? hovered : new Set([...hovered, ...editorLit])),
    [hovered, editorLit],
  );
  return {
    ...inputs,
    nodes,
    order,
    lit,
    sort,
    hoverNodes,
    selectedNode: looks.selected === undefined ? undefined : nodes.get(looks.selected),
    chosen: looks.columns[kind],
    search: useNodeSearch(view, actions),
    findings: useFindingWalk(view, nodes, actions),
    hover: id => hoverNodes(id === null ? [] : [id]),
    collapse: collapsed => look({ collapsed }),
    choose: columns => look({ columns: { ...looks.columns, [kind]: columns } }),
  };
}

/** Tells the editor which node the pointer rests on, once it rests. */
function useDebouncedHover(host: PlanHost): (nodeId: number | null) => void {
  const timer = useRef<number>();
  const told = useRef<number | null>(null);
  useEffect(() => () => window.clearTimeout(timer.current), []);
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

function useNodeSearch(view: PlanView, actions: Actions): NodeSearch {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const isSearching = query.trim() !== '';
  const texts = useMemo(() => (isSearching ? searchTexts(view.nodes) : []), [view.nodes, isSearching]);
  const matches = useMemo(() => searchNodes(view.nodes, texts, query), [texts, query]);
  const found = useMemo(() => new Set(matches), [matches]);
  return {
    query,
    matches,
    found,
    place: at < matches.length ? at + 1 : 0,
    input,
    set: next => {
      setQuery(next);
      setAt(-1);
    },
    go: step => {
      if (matches.length === 0) return;
      const next = at < 0 ? (step > 0 ? 0 : matches.length - 1) : (at + step + matches.length) % matches.length;
      setAt(next);
      actions.select(matches[next]!);
    },
    start: () => {
      input.current?.focus();
      input.current?.select();
    },
  };
}

function useFindingWalk(view: PlanView, nodes: ReadonlyMap<number, NodeView>, actions: Actions): FindingWalk {
  const [current, setCurrent] = useState(-1);
  useEffect(() => setCurrent(-1), [view.sql, view.findings.length]);
  const count = view.findings.length;
  return {
    current: current < count ? current : -1,
    go: step => {
      if (count === 0) return;
      const next = current < 0 ? (step > 0 ? 0 : count - 1) : (current + step + count) % count;
      setCurrent(next);
      const nodeId = view.findings[next]?.nodeId;
      if (nodeId !== undefined && nodes.has(nodeId)) actions.select(nodeId);
    },
  };
}

import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { messageOf } from '../../core/base/messageOf';
import { Channel } from '../../protocol/channel';
import type { NodeView, PlanHost, PlanPage, PlanView, ProgressView } from '../../protocol/planPanel';
import type { Editor } from '../shared/vscodeApi';
import { EmptyState, ErrorBanner, Progress } from './notices';
import { readPageState, writePageState } from './pageState';
import type { PageState } from './pageState';
import { connectActions, connectHost } from './planHost';
import { Snapshot } from './snapshot';
import { ancestorsOf, hottestNodes } from './treeRows';
import type { Reveal } from './treeTable';
import { isSamePlan } from './usePlanNumber';

interface Shown {
  readonly view: PlanView;
  readonly nodes: ReadonlyMap<number, NodeView>;
}

const NONE: ReadonlySet<number> = new Set();

/** The plan panel: asks the extension for its snapshot when it loads, and shows what it is sent from then on. */
export function App({ editor }: { readonly editor: Editor }): JSX.Element {
  const [loaded, setLoaded] = useState(false);
  const [shown, setShown] = useState<Shown>();
  const [progress, setProgress] = useState<ProgressView | null>(null);
  const [failure, setFailure] = useState<string>();
  const [looks, setLooks] = useState<PageState>(() => readPageState(editor.savedState));
  const [reveal, setReveal] = useState<Reveal>({ scrollPage: false });
  const [editorLit, setEditorLit] = useState(NONE);
  /** The same for those who are called between two renders. */
  const latest = useRef<Shown>();
  /** A node that was asked for before there was a plan. */
  const awaited = useRef<number>();
  const channel = useRef<Channel<PlanPage, PlanHost>>();

  const show = (next: PlanView): void => {
    const before = latest.current?.view;
    latest.current = { view: next, nodes: new Map(next.nodes.map(node => [node.id, node])) };
    setShown(latest.current);
    setLoaded(true);
    setFailure(undefined);
    // a change of a suggestion's state must not move the selection, nor the rows
    if (before && isSamePlan(before, next)) return;
    if (before) setEditorLit(NONE);
    setLooks(now => looksFor(next, now, before === undefined));
    setReveal({ scrollPage: false });
    if (awaited.current !== undefined) showNode(awaited.current);
    awaited.current = undefined;
  };
  const select = (nodeId: number): void => {
    const nodes = latest.current?.nodes;
    if (!nodes?.has(nodeId)) return;
    setLooks(now => {
      const opened = new Set(now.collapsed);
      for (const id of ancestorsOf(nodes, nodeId)) opened.delete(id);
      return { ...now, selected: nodeId, collapsed: opened.size === now.collapsed.size ? now.collapsed : opened };
    });
  };
  const showNode = (nodeId: number): void => {
    if (!latest.current) awaited.current = nodeId;
    select(nodeId);
    setReveal({ scrollPage: true });
  };

  // at once: what the extension says before anything is painted is heard, too
  useLayoutEffect(() => {
    const page: PlanPage = {
      show,
      progress: setProgress,
      select: showNode,
      highlight: nodeIds => setEditorLit(new Set(nodeIds)),
    };
    const opened = new Channel<PlanPage, PlanHost>(editor.port, page);
    channel.current = opened;
    opened.call('ready').then(
      first => {
        // a snapshot that came by itself in the meantime is newer
        if (first && !latest.current) show(first);
        setLoaded(true);
      },
      (error: unknown) => setFailure(messageOf(error)),
    );
    return () => opened.dispose();
  }, []);
  // at once, for the page may be gone before the next paint
  useLayoutEffect(() => editor.saveState(writePageState(looks)), [looks]);

  const host = useMemo(() => connectHost(() => channel.current), []);
  const actions = useMemo(
    () =>
      connectActions(host, {
        select: showNode,
        start: () => setFailure(undefined),
        fail: (error: unknown) => setFailure(messageOf(error)),
      }),
    [],
  );

  const error = failure ?? shown?.view.error;
  const notices = (
    <>
      {progress && <Progress progress={progress} cancel={actions.cancel} />}
      {error && <ErrorBanner text={error} dismiss={failure ? () => setFailure(undefined) : undefined} />}
    </>
  );
  if (!shown) {
    return (
      <main class="page">
        {notices}
        {loaded && !progress && <EmptyState actions={actions} />}
      </main>
    );
  }
  return (
    <main class="page">
      <Snapshot
        view={shown.view}
        nodes={shown.nodes}
        looks={looks}
        editorLit={editorLit}
        busy={progress !== null}
        notices={notices}
        actions={actions}
        host={host}
        reveal={reveal}
        select={select}
        look={change => setLooks(now => ({ ...now, ...change }))}
      />
    </main>
  );
}

/** A new plan opens with its most expensive node selected, unless the page was reloaded with another still there. */
function looksFor(view: PlanView, now: PageState, isReload: boolean): PageState {
  const known = new Set(view.nodes.map(node => node.id));
  const kept = isReload && now.selected !== undefined && known.has(now.selected) ? now.selected : undefined;
  return {
    ...now,
    selected: kept ?? hottestNodes(view.nodes, 1)[0]?.id ?? view.nodes[0]?.id,
    collapsed: new Set([...(isReload ? now.collapsed : [])].filter(id => known.has(id))),
  };
}

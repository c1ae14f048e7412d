import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Channel } from '../../protocol/channel';
import type { PlanHost, PlanPage, PlanView, ProgressView } from '../../protocol/planPanel';
import type { Editor } from '../shared/vscodeApi';
import { EmptyState, ErrorBanner, Progress } from './notices';
import { readPageState, writePageState } from './pageState';
import type { PageState } from './pageState';
import { connectActions, connectHost } from './planHost';
import { Snapshot } from './snapshot';
import { ancestorsOf, hottestNodes } from './treeRows';
import type { Reveal } from './treeTable';

/** The plan panel: asks the extension for its snapshot when it loads, and shows what it is sent from then on. */
export function App({ editor }: { readonly editor: Editor }): JSX.Element {
  const [loaded, setLoaded] = useState(false);
  const [view, setView] = useState<PlanView>();
  const [progress, setProgress] = useState<ProgressView | null>(null);
  const [failure, setFailure] = useState<string>();
  const [looks, setLooks] = useState<PageState>(() => readPageState(editor.savedState));
  const [reveal, setReveal] = useState<Reveal>({ scrollPage: false });
  const [editorLit, setEditorLit] = useState<ReadonlySet<number>>(new Set());
  const shown = useRef<PlanView>();
  const channel = useRef<Channel<PlanPage, PlanHost>>();

  const show = (next: PlanView): void => {
    const before = shown.current;
    shown.current = next;
    setView(next);
    setLoaded(true);
    setFailure(undefined);
    setEditorLit(new Set());
    setLooks(now => (before && isSamePlan(before, next) ? now : looksFor(next, now, before === undefined)));
    setReveal({ scrollPage: false });
  };
  const select = (nodeId: number): void => {
    const nodes = new Map(shown.current?.nodes.map(node => [node.id, node]));
    if (!nodes.has(nodeId)) return;
    setLooks(now => {
      const opened = new Set(now.collapsed);
      for (const id of ancestorsOf(nodes, nodeId)) opened.delete(id);
      return { ...now, selected: nodeId, collapsed: opened.size === now.collapsed.size ? now.collapsed : opened };
    });
  };
  const showNode = (nodeId: number): void => {
    select(nodeId);
    setReveal({ scrollPage: true });
  };

  useEffect(() => {
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
        if (first) show(first);
        setLoaded(true);
      },
      (error: unknown) => setFailure(sentence(error)),
    );
    return () => opened.dispose();
  }, []);
  useEffect(() => editor.saveState(writePageState(looks)), [looks]);

  const host = useMemo(() => connectHost(() => channel.current), []);
  const actions = useMemo(
    () =>
      connectActions(host, {
        select: showNode,
        start: () => setFailure(undefined),
        fail: (error: unknown) => setFailure(sentence(error)),
      }),
    [],
  );

  const error = failure ?? view?.error;
  const notices = (
    <>
      {progress && <Progress progress={progress} cancel={actions.cancel} />}
      {error && <ErrorBanner text={error} dismiss={failure ? () => setFailure(undefined) : undefined} />}
    </>
  );
  if (!view) {
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
        view={view}
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

/** The same statement planned the same way: a change of a suggestion's state must not move the selection. */
function isSamePlan(a: PlanView, b: PlanView): boolean {
  return (
    a.sql === b.sql &&
    a.nodes.length === b.nodes.length &&
    a.nodes.every((node, index) => node.nodeType === b.nodes[index]?.nodeType && node.id === b.nodes[index]?.id)
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

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

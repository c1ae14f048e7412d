import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Channel } from '../../protocol/channel';
import type { PlanHost, PlanPage, PlanView, ProgressView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { SqlCode } from '../shared/sqlCode';
import type { Editor } from '../shared/vscodeApi';
import type { Actions } from './actions';
import { ComparisonTable, VerdictStrip } from './comparison';
import { Details } from './details';
import { Findings } from './findings';
import { Header } from './header';
import { HotNodes } from './hotNodes';
import { EmptyState, ErrorBanner, Progress } from './notices';
import { readPageState, writePageState } from './pageState';
import type { PageState } from './pageState';
import { SuggestionCard } from './suggestions';
import { ancestorsOf, hottestNodes } from './treeRows';
import { TreeTable } from './treeTable';
import type { Reveal } from './treeTable';

/** The plan panel: asks the extension for its snapshot when it loads, and shows what it is sent from then on. */
export function App({ editor }: { readonly editor: Editor }): JSX.Element {
  const [loaded, setLoaded] = useState(false);
  const [view, setView] = useState<PlanView>();
  const [progress, setProgress] = useState<ProgressView | null>(null);
  const [failure, setFailure] = useState<string>();
  const [looks, setLooks] = useState<PageState>(() => readPageState(editor.savedState));
  const [reveal, setReveal] = useState<Reveal>({ scrollPage: false });
  const shown = useRef<PlanView>();
  const host = useRef<Channel<PlanPage, PlanHost>>();

  const show = (next: PlanView): void => {
    const before = shown.current;
    shown.current = next;
    setView(next);
    setLoaded(true);
    setFailure(undefined);
    setLooks(now => (before && isSamePlan(before, next) ? now : looksFor(next, before ? undefined : now)));
    setReveal({ scrollPage: false });
  };
  const select = (nodeId: number): void => {
    const nodes = new Map(shown.current?.nodes.map(node => [node.id, node]));
    if (!nodes.has(nodeId)) return;
    setLooks(({ collapsed }) => {
      const opened = new Set(collapsed);
      for (const id of ancestorsOf(nodes, nodeId)) opened.delete(id);
      return { selected: nodeId, collapsed: opened.size === collapsed.size ? collapsed : opened };
    });
  };
  const showNode = (nodeId: number): void => {
    select(nodeId);
    setReveal({ scrollPage: true });
  };

  useEffect(() => {
    const channel = new Channel<PlanPage, PlanHost>(editor.port, { show, progress: setProgress, select: showNode });
    host.current = channel;
    channel.call('ready').then(
      first => {
        if (first) show(first);
        setLoaded(true);
      },
      (error: unknown) => setFailure(sentence(error)),
    );
    return () => channel.dispose();
  }, []);
  useEffect(() => editor.saveState(writePageState(looks)), [looks]);

  const actions = useMemo<Actions>(() => {
    const run = <K extends keyof PlanHost>(method: K, ...args: Parameters<NonNullable<PlanHost[K]>>): void => {
      setFailure(undefined);
      host.current?.call(method, ...args).catch((error: unknown) => setFailure(sentence(error)));
    };
    return {
      explain: analyze => run('explain', { analyze }),
      reveal: () => run('revealStatement'),
      revealNode: nodeId => run('revealStatement', nodeId),
      select: showNode,
      apply: id => run('apply', id),
      undo: id => run('undo', id),
      saveAsMigration: id => run('saveAsMigration', id),
      copySuggestion: id => run('copy', 'sql', id),
      copyPlan: () => run('copy', 'plan'),
      openRule: rule => run('openRule', rule),
      cancel: () => run('cancel'),
    };
  }, []);

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
      <Header view={view} actions={actions} />
      {notices}
      <Snapshot
        view={view}
        looks={looks}
        busy={progress !== null}
        actions={actions}
        reveal={reveal}
        select={select}
        collapse={collapsed => setLooks(now => ({ ...now, collapsed }))}
      />
    </main>
  );
}

interface SnapshotProps {
  readonly view: PlanView;
  readonly looks: PageState;
  readonly busy: boolean;
  readonly actions: Actions;
  readonly reveal: Reveal;
  select(nodeId: number): void;
  collapse(collapsed: ReadonlySet<number>): void;
}

function Snapshot({ view, looks, busy, actions, reveal, select, collapse }: SnapshotProps): JSX.Element {
  const nodes = useMemo(() => new Map(view.nodes.map(node => [node.id, node])), [view.nodes]);
  const node = looks.selected === undefined ? undefined : nodes.get(looks.selected);
  return (
    <>
      {view.comparison && <VerdictStrip comparison={view.comparison} />}
      <div class="columns">
        <HotNodes view={view} selected={looks.selected} select={actions.select} />
        <div class="advice">
          {view.suggestions.length > 0 && (
            <section class="suggestions" aria-labelledby="suggestions-title">
              <div class="section-head">
                <h2 id="suggestions-title">What would make it faster</h2>
              </div>
              {view.suggestions.map(suggestion => (
                <SuggestionCard key={suggestion.id} suggestion={suggestion} actions={actions} busy={busy} />
              ))}
            </section>
          )}
          {view.findings.length > 0 && (
            <section class="other-findings" aria-labelledby="findings-title">
              <div class="section-head">
                <h2 id="findings-title">Findings</h2>
              </div>
              <Findings findings={view.findings} nodes={nodes} actions={actions} />
            </section>
          )}
          <Notes notes={view.notes} />
        </div>
        <div class="plan">
          {view.nodes.length > 0 && (
            <TreeTable
              view={view}
              selected={looks.selected}
              collapsed={looks.collapsed}
              reveal={reveal}
              select={select}
              show={actions.select}
              collapse={collapse}
              goToSql={actions.revealNode}
            />
          )}
          {node && <Details node={node} findings={view.findings.filter(f => f.nodeId === node.id)} actions={actions} />}
        </div>
      </div>
      {view.comparison && view.comparison.rows.length > 0 && <ComparisonTable comparison={view.comparison} />}
      {view.sql && (
        <details class="statement">
          <summary>Statement</summary>
          <SqlCode text={view.sql} />
          <button type="button" class="secondary" onClick={actions.copyPlan}>
            <Icon name="copy" />
            <span>Copy plan as JSON</span>
          </button>
        </details>
      )}
    </>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }): JSX.Element | null {
  if (notes.length === 0) return null;
  return (
    <ul class="notes" aria-label="Notes">
      {notes.map((note, index) => (
        <li key={index}>
          <Icon name="info" />
          <span>{note}</span>
        </li>
      ))}
    </ul>
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
function looksFor(view: PlanView, saved: PageState | undefined): PageState {
  const known = new Set(view.nodes.map(node => node.id));
  const kept = saved?.selected !== undefined && known.has(saved.selected) ? saved.selected : undefined;
  return {
    selected: kept ?? hottestNodes(view.nodes, 1)[0]?.id ?? view.nodes[0]?.id,
    collapsed: new Set([...(saved?.collapsed ?? [])].filter(id => known.has(id))),
  };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

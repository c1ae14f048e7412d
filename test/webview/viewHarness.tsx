import { render } from 'preact';
import type { ExportFormat, PlanView } from '../../src/protocol/planPanel';
import { ExportMenu } from '../../src/webview/plan/exports/exportMenu';
import { GraphView } from '../../src/webview/plan/graph/graphView';
import { IcicleView } from '../../src/webview/plan/icicle/icicleView';
import '../../src/webview/plan/css/base.css';
import '../../src/webview/plan/css/layout.css';

interface Shown {
  readonly what: 'graph' | 'icicle' | 'exports';
  readonly view: PlanView;
  readonly selected?: number;
  readonly lit?: readonly number[];
  /** Methods of the extension that the menu may call. */
  readonly methods?: readonly string[];
}

const calls: unknown[][] = [];

/** Draws one of the views alone, in a page of its own; resolves to how long it took until it was painted. */
function show({ what, view, selected, lit = [], methods = ['exportAs', 'copyText'] }: Shown): Promise<number> {
  const root = document.getElementById('root')!;
  const started = performance.now();
  const select = (id: number): void => {
    calls.push(['select', id]);
    void show({ what, view, selected: id, lit, methods });
  };
  const record = (name: string, ...args: unknown[]): Promise<void> => {
    calls.push([name, ...args]);
    return Promise.resolve();
  };
  const host = {
    ...(methods.includes('exportAs') && {
      exportAs: (format: ExportFormat, content: string, encoding: string) =>
        record('exportAs', format, content, encoding),
    }),
    ...(methods.includes('copyText') && { copyText: (text: string) => record('copyText', text) }),
  };
  const props = { view, selected, lit: new Set(lit), onSelect: select };
  render(
    <main class="page">
      {what === 'graph' ? (
        <GraphView {...props} />
      ) : what === 'icicle' ? (
        <IcicleView {...props} />
      ) : (
        <ExportMenu view={view} host={host} />
      )}
    </main>,
    root,
  );
  return new Promise(resolve =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started))),
  );
}

Object.assign(window, { show, calls });

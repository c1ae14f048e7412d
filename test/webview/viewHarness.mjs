// Runs in the browser: draws one of the plan's views alone. Bundled by viewPage.ts, which says what `show` takes.
import { h, render } from 'preact';
import { ExportMenu } from '../../src/webview/plan/exports/exportMenu';
import { GraphView } from '../../src/webview/plan/graph/graphView';
import { IcicleView } from '../../src/webview/plan/icicle/icicleView';
import '../../src/webview/plan/css/base.css';
import '../../src/webview/plan/css/controls.css';
import '../../src/webview/plan/css/layout.css';

const VIEWS = { graph: GraphView, icicle: IcicleView, exports: ExportMenu };
const calls = [];

/** Resolves to the milliseconds until it was painted. */
function show({ what, view, selected, lit = [], methods = ['exportAs', 'copyText'] }) {
  const started = performance.now();
  const onSelect = id => {
    calls.push(['select', id]);
    void show({ what, view, selected: id, lit, methods });
  };
  const host = Object.fromEntries(
    methods.map(name => [
      name,
      (...args) => {
        calls.push([name, ...args]);
        return Promise.resolve();
      },
    ]),
  );
  const onHover = () => undefined;
  const props = what === 'exports' ? { view, host } : { view, selected, lit: new Set(lit), onSelect, onHover };
  render(h('main', { class: 'page' }, h(VIEWS[what], props)), document.getElementById('root'));
  return new Promise(resolve =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started))),
  );
}

Object.assign(window, { show, calls });

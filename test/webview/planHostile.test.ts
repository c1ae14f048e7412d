import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import { INDEX_SUGGESTION, nodesOf } from './sampleViews';
import type { NodeView, PlanView } from '../../src/protocol/planPanel';

const EVIL =
  `</code></script><img src=x onerror="document.title='hit'"><script>document.title='hit'</script>` +
  `"'\`&lt;{{7*7}}\${7*7}\u202e gnirts \u2066\u0000`;
const SHOWN_EVIL = EVIL.replace('\u202e', '[U+202E]').replace('\u2066', '[U+2066]').replace('\u0000', '[U+0000]');

/** The same everywhere a text from elsewhere is shown. */
function hostileView(text: string): PlanView {
  const property = { name: text, value: text };
  return {
    ...RICH,
    title: text,
    sql: text,
    connection: text,
    server: text,
    nodes: nodesOf({
      nodeType: text,
      detail: text,
      subplanName: text,
      selfMs: 1,
      totalMs: 2,
      properties: [property, { name: 'Filter', value: text }],
      workers: [{ number: 0, totalMs: 1, rows: 1, loops: 1, properties: [property] }],
      sqlRanges: [{ start: 0, end: text.length }],
    }),
    findings: [
      {
        rule: text,
        severity: 'error',
        nodeId: 0,
        message: text,
        evidence: text,
        nextStep: text,
        steps: [{ kind: 'sql', title: text, what: 'analyze', sql: [text] }],
      },
    ],
    suggestions: [{ ...INDEX_SUGGESTION, title: text, sql: [text], inverse: [text], how: text, evidence: text }],
    notes: [text],
    error: text,
    problems: [text],
    raw: { format: 'text', text },
    settings: [property],
    statistics: [property],
    triggers: [{ name: text, ms: 1, calls: 1 }],
    history: {
      entries: [
        { id: text, at: text, executionMs: 1, note: text },
        { id: 'b', at: text },
      ],
    },
    comparison: {
      verdict: 'same',
      sentence: text,
      cautions: [text],
      rows: [{ depth: 0, change: 'changed', before: text, after: text }],
    },
  };
}

describe('webview/plan hostile plans', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (view: PlanView): Promise<void> => {
    panel = await openPage(view, { width: 900 });
    await panel.page.locator('[role=treegrid]').waitFor();
  };
  const eachTab = async (work: (id: string) => Promise<void>): Promise<void> => {
    const ids = await panel.page.evaluate(() => [...document.querySelectorAll('[role=tab]')].map(tab => tab.id));
    assert.ok(ids.length >= 6);
    for (const id of ids) {
      await panel.page.locator(`#${id}`).click();
      await work(id);
    }
  };

  it('shows markup, quotes and hidden characters as text in every tab', async () => {
    await open(hostileView(EVIL));
    await eventually.equal(() => panel.page.locator('h1').innerText(), SHOWN_EVIL);
    await eachTab(async id => {
      const words = await panel.page.locator('[role=tabpanel]').innerText();
      assert.ok(words.includes('[U+202E]'), `${id} shows the text`);
      assert.doesNotMatch(words, /[\u202a-\u202e\u2066-\u2069\u0000]/, id);
      await eventually.equal(
        () => panel.page.locator('#root :is(img, script, iframe, link, style, object)').count(),
        0,
        id,
      );
    });
    await eventually.equal(() => panel.page.evaluate<string>('document.title'), 'Plan');
  });

  it('copies what was given, not what is shown', async () => {
    await open(hostileView(EVIL));
    await panel.page.locator('[aria-label="Copy Filter"]').click();
    await eventually.equal(() => panel.calls.at(-1), `copyText ${EVIL}`);
  });

  it('stays quick with texts of five million characters in one line', async function () {
    this.timeout(120_000);
    const huge = `${EVIL}${'x'.repeat(5_000_000)}`;
    const view = hostileView(`${EVIL}${'x'.repeat(50_000)}`);
    const nodes = view.nodes.map(node => ({ ...node, detail: huge, properties: [{ name: 'Filter', value: huge }] }));
    await open({ ...view, nodes, sql: huge, raw: { format: 'text', text: huge } });
    await eachTab(async id => {
      const size = await panel.page.evaluate<number>('document.querySelector("#root").textContent.length');
      assert.ok(size < 150_000, `${id} has ${size} characters in the document`);
    });
    await eventually.equal(() => panel.page.evaluate<string>('document.title'), 'Plan');
  });

  it('shows a plan 5,000 nodes deep, and walks to its end', async () => {
    const deep: NodeView[] = Array.from({ length: 5_000 }, (_, id) => ({
      ...nodesOf({ nodeType: `Level ${id}`, selfMs: 1, totalMs: 5_000 - id })[0]!,
      id,
      parentId: id === 0 ? undefined : id - 1,
      depth: id,
      childCount: id === 4_999 ? 0 : 1,
    }));
    await open({ ...RICH, nodes: deep, findings: [] });
    await panel.page.locator('[role=treegrid]').focus();
    await panel.page.keyboard.press('End');
    const row = panel.page.locator('[role=treegrid] [aria-selected=true]');
    await eventually.match(() => row.innerText(), /Level 4999/);
    await eventually.equal(() => row.getAttribute('aria-level'), '5000');
    await panel.page.keyboard.press('Backspace');
    await eventually.match(() => row.innerText(), /Level 4998/);
    await eachTab(() => Promise.resolve());
    await eventually.ok(
      async () => (await panel.page.evaluate<number>('document.querySelectorAll("#root *").length')) < 6_000,
    );
  });

  it('bears nodes whose parents go round in a circle, and ranges beyond the text', async () => {
    const [node] = nodesOf({ nodeType: 'Loop', selfMs: 1 });
    const nodes: NodeView[] = [
      { ...node!, id: 0, childCount: 1 },
      { ...node!, id: 1, parentId: 2, depth: 1, childCount: 1, sqlRanges: [{ start: 5, end: 9e9 }] },
      { ...node!, id: 2, parentId: 1, depth: 2, childCount: 1, sqlRanges: [{ start: -4, end: 2 }] },
    ];
    await open({ ...RICH, nodes, findings: [] });
    await panel.plan.call('select', 2);
    await panel.page.locator('#node-2[aria-selected=true]').waitFor();
    await panel.page.locator('#tab-sql').click();
    await eventually.equal(() => panel.page.locator('.sql-part').count(), 0);
  });
});

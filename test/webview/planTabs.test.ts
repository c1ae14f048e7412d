import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import { ESTIMATED, hugeView, MEASURED } from './sampleViews';
import type { PlanView } from '../../src/protocol/planPanel';

const GRID = '[role=treegrid]';
const ROWS = `${GRID} .virtual-rows [role=row]`;

describe('webview/plan tabs', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (view: PlanView, options?: Parameters<typeof openPlanPanel>[2]): Promise<void> => {
    panel = await openPage(view, options);
    await panel.page.locator(GRID).waitFor();
  };
  const tab = (id: string): Promise<void> => panel.page.locator(`#tab-${id}`).click();
  const text = async (selector: string): Promise<string> =>
    (await panel.page.locator(selector).innerText()).replace(/\s+/g, ' ');
  const names = (): Promise<string[]> => panel.page.locator(`${ROWS} .node-type`).allInnerTexts();
  const selected = (): Promise<string> => text(`${GRID} [aria-selected=true] .node-text`);
  const press = (...keys: string[]): Promise<void> => panel.press(...keys);

  it('opens again where it was', async () => {
    await open(RICH);
    await tab('history');
    await panel.page.reload();
    await panel.page.locator('#tab-history[aria-selected=true]').waitFor();
    await eventually.match(() => text('[role=tabpanel]'), /18\.6 ms now/);
  });

  it('offers no tab that has nothing to show', async () => {
    await open({ ...ESTIMATED, sql: '' });
    const titles = await panel.page.locator('[role=tab]').allInnerTexts();
    for (const missing of ['SQL', 'Compare', 'History']) assert.ok(!titles.includes(missing), missing);
  });

  describe('order and columns', () => {
    it('ranks by a figure without the tree, and goes back', async () => {
      await open(RICH);
      await panel.page.locator('.select').selectOption('read');
      await eventually.equal(async () => (await names())[0], 'Seq Scan');
      await eventually.equal(() => panel.page.locator(`${ROWS}[aria-expanded]`).count(), 0);
      await panel.page.locator('button:has-text("Back to tree")').click();
      await eventually.equal(async () => (await names())[0], 'Sort');
      await panel.page.locator('.head-button:has-text("Self")').click();
      await eventually.equal(() => panel.page.locator('[aria-sort=descending]').count(), 1);
      await eventually.equal(async () => (await names()).slice(0, 3), ['Seq Scan', 'Hash Join', 'Index Scan']);
      await panel.page.locator('.head-button:has-text("Self")').click();
      await eventually.equal(async () => (await names())[0], 'Sort');
    });

    it('lists what was never executed, and says so when nothing was spared', async () => {
      await open(RICH);
      await panel.page.locator('.select').selectOption('never');
      await eventually.equal(names, ['Limit']);
      await panel.plan.call('show', hugeView(5));
      await panel.page.locator(`${ROWS} .node-type:text-is("Append")`).waitFor();
      await panel.page.locator('.select').selectOption('never');
      await eventually.match(() => text(GRID), /Every node was executed/);
    });

    it('remembers the columns that were chosen, for measured plans alone', async () => {
      await open(RICH, { width: 1_000 });
      await panel.page.locator('button:has-text("Columns")').click();
      await panel.page.locator('.popover label:has-text("I/O")').click();
      await panel.page.locator('.popover label:has-text("Loops")').click();
      await press('Escape');
      await panel.page.locator('.popover').waitFor({ state: 'detached' });
      await eventually.equal(() => panel.page.evaluate<string>('document.activeElement.textContent'), 'Columns');
      await panel.page.reload();
      await panel.page.locator(GRID).waitFor();
      const heads = panel.page.locator('.head-button');
      const chosen = ['Self', 'Total', 'Rows', 'Planned', 'Off by', 'Buffers', 'I/O'];
      await eventually.equal(() => heads.allInnerTexts(), chosen);
      await panel.plan.call('show', ESTIMATED);
      await panel.page.locator('.head-button:has-text("Share of cost")').waitFor();
      await eventually.equal(
        () => panel.page.locator('.head-button').allInnerTexts(),
        ['Planned', 'Share of cost', 'Cost'],
      );
    });

    it('marks where a wrong estimate begins, in words', async () => {
      await open(RICH);
      await eventually.equal(() => panel.page.locator('.origin').count(), 1);
      await eventually.match(() => text(`${ROWS}[aria-level="3"]:nth-child(3) .col-error`), /origin ↑ 12×/);
    });

    it('finds a node by the letters of its name', async () => {
      await open(RICH);
      await panel.page.locator(GRID).focus();
      await panel.page.keyboard.type('index');
      await eventually.match(selected, /^Index Scan/);
    });
  });

  describe('search', () => {
    it('finds nodes from anywhere by Ctrl+F, counts them, and goes round', async () => {
      await open(RICH);
      await tab('settings');
      await press('Control+f');
      await panel.page.locator('.search-input').waitFor();
      await panel.page.locator('.search-input').fill('scan on');
      await eventually.equal(() => text('.search-count'), '– of 2');
      await press('Enter');
      await eventually.equal(() => text('.search-count'), '1 of 2');
      await eventually.match(selected, /^Seq Scan/);
      await press('Enter');
      await eventually.match(selected, /^Index Scan/);
      await press('Enter');
      await eventually.match(selected, /^Seq Scan/);
      await press('Shift+Enter');
      await eventually.match(selected, /^Index Scan/);
      await eventually.equal(() => panel.page.locator(`${ROWS}.found`).count(), 2);
      await press('Escape');
      await eventually.equal(() => panel.page.locator(`${ROWS}.found`).count(), 0);
      await eventually.equal(
        () => panel.page.evaluate<string>('document.activeElement.getAttribute("role")'),
        'treegrid',
      );
    });

    it('opens what a match is folded into', async () => {
      await open(RICH);
      await panel.page.locator('button:has-text("Collapse all")').click();
      await eventually.equal(() => panel.page.locator(ROWS).count(), 2);
      await press('Control+f');
      await panel.page.locator('.search-input').fill('cameras_pkey');
      await press('Enter');
      await eventually.match(selected, /^Index Scan/);
    });

    it('says when nothing was found', async () => {
      await open(RICH);
      await panel.page.locator('.search-input').fill('nowhere');
      await eventually.equal(() => text('.search-count'), 'none');
      await eventually.ok(() => panel.page.locator('[aria-label="Next match"]').isDisabled());
    });
  });

  describe('findings', () => {
    it('walks through them by F8, and back', async () => {
      await open(RICH);
      await press('F8');
      await eventually.match(() => text('.finding-walk'), /finding 1 of 2/);
      await eventually.match(selected, /^Seq Scan/);
      await press('F8');
      await eventually.match(selected, /^Hash Join/);
      await eventually.equal(() => panel.page.locator('.advice .finding[aria-current=true]').count(), 1);
      await press('Shift+F8');
      await eventually.match(selected, /^Seq Scan/);
      await panel.page.locator('[aria-label="Previous finding"]').click();
      await eventually.match(() => text('.finding-walk'), /finding 2 of 2/);
    });

    it('folds a finding', async () => {
      await open(RICH);
      const head = panel.page.locator('.advice .finding-head').nth(1);
      await eventually.equal(() => head.getAttribute('aria-expanded'), 'true');
      await head.click();
      await eventually.equal(() => panel.page.locator('.advice .finding-words').count(), 1);
    });

    it('runs its next step, or copies its SQL', async () => {
      await open(RICH);
      await panel.page.locator('.advice button:has-text("Try with work_mem")').click();
      await eventually.equal(
        () => panel.calls.at(-1),
        'explain {"analyze":true,"settings":{"work_mem":"64MB"},"compare":true}',
      );
      await panel.page.locator('.advice [aria-label="Copy: ANALYZE counting_results"]').click();
      await eventually.equal(() => panel.calls.at(-1), 'copyText ANALYZE public.counting_results;\n');
      await panel.page.locator('.advice [aria-label="Run: ANALYZE counting_results"]').click();
      await eventually.equal(() => panel.calls.at(-1), 'runStep 1 0');
    });

    it('offers no run for a saved plan, and no index where none is suggested', async () => {
      await open({ ...RICH, source: 'file', suggestions: [] });
      await eventually.equal(() => panel.page.locator('button.step, .run-step').count(), 0);
      await eventually.equal(() => panel.page.locator('.toolbar button:has-text("Explain Analyze")').count(), 0);
    });

    it('steps through the plans of a saved file, and goes to their text', async () => {
      await open({ ...RICH, source: 'file', place: { index: 0, count: 1_200 } });
      const chooser = panel.page.locator('.plan-chooser');
      await eventually.equal(() => chooser.innerText(), 'Plan 1 of 1,200');
      await eventually.ok(() => chooser.locator('[aria-label="Previous plan"]').isDisabled());
      await chooser.locator('[aria-label="Next plan"]').click();
      await eventually.equal(() => panel.calls.at(-1), 'choosePlan 1');
      await chooser.locator('[title="Choose from a list"]').click();
      await eventually.equal(() => panel.calls.at(-1), 'choosePlan ask');
      await eventually.equal(() => panel.page.locator('button:has-text("Go to SQL")').count(), 0);
      await panel.page.locator('.details button:has-text("Go to text")').click();
      await eventually.match(() => panel.calls.at(-1) ?? '', /^revealStatement \d+$/);
    });
  });

  describe('details', () => {
    it('copies the node as text, and each condition whole', async () => {
      const long = `(id = ANY ('{${Array.from({ length: 2_000 }, (_, index) => index).join(',')}}'::int[]))`;
      const nodes = RICH.nodes.map(node =>
        node.id === 2 ? { ...node, properties: [{ name: 'Filter', value: long }] } : node,
      );
      await open({ ...RICH, nodes });
      await eventually.ok(async () => (await text('.condition')).length < 5_000);
      await panel.page.locator('[aria-label="Copy Filter"]').click();
      await eventually.equal(() => panel.calls.at(-1), `copyText ${long}`);
      await panel.page.locator('.details [aria-label="Copy node as text"]').click();
      await eventually.match(
        () => panel.calls.at(-1) ?? '',
        /^copyText Seq Scan on counting_results cr\n[\s\S]*Worker 1/,
      );
      await eventually.match(() => text('.details'), /Copied/);
    });

    it('keeps measured and estimated apart, and shows each process', async () => {
      await open(RICH);
      await eventually.match(
        () => text('.figure-group[aria-label=Measured]'),
        /Self time 346 ms \(82 %\).*Rows 61,440/,
      );
      await eventually.match(() => text('.figure-group[aria-label=Estimated]'), /Rows planned 5,012 Cost 21,370/);
      await eventually.match(() => text('.workers'), /Leader 344 ms.*Worker 0 346 ms.*Worker 1/);
      await panel.plan.call('select', 6);
      await panel.page.locator('.never-words').waitFor();
      await eventually.match(() => text('.details'), /Never executed: nothing above asked it for a row/);
    });
  });

  describe('raw text', () => {
    it('asks for the text that did not come along', async () => {
      await open(MEASURED, { answers: { rawText: () => Promise.resolve('[{"Plan": "as given"}]') } });
      await tab('raw');
      await eventually.match(() => text('.raw-tab .text-view'), /as given/);
      assert.equal(panel.calls.filter(call => call === 'rawText').length, 1);
    });

    it('offers to copy it where there is none', async () => {
      await open(MEASURED, { answers: { rawText: () => Promise.reject(new Error('gone')) } });
      await tab('raw');
      await eventually.equal(() => panel.page.locator('.raw-tab button:has-text("Copy plan as JSON")').count(), 1);
    });

    it('searches thousands of lines, and draws only those in sight', async () => {
      const lines = Array.from({ length: 20_000 }, (_, index) => `  Filter: (id = ${index})`);
      await open({ ...MEASURED, raw: { format: 'text', text: lines.join('\n') } });
      await tab('raw');
      await eventually.ok(async () => (await panel.page.locator('.text-line').count()) < 150);
      await press('Control+f');
      await panel.page.keyboard.type('id = 19999');
      await press('Enter');
      await panel.page.locator('mark.current').waitFor();
      await eventually.equal(() => text('.search-count'), '1 of 1');
      await eventually.equal(() => text('.text-line:has(mark)'), '20000 Filter: (id = 19999)');
      await panel.page.locator('button:has-text("Copy text")').click();
      await eventually.equal(() => panel.calls.at(-1), `copyText ${lines.join('\n')}`);
    });

    it('tells what was not understood beside it', async () => {
      await open({ ...RICH, problems: ['line 12: Some Unknown Line'] });
      await tab('raw');
      await eventually.match(() => text('.problems'), /line 12: Some Unknown Line/);
    });
  });

  it('shows settings, statistics and triggers of the whole statement', async () => {
    await open(RICH);
    await tab('settings');
    const words = await text('[role=tabpanel]');
    assert.match(words, /random_page_cost 1\.1/);
    assert.match(words, /Memory for planning 118 kB/);
    assert.match(words, /counting_results_camera_id_fkey 61,440 44\.2 ms/);
  });
});

import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { COMPARED, ESTIMATED, hugeView, INDEX_SUGGESTION, MEASURED, nodesOf } from './sampleViews';
import type { PlanView } from '../../src/protocol/planPanel';

const GRID = '[role=treegrid]';
const ROWS = `${GRID} .virtual-rows [role=row]`;

describe('webview/plan', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (view: PlanView | undefined, options?: Parameters<typeof openPlanPanel>[2]): Promise<void> => {
    panel = await openPage(view, options);
    await panel.page.locator(view ? GRID : '.page').waitFor();
  };
  const text = (selector: string): Promise<string> => panel.page.locator(selector).innerText();
  const selected = async (): Promise<string> =>
    (await text(`${GRID} [aria-selected=true] .node-text`)).replace(/\s+/g, ' ');
  const press = (...keys: string[]): Promise<void> => panel.press(...keys);

  const selectedIsInSight = (): Promise<boolean> =>
    panel.page.locator(`${GRID} [aria-selected=true]`).evaluate(row => {
      const { top, bottom } = row.getBoundingClientRect();
      const grid = row.closest('[role=treegrid]')!.getBoundingClientRect();
      return top >= grid.top + 26 && bottom <= grid.bottom;
    });

  describe('header', () => {
    it('shows the figures of the whole, with units', async () => {
      await open(MEASURED);
      const figures = (await text('.figures')).replace(/\s+/g, ' ');
      assert.match(figures, /Execution 420 ms Planning 0.742 ms Cost 21,844 Nodes 7/);
      await eventually.match(() => text('.where'), /demo@localhost:5432\/cameras[\s\S]*PostgreSQL 18\.4/);
    });

    it('asks for the statement to be shown, explained and measured', async () => {
      await open(MEASURED);
      for (const words of ['Go to SQL', 'Explain', 'Explain Analyze']) {
        await panel.page
          .locator(`.toolbar button:text-is("${words}"), .toolbar button:has(:text-is("${words}"))`)
          .click();
      }
      await eventually.equal(
        () => panel.calls,
        ['ready', 'revealStatement', 'explain {"analyze":false}', 'explain {"analyze":true}'],
      );
    });

    it('says that an estimated plan was not run', async () => {
      await open(ESTIMATED);
      await eventually.match(() => text('.figures'), /Execution\s+not run/);
      await eventually.match(() => text('.hot-nodes'), /Where the cost is[\s\S]*100 %[\s\S]*Seq Scan/);
      await eventually.match(() => text('.notes'), /No index: 412 rows/);
    });
  });

  describe('tree table', () => {
    it('tells assistive technology levels, expansion, selection and places', async () => {
      await open(MEASURED);
      const scan = panel.page.locator(`${ROWS}[aria-level="3"]`).first();
      await eventually.match(() => scan.innerText(), /Seq Scan/);
      await eventually.equal(() => scan.getAttribute('aria-expanded'), 'true');
      await eventually.equal(() => scan.getAttribute('aria-selected'), 'true', 'the hottest node is selected at first');
      await eventually.equal(() => scan.getAttribute('aria-posinset'), '1');
      await eventually.equal(() => scan.getAttribute('aria-setsize'), '2');
      await eventually.equal(() => panel.page.locator(GRID).getAttribute('aria-rowcount'), '8');
      const id = await scan.getAttribute('id');
      await eventually.equal(() => panel.page.locator(GRID).getAttribute('aria-activedescendant'), id);
    });

    it('shows actual and planned rows apart, and by how much the plan was wrong', async () => {
      await open(MEASURED, { width: 1000 });
      const cells = (row: number): Promise<string[]> =>
        panel.page.locator(`${ROWS}:nth-child(${row}) :is(.col-rows, .col-planned, .col-error)`).allInnerTexts();
      await eventually.equal(() => cells(2), ['61.4 k', '512', '↑ 120×']);
      await eventually.equal(() => cells(1), ['48', '40', '1.2×']);
      await eventually.equal(() => cells(7), ['–', '10', '–']);
      await eventually.match(() => text(`${ROWS}:nth-child(7) .col-self`), /never run/);
    });

    it('is walked by keyboard', async () => {
      await open(MEASURED);
      await panel.page.locator(GRID).focus();
      await press('Home');
      await eventually.match(selected, /^Sort/);
      await press('ArrowDown');
      await eventually.match(selected, /^Hash Join/);
      await press('ArrowRight', 'ArrowDown');
      await eventually.equal(selected, 'InitPlan 1 Result');
      await press('ArrowUp', 'ArrowLeft');
      await eventually.equal(
        () => panel.page.locator(`${ROWS}[aria-expanded=false]`).count(),
        1,
        'left folds an open node',
      );
      await press('ArrowLeft');
      await eventually.match(selected, /^Hash Join/, 'left goes to the parent of a folded node');
      await press('End');
      await eventually.equal(selected, 'Limit');
      await press('PageUp');
      await eventually.match(selected, /^Sort/);
      await press('1');
      await eventually.match(selected, /^Seq Scan/, 'digits lead to the hottest nodes');
      await press('ArrowRight');
      await eventually.equal(
        () => panel.page.locator(`${ROWS}[aria-expanded=false]`).count(),
        0,
        'right opens a folded node',
      );
      await press('Backspace');
      await eventually.match(selected, /^Hash Join/, 'backspace goes to the parent');
      await press('Enter');
      await eventually.equal(() => panel.calls.at(-1), 'revealStatement 1');
    });

    it('folds what is below a node, and unfolds it when something in it is selected', async () => {
      await open(MEASURED);
      await panel.page.locator(`${ROWS}:nth-child(2) .twistie`).click();
      await eventually.equal(() => panel.page.locator(ROWS).count(), 2);
      await panel.plan.call('select', 5);
      await panel.page.locator(`${ROWS}[aria-selected=true]`).waitFor();
      await eventually.match(selected, /^Index Scan/);
      await eventually.equal(() => panel.page.locator(ROWS).count(), 7);
    });

    it('mounts 10,000 nodes with a screenful of rows, and reaches every one of them', async () => {
      await open(hugeView(10_001));
      await eventually.equal(() => panel.page.locator(GRID).getAttribute('aria-rowcount'), '10002');
      const rows = panel.page.locator(ROWS);
      await eventually.ok(async () => (await rows.count()) < 120);
      await panel.page.locator(GRID).focus();
      await press('End');
      await eventually.equal(selected, 'Index Scan on events_4999');
      await eventually.ok(selectedIsInSight);
      await press('Home', '1');
      await eventually.equal(selected, 'Index Scan on events_4990');
      await eventually.ok(selectedIsInSight);
      await eventually.ok(async () => (await rows.count()) < 120);
      await press('Home', 'ArrowLeft');
      await eventually.equal(() => rows.count(), 1);
    });

    describe('brings amid the rows around it', () => {
      const isAmid = (row: string): Promise<boolean> =>
        panel.page.locator(row).evaluate(element => {
          const { top, bottom } = element.getBoundingClientRect();
          const grid = element.closest('[role=treegrid]')!.getBoundingClientRect();
          return top > grid.top + 4 * 26 && bottom < grid.bottom - 4 * 26;
        });

      it('a row that was asked for', async () => {
        await open(hugeView(2_001));
        await panel.plan.call('select', 1_000);
        await panel.page.locator('#node-1000[aria-selected=true]').waitFor();
        await eventually.ok(() => isAmid('#node-1000'));
      });

      it('a row that the cursor in the editor lights', async () => {
        await open(hugeView(2_001));
        await panel.plan.call('highlight', [1_500]);
        await panel.page.locator('#node-1500.lit').waitFor();
        await eventually.ok(() => isAmid('#node-1500'));
      });
    });

    it('keeps the selected row in the document when it is scrolled out of sight', async () => {
      await open(hugeView(2_001));
      await panel.page.locator(GRID).focus();
      await press('Home');
      await panel.page.locator(GRID).evaluate(grid => grid.scrollTo(0, 20_000));
      await panel.page.locator(`${ROWS}[aria-rowindex="780"]`).waitFor();
      await eventually.match(selected, /^Append/);
    });

    it('keeps selection and folding when the page is loaded again, and nothing of the plan', async () => {
      await open(MEASURED);
      await panel.page.locator(`${ROWS}:nth-child(5) .twistie`).click();
      await panel.page.locator(`${ROWS}:nth-child(2) .node-text`).click();
      await panel.page.reload();
      await panel.page.locator(GRID).waitFor();
      await eventually.match(selected, /^Hash Join/);
      await eventually.equal(() => panel.page.locator(ROWS).count(), 5);
      const saved = await panel.page.evaluate<string | null>("sessionStorage.getItem('state')");
      assert.deepEqual(JSON.parse(saved ?? ''), { selected: 1, collapsed: [4], tab: 'table', columns: {} });
    });
  });

  describe('details', () => {
    it('shows what PostgreSQL said about the selected node, its findings, and leads to the SQL', async () => {
      await open(MEASURED);
      const details = await text('.details');
      assert.match(details, /Seq Scan on counting_results cr/);
      assert.match(details, /Rows Removed by Filter\s+938,560/);
      assert.match(details, /Read\s+6,242 blocks \(48\.8 MB\)/);
      assert.match(details, /keeps 6 % of them/);
      await panel.page.locator('.details button:has-text("Go to SQL")').click();
      await eventually.equal(() => panel.calls, ['ready', 'revealStatement 2']);
    });

    it('tells sums with everything below apart from the figures of the node alone', async () => {
      const property = { name: 'Shared Hit Blocks', value: '9,999' };
      const nodes = MEASURED.nodes.map(node => ({ ...node, properties: [property] }));
      await open({ ...MEASURED, nodes });
      await panel.page.locator(`${ROWS}:nth-child(1) .node-text`).click();
      await eventually.match(() => text('.figure-group[aria-label="With all below"]'), /Shared Hit Blocks\s+9,999/);
      await panel.page.locator(`${ROWS}:nth-child(6) .node-text`).click();
      await eventually.match(() => text('.details h2'), /^Index Scan/);
      await eventually.ok(async () => !(await text('.details')).includes('9,999'), 'of a leaf they are the same');
    });

    it('follows a click on a hot node and on a finding', async () => {
      await open(MEASURED);
      await panel.page.locator('.hot-node').nth(2).click();
      await eventually.match(() => text('.details h2'), /^Index Scan/);
      await panel.page.locator('.advice .finding').nth(1).waitFor();
      await panel.page.locator('.advice .finding button:has-text("Hash Join")').click();
      await eventually.match(() => text('.details h2'), /^Hash Join/);
      await panel.page.locator('.advice button:has-text("plan/row-estimate")').click();
      await eventually.equal(() => panel.calls.at(-1), 'openRule plan/row-estimate');
    });
  });

  describe('suggestions', () => {
    it('shows the SQL, how the benefit is known, cost before and after, locks and the way back', async () => {
      await open(MEASURED);
      const card = await text('.card');
      assert.match(card, /CREATE INDEX CONCURRENTLY counting_results_direction_created_at_idx/);
      assert.match(card, /what-if \(shadow\)/);
      assert.match(card, /21,844\s*→\s*becomes\s*1,913\s*11× cheaper/);
      assert.match(card, /SHARE UPDATE EXCLUSIVE/);
      assert.match(card, /DROP INDEX CONCURRENTLY/);
    });

    it('asks the extension to create, save and copy', async () => {
      await open(MEASURED);
      for (const words of ['Create index', 'Save as migration', 'Copy SQL']) {
        await panel.page.locator(`.card button:has-text("${words}")`).click();
      }
      await eventually.equal(() => panel.calls, ['ready', 'apply 7', 'saveAsMigration 7', 'copy sql 7']);
    });

    it('offers to undo once applied, and follows every state', async () => {
      await open(MEASURED);
      await panel.plan.call('show', { ...MEASURED, suggestions: [{ ...INDEX_SUGGESTION, state: 'applying' }] });
      await panel.page.locator('.card.applying').waitFor();
      await eventually.ok(() => panel.page.locator('.card button:has-text("Create index")').isDisabled());
      await panel.plan.call('show', COMPARED);
      await panel.page.locator('.card button:has-text("Undo")').click();
      await eventually.equal(() => panel.calls.at(-1), 'undo 7');
      await panel.plan.call('show', { ...MEASURED, suggestions: [{ ...INDEX_SUGGESTION, state: 'undone' }] });
      await panel.page.locator('.card.undone button:has-text("Create index")').waitFor();
    });

    it('does not offer an undo that does not exist', async () => {
      const suggestion = { ...INDEX_SUGGESTION, state: 'applied' as const, inverse: [] };
      await open({ ...MEASURED, suggestions: [suggestion] });
      await eventually.equal(() => panel.page.locator('.card button:has-text("Undo")').count(), 0);
      await eventually.match(() => text('.card'), /Cannot be undone/);
    });
  });

  describe('before and after', () => {
    it('gives the verdict, both times and the speed-up', async () => {
      await open(COMPARED);
      await eventually.match(
        async () => (await text('.verdict')).replace(/\s+/g, ' '),
        /Better 23× faster Before 420 ms After 18.6 ms/,
      );
    });

    it('comes into sight when it is new, and leaves the page where it is when shown again', async () => {
      await open(MEASURED);
      await panel.page.setViewportSize({ width: 760, height: 400 });
      const toBottom = (): Promise<void> =>
        panel.page.evaluate(() => document.scrollingElement!.scrollTo(0, document.scrollingElement!.scrollHeight));
      const isInSight = (): Promise<boolean> =>
        panel.page.locator('.verdict').evaluate(element => {
          const { top, bottom } = element.getBoundingClientRect();
          return top >= 0 && bottom <= window.innerHeight;
        });
      await toBottom();
      await panel.plan.call('show', COMPARED);
      await panel.page.locator('.verdict').waitFor();
      await eventually.ok(isInSight);
      await toBottom();
      await panel.plan.call('show', { ...COMPARED, notes: ['shown again'] });
      await panel.page.locator('text=shown again').waitFor();
      await eventually.equal(isInSight, false);
    });

    it('says by how much it became slower', async () => {
      await open({ ...COMPARED, comparison: { verdict: 'worse', beforeMs: 10, afterMs: 25, speedUp: 0.4, rows: [] } });
      await eventually.match(async () => (await text('.verdict')).replace(/\s+/g, ' '), /Worse 2.5× slower/);
      await eventually.equal(() => panel.page.locator('.comparison').count(), 0);
    });

    it('lists both plans node by node, or only what changed', async () => {
      await open(COMPARED);
      await panel.page.locator('#tab-compare').click();
      const rows = panel.page.locator('.comparison .virtual-rows [role=row]');
      await eventually.equal(() => rows.count(), 5);
      await panel.page.locator('.comparison input').click();
      await eventually.equal(() => rows.count(), 3);
      await eventually.equal(
        async () =>
          (await panel.page.locator('.comparison .virtual-rows .change').allInnerTexts()).map(sign => sign.trim()),
        ['~', '−', '+'],
      );
    });
  });

  describe('progress and failures', () => {
    it('shows how far a run is, and cancels it', async () => {
      await open(MEASURED);
      await panel.plan.call('progress', { text: 'Building the index', fraction: 0.42, cancellable: true });
      const bar = panel.page.locator('[role=progressbar]');
      await bar.waitFor();
      await eventually.equal(() => bar.getAttribute('aria-valuenow'), '42');
      await panel.page.locator('.progress button').click();
      await eventually.equal(() => panel.calls.at(-1), 'cancel');
      await panel.plan.call('progress', { text: 'Cleaning up', cancellable: false });
      await panel.page.locator('.progress button').waitFor({ state: 'detached' });
      await eventually.equal(() => bar.getAttribute('aria-valuenow'), null);
      await panel.plan.call('progress', null);
      await bar.waitFor({ state: 'detached' });
    });

    it('keeps the last good plan beside an error', async () => {
      await open({
        ...MEASURED,
        error: 'Cancelled after 30 s (statement_timeout). Raise queryTuner.statementTimeout.',
      });
      await eventually.match(() => text('[role=alert]'), /Raise queryTuner\.statementTimeout/);
      await eventually.match(() => text('.figures'), /420 ms/);
    });

    it('says where a statement has no plan that it failed before', async () => {
      panel = await openPage({
        ...MEASURED,
        nodes: [],
        findings: [],
        error: 'relation "x" does not exist',
      });
      await eventually.match(() => text('[role=tabpanel]'), /failed before it had a plan/);
    });

    it('shows why a call failed, until it is dismissed', async () => {
      await open(MEASURED, { answers: { apply: () => Promise.reject(new Error('lock_timeout: 4711 holds it')) } });
      await panel.page.locator('.card button:has-text("Create index")').click();
      await panel.page.locator('[role=alert]').waitFor();
      await eventually.match(() => text('[role=alert]'), /lock_timeout: 4711 holds it/);
      await panel.page.locator('[role=alert] button').click();
      await eventually.equal(() => panel.page.locator('[role=alert]').count(), 0);
    });

    it('says how to get a plan when there is none', async () => {
      await open(undefined);
      await panel.page.locator('.empty').waitFor();
      await panel.page.locator('.empty button.primary').click();
      await eventually.equal(() => panel.calls, ['ready', 'explain {"analyze":true}']);
      await panel.screenshot('plan-empty');
      await panel.plan.call('show', MEASURED);
      await panel.page.locator(GRID).waitFor();
    });
  });

  it('shows markup in names, SQL and messages as text', async () => {
    const evil = `<img src=x onerror="document.title='hit'"><script>document.title='hit'</script>`;
    await open({
      ...MEASURED,
      title: evil,
      sql: evil,
      connection: evil,
      nodes: nodesOf({ nodeType: evil, detail: evil, selfMs: 1, properties: [{ name: evil, value: evil }] }),
      findings: [{ rule: evil, severity: 'error', nodeId: 0, message: evil, evidence: evil }],
      suggestions: [{ ...INDEX_SUGGESTION, title: evil, sql: [evil], how: evil }],
      notes: [evil],
      error: evil,
      comparison: { verdict: 'same', rows: [{ depth: 0, change: 'same', before: evil, after: evil }] },
    });
    await eventually.equal(() => panel.page.locator('h1').innerText(), evil);
    await eventually.ok(async () => (await text('.card .sql')).includes(evil));
    await eventually.ok(async () => (await text(`${ROWS} .node-text`)).includes(evil));
    await eventually.equal(() => panel.page.locator('#root img, #root script').count(), 0);
    await eventually.equal(() => panel.page.evaluate<string>('document.title'), 'Plan');
  });

  describe('looks', () => {
    for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
      it(`is drawn in the theme ${theme}`, async () => {
        await open(COMPARED);
        await panel.setTheme(theme);
        await panel.page.locator(GRID).focus();
        await panel.screenshot(`plan-${theme}`);
      });
    }

    it('offers an index in a panel beside the editor', async () => {
      await open(MEASURED, { width: 640 });
      await panel.plan.call('progress', { text: 'Building the index', fraction: 0.42, cancellable: true });
      await panel.page.locator('[role=progressbar]').waitFor();
      await panel.screenshot('plan-beside');
    });

    for (const width of [300, 320, 480, 1400]) {
      it(`needs no sideways scrolling at ${width} px`, async () => {
        await open({ ...COMPARED, error: 'canceling statement due to statement timeout' }, { width });
        await panel.screenshot(`plan-${width}`);
        await eventually.ok(() => panel.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
        await eventually.ok(() => panel.page.locator(`${ROWS}:nth-child(3) .self-text`).isVisible());
      });
    }
  });
});

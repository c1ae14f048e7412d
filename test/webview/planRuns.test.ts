import assert from 'node:assert/strict';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import { COMPARED } from './sampleViews';
import type { ComparisonView, PlanView } from '../../src/protocol/planPanel';

describe('webview/plan runs', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (view: PlanView): Promise<void> => {
    panel = await openPage(view);
    await panel.page.locator('[role=treegrid]').waitFor();
  };
  const text = async (selector: string): Promise<string> =>
    (await panel.page.locator(selector).innerText()).replace(/\s+/g, ' ');
  const press = (...keys: string[]): Promise<void> => panel.press(...keys);

  describe('run again', () => {
    const openForm = async (): Promise<void> => {
      await panel.page.locator('button:has-text("Run again")').click();
      await panel.page.locator('.run-again').waitFor();
    };

    it('asks for a run under other conditions', async () => {
      await open(RICH);
      await openForm();
      await panel.page.locator('.run-again label:has-text("seqscan")').click();
      await panel.page.locator('.run-again label:has-text("VERBOSE")').click();
      await panel.page.locator('#work-mem').fill('64MB');
      await panel.page.locator('#runs').fill('5');
      await panel.page.locator('#settings').fill('random_page_cost = 1.1');
      await panel.page.locator('.run-again button[type=submit]').click();
      await eventually.equal(() => panel.calls.length, 2);
      const call = panel.calls.at(-1) ?? '';
      assert.ok(call.startsWith('explain '), call);
      const request = JSON.parse(call.slice('explain '.length)) as Record<string, unknown>;
      assert.deepEqual(request.settings, { enable_seqscan: 'off', work_mem: '64MB', random_page_cost: '1.1' });
      assert.equal(request.runs, 5);
      assert.equal(request.compare, true);
      assert.equal((request.options as Record<string, boolean>).VERBOSE, true);
    });

    it('says what is wrong with the form, and runs nothing', async () => {
      await open(RICH);
      await openForm();
      await panel.page.locator('#work-mem').fill('64');
      await panel.page.locator('#settings').fill('nonsense');
      await press('Control+Home');
      await panel.page.locator('.run-again button[type=submit]').click();
      await panel.page.locator('#settings-error').waitFor();
      await eventually.match(() => text('#work-mem-error'), /with its unit/);
      await eventually.equal(() => panel.page.locator('#work-mem').getAttribute('aria-invalid'), 'true');
      await eventually.equal(() => panel.calls, ['ready']);
    });

    it('offers no options that the server or the run has no use for', async () => {
      await open({ ...RICH, server: 'PostgreSQL 15.7' });
      await openForm();
      await eventually.match(() => text('.run-again label:has-text("MEMORY")'), /since PostgreSQL 17/);
      await eventually.ok(() => panel.page.locator('.run-again label:has-text("MEMORY") input').isDisabled());
      await panel.page.locator('.run-again label:has-text("ANALYZE")').click();
      await eventually.ok(() => panel.page.locator('.run-again label:has-text("WAL") input').isDisabled());
      await eventually.ok(() => panel.page.locator('#runs').isDisabled());
    });

    it('is not offered for a saved plan', async () => {
      await open({ ...RICH, source: 'file' });
      await eventually.equal(() => panel.page.locator('button:has-text("Run again")').count(), 0);
    });

    it('is closed by Escape', async () => {
      await open(RICH);
      await openForm();
      await press('Escape');
      await panel.page.locator('.run-again').waitFor({ state: 'detached' });
    });
  });

  it('gives the figures over several runs, the warm-up apart', async () => {
    await open(RICH);
    await eventually.match(
      () => text('.runs'),
      /Median of 5 18\.9 ms Fastest 18\.6 ms 95 % within 22\.3 ms Warm-up 31\.2 ms/,
    );
    await eventually.equal(() => panel.page.locator('.run-bars li').count(), 6);
    await eventually.equal(() => panel.page.locator('.run-bars .warm-up').count(), 1);
  });

  describe('history', () => {
    beforeEach(async () => {
      await open(RICH);
      await panel.page.locator('#tab-history').click();
    });

    it('draws the times, and says them in words and in a table', async () => {
      const words = await panel.page.locator('.sparkline svg').getAttribute('aria-label');
      assert.equal(words, 'Execution time over 8 runs: 512 ms at first, 18.6 ms now, at most 530 ms');
      const rows = await panel.page.locator('.history-table tbody tr').allInnerTexts();
      assert.equal(rows.length, 9);
      assert.match(rows[0] ?? '', /latest[\s\S]*18\.6 ms/);
      assert.match(rows[1] ?? '', /not run/);
      assert.match(rows[4] ?? '', /enable_hashjoin = off/);
    });

    it('compares with a run, a saved plan, and pins one', async () => {
      const row = '.history-table tbody tr:nth-child(5)';
      await panel.page.locator(`${row} [aria-label^="Compare with"]`).click();
      await panel.page.locator('button:has-text("Compare with a saved plan")').click();
      await panel.page.locator(`${row} [aria-label^="Baseline"]`).click();
      const pinned = panel.page.locator('.history-table [aria-pressed=true]');
      await pinned.click();
      await eventually.equal(
        () => panel.calls.slice(1),
        ['compareWith run-4', 'compareWith file', 'pinBaseline run-4', 'pinBaseline null'],
      );
    });

    it('forgets only after a second press', async () => {
      await panel.page.locator('button:has-text("Clear history")').click();
      await eventually.equal(() => panel.calls, ['ready']);
      await panel.page.locator('.confirm button:text-is("Forget")').click();
      await eventually.equal(() => panel.calls.slice(1), ['clearHistory']);
    });
  });

  describe('comparison', () => {
    it('goes from difference to difference by key', async () => {
      await open(COMPARED);
      await panel.page.locator('#tab-compare').click();
      await panel.page.locator('.comparison-table').focus();
      const current = (): Promise<string> => text('.comparison-table [aria-selected=true]');
      await eventually.match(current, /^= Sort/);
      await press('n');
      await eventually.match(current, /^~ Hash Join/);
      await press('n');
      await eventually.match(current, /^− Seq Scan/);
      await press('p');
      await eventually.match(current, /^~ Hash Join/);
      await press('End');
      await eventually.match(current, /Index Scan on cameras c/);
    });

    it('puts the blocks before the times where both plans tell them', async () => {
      const rows = COMPARED.comparison!.rows.map(row => ({
        ...row,
        ...(row.before !== undefined && { beforeBlocks: 48_211 }),
        ...(row.after !== undefined && { afterBlocks: 3_880 }),
      }));
      const comparison: ComparisonView = { ...COMPARED.comparison!, rows };
      await open({
        ...COMPARED,
        comparison: {
          ...comparison,
          measure: 'blocks',
          beforeBlocks: 48_211,
          afterBlocks: 3_880,
          sentence: '12.4x less work: 48,211 -> 3,880 blocks; the sort is gone',
          cautions: ['The parameters were others'],
        },
      });
      await eventually.match(() => text('.verdict-bars'), /Before 48,211 blocks After 3,880 blocks/);
      await eventually.match(() => text('.verdict-sentence'), /12\.4x less work/);
      await eventually.match(() => text('.cautions'), /The parameters were others/);
      await panel.page.locator('#tab-compare').click();
      const heads = await panel.page.locator('.comparison [role=columnheader]').allInnerTexts();
      assert.deepEqual(heads.slice(1), ['Before', 'Blocks', 'Total', 'After', 'Blocks', 'Total']);
      await eventually.match(
        () => text('.comparison-row[aria-rowindex="2"]'),
        /Sort 48,211 418 ms Sort 3,880 18\.1 ms/,
      );
    });
  });
});

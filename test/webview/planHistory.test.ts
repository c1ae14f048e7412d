import assert from 'node:assert/strict';
import { pageTests } from './pageTests';
import { openPlanPanel } from './planPage';
import type { OpenedPanel } from './planPage';
import { RICH } from './richView';
import type { ComparedWith, HistoryView, PlanView } from '../../src/protocol/planPanel';

const HISTORY: HistoryView = {
  entries: [
    { id: 'a', at: '2026-03-01T10:00:01Z', executionMs: 90, hasPlan: false },
    { id: 'b', at: '2026-03-01T10:00:02Z', executionMs: 80, hasPlan: true },
    { id: 'c', at: '2026-03-01T10:00:03Z', executionMs: 70, hasPlan: true },
  ],
};

describe('webview/plan history', () => {
  const openPage = pageTests(openPlanPanel);
  let panel: OpenedPanel;

  const open = async (view: PlanView): Promise<void> => {
    panel = await openPage(view);
    await panel.page.locator('[role=treegrid]').waitFor();
  };
  const against = (with_: ComparedWith): PlanView => ({ ...RICH, comparison: { ...RICH.comparison!, against: with_ } });

  it('says what the plan is compared with', async () => {
    await open(against({ kind: 'baseline', at: '2026-03-01T10:00:02Z' }));
    await panel.page.locator('.verdict-against:has-text("Compared with the pinned run of")').waitFor();
    await panel.plan.call('show', against({ kind: 'run', at: '2026-03-01T10:00:02Z' }));
    await panel.page.locator('.verdict-against:has-text("Compared with the run of")').waitFor();
    await panel.plan.call('show', against({ kind: 'file', name: 'before.json' }));
    await panel.page.locator('.verdict-against:has-text("Compared with before.json")').waitFor();
    await panel.plan.call('show', RICH);
    await panel.page.locator('.verdict-against').waitFor({ state: 'detached' });
  });

  it('tells runs of one minute apart, and offers nothing that cannot be compared', async () => {
    await open({ ...RICH, history: HISTORY });
    await panel.page.locator('#tab-history').click();
    const row = '.history-table tbody tr';
    await panel.page.locator(`${row}:nth-child(3)`).waitFor();
    const times = await panel.page.locator(`${row} time`).allInnerTexts();
    assert.equal(new Set(times).size, 3, times.join('; '));
    const isDisabled = async (label: string): Promise<boolean[]> =>
      Promise.all(
        [1, 2, 3].map(n => panel.page.locator(`${row}:nth-child(${n}) [aria-label^="${label}"]`).isDisabled()),
      );
    assert.deepEqual(await isDisabled('Compare with'), [true, false, true]);
    assert.deepEqual(await isDisabled('Baseline'), [false, false, true]);
  });

  it('shows another tab when the history is gone', async () => {
    await open({ ...RICH, history: HISTORY });
    await panel.page.locator('#tab-history').click();
    await panel.page.locator('.history-table').waitFor();
    await panel.plan.call('show', { ...RICH, history: undefined });
    await panel.page.locator('#tab-history').waitFor({ state: 'detached' });
    await panel.page.locator('[role=tab][aria-selected=true]').waitFor();
    await panel.page.locator('[role=treegrid]').waitFor();
  });
});

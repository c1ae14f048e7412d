/** The part of the walk about the history of a plan: what was run before, the pinned run, a saved plan, forgetting. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Workbench } from './walkSupport.mjs';

/**
 * Goes on in the panel that shows the plan of a statement that was explained `runs` times.
 * @param steps the walk's.
 * @param panel the page of the plan.
 * @param workspace the folder that is open.
 * @param sample the database.
 */
export async function walkHistory(steps, { page, panel, workspace, sample, runs, shoot }) {
  const workbench = new Workbench(page);
  const tab = panel.getByRole('tab', { name: /^History/ });
  const rows = panel.locator('.history-table tbody tr');
  const verdict = panel.locator('section.verdict');
  const against = words => panel.locator('.verdict-against', { hasText: words });
  const explain = panel.getByRole('button', { name: 'Explain Analyze' });

  await steps.run('remembers each run', async () => {
    await tab.click();
    await rows.nth(runs - 1).waitFor();
    assert.equal(await rows.count(), runs);
    assert.match(await rows.first().innerText(), /other plan/);
  });
  await steps.run('compares a new run with the pinned one', async () => {
    const pin = rows.last().getByRole('button', { name: /^Baseline/ });
    await pin.click();
    await panel.locator('.history-table tr.pinned').waitFor();
    await explain.click();
    await rows.nth(runs).waitFor();
    await against('the pinned run').waitFor();
    assert.match(await verdict.innerText(), /Better|No real difference|Worse/);
  });
  await shoot('5-history');
  await steps.run('compares with a saved plan', async () => {
    const plan = await sample.query('explain (analyze, buffers) select count(*) from counting_results');
    fs.writeFileSync(path.join(workspace, 'before.explain'), plan.map(row => row['QUERY PLAN']).join('\n'));
    await panel.getByRole('button', { name: /^Compare with a saved plan/ }).click();
    await workbench.chooseFile('before.explain', 'The earlier plan');
    await against('before.explain').waitFor();
  });
  await steps.run('forgets the runs of the statement', async () => {
    await panel.getByRole('button', { name: 'Clear history' }).click();
    await panel.getByRole('button', { name: 'Forget', exact: true }).click();
    await tab.waitFor({ state: 'detached' });
  });
  await steps.run('forgets everything, after it said what', async () => {
    await explain.click();
    await tab.waitFor();
    await workbench.command('Query Tuner: Clear Plan History');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: '1 run of 1 statement' }).waitFor();
    await dialog.locator('.monaco-button', { hasText: 'Forget' }).click();
    await tab.waitFor({ state: 'detached' });
  });
  await steps.run('compares two saved plans', async () => {
    const [plan] = await sample.query('explain (analyze, format json) select count(*) from counting_results');
    fs.writeFileSync(path.join(workspace, 'after.json'), JSON.stringify(plan['QUERY PLAN']));
    await workbench.command('Query Tuner: Compare Two Saved Plans...');
    await workbench.chooseFile('before.explain', 'The earlier plan');
    await workbench.chooseFile('after.json', 'The later plan');
    await against('before.explain').waitFor();
    assert.match(await verdict.innerText(), /the plan is the same/);
  });
  await shoot('6-saved-plans');
}

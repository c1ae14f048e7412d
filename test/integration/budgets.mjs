/**
 * Budgets in a real VS Code: check one from its lens, see what is over it, pin a plan, run all in the Test Explorer as
 * the files change; and a workspace that is not trusted.
 *
 *   node test/integration/budgets.mjs [--screenshots FOLDER] [--scheme light|dark|contrast]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { startDatabase } from '../../src/tools/sampleDatabase.mjs';
import { runWalk } from './walkSession.mjs';

const SCHEMA = [
  'create table orders (id int primary key, customer_id int not null, total numeric)',
  'insert into orders select n, n % 1500, n % 90 from generate_series(1, 20000) n',
  'create index orders_customer on orders (customer_id)',
  'analyze',
];

const FILE = `-- @budget rows <= 5, uses orders_customer, execution < 60 s
SELECT * FROM orders
WHERE customer_id = 7;

SELECT total FROM orders
WHERE id = 42;
`;

const CLOSED = `-- @budget rows = 1
SELECT count(*) FROM orders;
`;

/** Walks through it. */
async function walkBudgets({ steps, workspace, shoot, keep, openFile }) {
  fs.writeFileSync(path.join(workspace, 'queries.sql'), FILE);
  fs.writeFileSync(path.join(workspace, 'report.sql'), CLOSED);
  const database = keep(await steps.run('starts PostgreSQL', () => startDatabase({ statements: SCHEMA })));
  const settings = {
    'queryTuner.connections': [{ name: 'shop', url: database.url }],
    'editor.minimap.enabled': false,
    'files.autoSave': 'off',
  };
  const workbench = await steps.run('opens the SQL file', () => openFile('queries.sql', { settings }));
  await walkLens(steps, workbench, shoot);
  await walkPin(steps, workbench, shoot);
  await walkTests(steps, workbench, { shoot, workspace, database });
  const untrusted = await steps.run('opens it in a workspace that is not trusted', () =>
    openFile('queries.sql', { settings, asksForTrust: true }),
  );
  await walkUntrusted(steps, untrusted, shoot);
}

/** There only while there are tests, or may be some. */
const testingButton = page => page.locator('.activitybar a[aria-label="Testing"]');
const lens = (page, text) => page.locator('.codelens-decoration a', { hasText: text }).first();

/** From the lens to the clause that is not met. */
async function walkLens(steps, workbench, shoot) {
  const { page } = workbench;
  await steps.run('checks a budget from its lens', async () => {
    await lens(page, 'Check budget').click();
    await lens(page, /budget\smet\s2\/3:\srows\s14\s>\s5/).waitFor();
    await workbench.squiggle('warning').first().waitFor();
  });
  await steps.run('says what a clause asks, and what was seen', async () => {
    await workbench.hoverAt(1, 14, /Rows that the statement returns/);
    await workbench.hover
      .filter({ hasText: /rows 14 > 5 \(measured in 5 runs at/ })
      .first()
      .waitFor();
  });
  await shoot('budgets-1-over');
  await steps.run('judges a budget anew as it is edited', async () => {
    await workbench.press('Escape');
    await workbench.goTo(1, 21);
    await workbench.keyboard.type('0');
    await lens(page, 'budget met, all 3').waitFor();
    await workbench.squiggle('warning').first().waitFor({ state: 'detached' });
  });
  await steps.run('proposes what a budget may say', async () => {
    await workbench.goTo(1, 1);
    await workbench.press('End');
    await workbench.keyboard.type(',');
    await workbench.suggestions.filter({ hasText: 'buffers per row' }).first().waitFor();
    await shoot('budgets-2-proposals');
    await workbench.press('Escape', 'Backspace');
  });
}

/** A plan that was measured becomes the budget. */
async function walkPin(steps, workbench, shoot) {
  await steps.run("pins today's plan after Explain Analyze", async () => {
    await workbench.goTo(5, 1);
    await workbench.command('Query Tuner: Explain Analyze Statement');
    await workbench.page.locator('.tab', { hasText: /Plan/ }).first().waitFor();
    await workbench.open('queries.sql');
    await workbench.fix(5, 1, "Pin today's plan as its budget");
    await workbench.line
      .filter({ hasText: /--\s@budget\sbuffers\s<=\s\d+,\splan\s=\s[0-9a-f]{8}/ })
      .first()
      .waitFor();
    await lens(workbench.page, 'budget met, all 2').waitFor();
    await workbench.save();
  });
  await shoot('budgets-3-pinned');
}

/** The budgets of all files, as tests. */
async function walkTests(steps, workbench, { shoot, workspace, database }) {
  const { page } = workbench;
  const row = text => page.locator('.test-explorer .monaco-list-row').filter({ hasText: text }).first();
  const has = (text, state) =>
    page.locator(`.test-explorer .monaco-list-row[aria-label*="(${state})"]`).filter({ hasText: text }).first();
  await steps.run('lists the budgets of all files', async () => {
    await testingButton(page).click();
    await row('queries.sql').waitFor();
    await row('report.sql').waitFor();
  });
  await steps.run('runs all of them', async () => {
    await workbench.command('Test: Run All Tests');
    await has('queries.sql', 'Passed').waitFor();
    await has('report.sql', 'Passed').waitFor();
  });
  await shoot('budgets-4-tests');
  await steps.run('fails where an index is gone, and says which clause', async () => {
    await database.query('drop index orders_customer');
    await workbench.command('Test: Run All Tests');
    await has('queries.sql', 'Failed').waitFor();
    await has('report.sql', 'Passed').waitFor();
    await page
      .locator('.test-message-inline-content, .test-output-peek, .test-error-content-widget')
      .filter({ hasText: 'not orders_customer' })
      .first()
      .waitFor();
  });
  await shoot('budgets-5-failed');
  await steps.run('follows a file that changes on disk', async () => {
    fs.writeFileSync(path.join(workspace, 'report.sql'), 'SELECT 1;\n');
    await row('report.sql').waitFor({ state: 'detached' });
  });
}

/** Without trust budgets are read, and nothing is run. */
async function walkUntrusted(steps, workbench, shoot) {
  const { page } = workbench;
  await steps.run('checks nothing without trust, and lists no tests', async () => {
    await lens(page, 'Check budget').click();
    await page.locator('.notification-toast', { hasText: 'in a workspace you do not trust' }).first().waitFor();
    assert.equal(await testingButton(page).count(), 0);
  });
  await shoot('budgets-6-untrusted');
}

await runWalk(import.meta.url, 'budgets', walkBudgets);

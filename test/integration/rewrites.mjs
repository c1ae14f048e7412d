/**
 * Rewriting a statement, by keyboard in a real VS Code: choose, see both texts, verify on PostgreSQL, apply, undo; one
 * that gives other rows; and a workspace that is not trusted.
 *
 *   node test/integration/rewrites.mjs [--screenshots FOLDER] [--scheme light|dark|contrast]
 */
import fs from 'node:fs';
import path from 'node:path';
import { startDatabase } from '../../src/tools/sampleDatabase.mjs';
import { runWalk } from './walkSession.mjs';

const SCHEMA = [
  'create table customers (id int primary key, name text not null, region text)',
  'create table orders (id int primary key, customer_id int, owner_id int not null, total numeric)',
  "insert into customers select n, 'name ' || n, 'region ' || n % 7 from generate_series(1, 2000) n",
  'insert into orders select n, nullif(n % 1500, 0), 1 + n % 1500, n % 90 from generate_series(1, 20000) n',
  'analyze',
];

/** Rows that differ, since an order has no customer; and rows that cannot. */
const FILE = `-- who has ordered nothing
SELECT id FROM customers
WHERE id NOT IN (SELECT customer_id FROM orders);

SELECT region, count(*) FROM customers
GROUP BY region HAVING region = 'region 3';
`;
const REWRITTEN = "WHERE region = 'region 3'";

/** Walks through it. */
async function walkRewrites({ steps, workspace, shoot, keep, openFile }) {
  fs.writeFileSync(path.join(workspace, 'queries.sql'), FILE);
  const database = keep(await steps.run('starts PostgreSQL', () => startDatabase({ statements: SCHEMA })));
  const settings = {
    'queryTuner.connections': [{ name: 'shop', url: database.url, role: 'production' }],
    'editor.minimap.enabled': false,
    'files.autoSave': 'off',
  };
  const workbench = await steps.run('opens the SQL file', () => openFile('queries.sql', { settings }));
  await walkVerified(steps, workbench, shoot);
  await walkDifferent(steps, workbench, shoot);
  const untrusted = await steps.run('opens it in a workspace that is not trusted', () =>
    openFile('queries.sql', { settings, asksForTrust: true }),
  );
  await walkUntrusted(steps, untrusted, shoot);
}

const toast = (page, text) => page.locator('.notification-toast', { hasText: text });

/** The statement whose rewrite gives the same rows. */
async function walkVerified(steps, workbench, shoot) {
  const { page } = workbench;
  const dialog = page.locator('.monaco-dialog-box');
  await steps.run('lists the rewrites of the statement at the cursor', async () => {
    await workbench.goTo(6, 3);
    await workbench.command('Query Tuner: Rewrite Statement...');
    await page.locator('.quick-input-widget:visible', { hasText: 'Rewrite: SELECT region' }).waitFor();
    await shoot('rewrites-1-list');
    await workbench.list.filter({ hasText: 'WHERE' }).first().click();
  });
  await steps.run('shows both texts, and that the rows stay the same', async () => {
    await page.locator('.diff-editor .line-insert, .monaco-diff-editor .line-insert').first().waitFor();
    await toast(page, 'The rows stay the same').waitFor();
  });
  await shoot('rewrites-2-preview');
  await steps.run('asks before it runs anything on production', async () => {
    await toast(page, 'The rows stay the same').getByRole('button', { name: 'Verify', exact: true }).click();
    await dialog.filter({ hasText: 'Verify on the production database shop?' }).waitFor();
    await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
  });
  const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  await steps.run('verifies it, and shows both plans', async () => {
    await toast(page, /Equal on the rows there are now/).waitFor();
    await panel.locator('section.verdict', { hasText: 'the original statement' }).waitFor();
    await panel.getByText('Both give the same 1 row').first().waitFor();
  });
  await shoot('rewrites-3-verified');
  await steps.run('applies it', async () => {
    await toast(page, /Equal on the rows/)
      .getByRole('button', { name: 'Apply', exact: true })
      .click();
    await workbench.activeTab('queries.sql').waitFor();
    await workbench.line.filter({ hasText: REWRITTEN_PATTERN }).first().waitFor();
    await page.locator('.tab', { hasText: 'Rewrite:' }).waitFor({ state: 'detached' });
  });
  await shoot('rewrites-4-applied');
  await steps.run('undoes it with one Undo', async () => {
    await workbench.press('Control+z');
    await workbench.line
      .filter({ hasText: /HAVING\sregion/ })
      .first()
      .waitFor();
    await workbench.line.filter({ hasText: REWRITTEN_PATTERN }).first().waitFor({ state: 'detached' });
  });
  await steps.run('shows what was found the second time, without running it again', async () => {
    await workbench.goTo(6, 3);
    await workbench.command('Query Tuner: Rewrite Statement...');
    await workbench.list
      .filter({ hasText: /found equal at/ })
      .first()
      .click();
    await toast(page, /verified on shop at/).waitFor();
    await shoot('rewrites-5-kept');
  });
  await steps.run('closes the preview', async () => {
    await page.locator('.tab.active', { hasText: 'Rewrite:' }).locator('.codicon-close').click();
    await workbench.activeTab('queries.sql').waitFor();
    await workbench.command('Notifications: Clear All Notifications');
  });
}

const REWRITTEN_PATTERN = new RegExp(REWRITTEN.replaceAll(' ', '\\s'), 'i');

/** The statement whose rewrite gives other rows. */
async function walkDifferent(steps, workbench, shoot) {
  const { page } = workbench;
  const dialog = page.locator('.monaco-dialog-box');
  await steps.run('offers a rewrite that is not proved as a code action', async () => {
    await workbench.fix(3, 20, /\(check: /);
    await toast(page, 'The rows could differ').waitFor();
  });
  await steps.run('finds that it gives other rows', async () => {
    await workbench.command('Query Tuner: Verify Rewrite');
    await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
    await toast(page, /Different: .* 0 rows become 501/).waitFor();
  });
  await shoot('rewrites-6-different');
  await steps.run('shows which rows', async () => {
    await toast(page, /Different:/)
      .getByRole('button', { name: 'Show Details' })
      .click();
    await workbench.activeTab('verification.md').waitFor();
    await workbench.line
      .filter({ hasText: /\+\s\d+/ })
      .first()
      .waitFor();
  });
  await shoot('rewrites-7-details');
  await steps.run('asks before it is applied all the same, and changes nothing when told not to', async () => {
    await page.locator('.tab', { hasText: 'Rewrite:' }).click();
    await workbench.command('Query Tuner: Apply Rewrite');
    await dialog.filter({ hasText: 'The two forms gave different rows on shop' }).waitFor();
    await shoot('rewrites-8-asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await workbench.open('queries.sql');
    await workbench.line
      .filter({ hasText: /NOT\sIN/ })
      .first()
      .waitFor();
  });
}

/** Without trust there are rewrites, and nothing is run. */
async function walkUntrusted(steps, workbench, shoot) {
  const { page } = workbench;
  await steps.run('lists rewrites without trust, and verifies none', async () => {
    await workbench.goTo(3, 20);
    await workbench.command('Query Tuner: Rewrite Statement...');
    await workbench.list.filter({ hasText: 'NOT EXISTS' }).first().click();
    await toast(page, 'The rows could differ').getByRole('button', { name: 'Verify', exact: true }).click();
    await toast(page, 'in a workspace you do not trust').waitFor();
  });
  await shoot('rewrites-9-untrusted');
}

await runWalk(import.meta.url, 'rewrites', walkRewrites);

/**
 * A tuning profile, by clicking in a real VS Code: review it beside the server, try it on the file, apply it, see what came
 * of it, take it back; the same for a table; and a workspace that is not trusted.
 *
 *   node test/integration/profile.mjs [--screenshots FOLDER] [--scheme light|dark|contrast]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { startDatabase } from '../../src/tools/sampleDatabase.mjs';
import { runWalk, waitUntil } from './walkSession.mjs';

const SCHEMA = [
  'create table readings (id int primary key, camera int, note text) with (autovacuum_enabled = off)',
  "insert into readings select n, n % 500, repeat('n', 60) from generate_series(1, 60000) n",
  'create index readings_camera on readings (camera)',
  'update readings set camera = camera + 1 where id <= 30000',
  'analyze',
];

const FILE = `SELECT * FROM readings WHERE camera BETWEEN 1 AND 110;\n`;

/** What a team writes for itself, beside what it must not. */
const CONFIGURATION = {
  profiles: [
    {
      id: 'ours',
      title: 'Of the team',
      settings: { random_page_cost: '1.0', cpu_index_tuple_cost: '0.001', work_mem: '9MB', log_statement: 'all' },
    },
  ],
};

/** Walks through it. */
async function walkProfile({ steps, workspace, shoot, keep, openFile }) {
  fs.writeFileSync(path.join(workspace, 'queries.sql'), FILE);
  fs.writeFileSync(path.join(workspace, '.query-tuner.json'), JSON.stringify(CONFIGURATION));
  const database = keep(await steps.run('starts PostgreSQL', () => startDatabase({ statements: SCHEMA })));
  const settings = { 'queryTuner.connections': [{ name: 'shop', url: database.url, role: 'production' }] };
  const workbench = await steps.run('opens the SQL file', () => openFile('queries.sql', { settings }));
  await walkServer(steps, workbench, database, shoot);
  await walkTable(steps, workbench, database, shoot);
  const untrusted = await steps.run('opens it in a workspace that is not trusted', () =>
    openFile('queries.sql', { settings, asksForTrust: true }),
  );
  await steps.run('reads nothing there', async () => {
    await untrusted.command('Query Tuner: Review Tuning Profile...');
    await panelOf(untrusted).getByRole('button', { name: 'Manage trust' }).waitFor();
  });
}

const panelOf = ({ page }) => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');

/** What the server shows, asked beside the editor. */
async function show(database, name) {
  const [row] = await database.query(`show ${name}`);
  return row[name];
}

async function walkServer(steps, workbench, database, shoot) {
  const { page } = workbench;
  const dialog = page.locator('.monaco-dialog-box');
  const panel = panelOf(workbench);
  await steps.run('lays the team’s profile beside the server', async () => {
    await workbench.command('Query Tuner: Review Tuning Profile...');
    await panel.locator('h1', { hasText: 'Tuning profile for shop' }).waitFor();
    await panel.locator('tr[data-setting=work_mem]', { hasText: '9MB' }).waitFor();
    await panel.locator('tr[data-setting=log_statement]', { hasText: 'Not applied: logs every statement' }).waitFor();
    await panel.locator('.run-box pre', { hasText: "ALTER SYSTEM SET random_page_cost = '1.0';" }).waitFor();
  });
  await shoot('profile-1-review');
  await steps.run('tells which plans of the file it changes', async () => {
    await panel.locator('#tab-try').click();
    await panel.getByRole('button', { name: 'Try', exact: true }).click();
    await panel.locator('tr[data-statement="1"]', { hasText: 'Index Scan using readings_camera' }).waitFor();
    assert.equal(await show(database, 'random_page_cost'), '4');
  });
  await shoot('profile-2-tried');
  await steps.run('asks before it changes production, and changes nothing on a no', async () => {
    await panel.locator('#tab-settings').click();
    await panel.locator('button.apply', { hasText: 'Apply 3 settings' }).click();
    await dialog.filter({ hasText: 'Change 3 settings on the production database shop?' }).waitFor();
    await dialog.filter({ hasText: "ALTER SYSTEM SET work_mem = '9MB'" }).waitFor();
    await shoot('profile-3-asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await show(database, 'work_mem'), '4MB');
  });
  await steps.run('applies, reads back, and lists how each setting ended', async () => {
    await panel.locator('button.apply').click();
    await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
    await panel.locator('[data-outcome="work_mem effective"]').waitFor();
    await waitUntil(async () => (await show(database, 'work_mem')) === '9MB');
  });
  await shoot('profile-4-applied');
  await steps.run('takes it back, but for what somebody changed since', async () => {
    await database.query("alter system set work_mem = '12MB'");
    await panel.getByRole('button', { name: 'Undo…' }).click();
    await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
    await panel.locator('[data-outcome="work_mem kept"]', { hasText: "'12MB' instead of '9MB'" }).waitFor();
    await panel.locator('[data-outcome="random_page_cost restored"]').waitFor();
    await waitUntil(async () => (await show(database, 'random_page_cost')) === '4');
  });
  await shoot('profile-5-undone');
}

async function walkTable(steps, workbench, database, shoot) {
  const panel = panelOf(workbench);
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await steps.run('sets a parameter of a table by what was counted', async () => {
    await panel.locator('#tab-tables').click();
    await panel.locator('li[data-parameter="readings autovacuum_vacuum_scale_factor measured"] input').click();
    await shoot('profile-6-tables');
    await panel
      .locator('.run-box pre', { hasText: 'ALTER TABLE public.readings SET (autovacuum_vacuum_scale_factor' })
      .waitFor();
    await panel.locator('button.apply').click();
    await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
    await panel.locator('[data-outcome="autovacuum_vacuum_scale_factor effective"]').waitFor();
  });
  await steps.run('sets one for a role', async () => {
    await panel.locator('#scope').selectOption('role');
    await panel.locator('#tab-settings').click();
    await panel.locator('.run-box pre', { hasText: 'ALTER ROLE postgres SET random_page_cost' }).waitFor();
  });
  await shoot('profile-7-role');
}

await runWalk(import.meta.url, 'profile', walkProfile);

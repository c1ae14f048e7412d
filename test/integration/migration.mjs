/**
 * Migrations, by clicking in a real VS Code: a table is partitioned step by step, over a closed window and back again;
 * a materialized view is made and taken back.
 *
 *   node test/integration/migration.mjs [--screenshots FOLDER] [--scheme light|dark|contrast]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { startDatabase } from '../../src/tools/sampleDatabase.mjs';
import { runWalk } from './walkSession.mjs';
import { START_LIMIT_MS } from './walkSupport.mjs';

const SETUP = [
  'create table event (id bigint primary key, at timestamptz not null, kind int not null, note text not null)',
  `insert into event select n, timestamptz '2026-01-01 00:00Z' + n * interval '10 minutes', n % 7, 'note ' || n
   from generate_series(1, 20000) n`,
  'create table sale (id int primary key, shop int not null, spent int not null)',
  'insert into sale select n, n % 40, n % 700 from generate_series(1, 150000) n',
  'analyze',
];

const REPORT = `select * from event where at >= '2026-02-01' and at < '2026-02-02';

select shop, sum(spent) from sale group by shop;

select shop, count(*) from sale group by shop;
`;

/** Walks through two migrations. */
async function walkMigration({ steps, workspace, shoot, keep, openWindow }) {
  fs.writeFileSync(path.join(workspace, 'report.sql'), REPORT);
  const database = keep(await steps.run('starts PostgreSQL', () => startDatabase({ statements: SETUP })));
  const connections = [{ name: 'shop', url: database.url, role: 'production' }];
  const workbench = await steps.run('starts VS Code', () =>
    openWindow({ settings: { 'queryTuner.connections': connections }, width: 1400 }),
  );
  const { page } = workbench;
  const lens = text => page.locator('.codelens-decoration', { hasText: text }).first();
  const lensLink = text => page.locator('.codelens-decoration a', { hasText: text }).first();
  /** What hovers over the place where the mouse was left would catch the click. */
  const press = async text => {
    await page.mouse.move(700, 700);
    await page.locator('.context-view .hover-contents').waitFor({ state: 'hidden' });
    await lensLink(text).click();
  };
  const dialog = page.locator('.monaco-dialog-box');
  const answer = async (text, button) => {
    await dialog.filter({ hasText: text }).waitFor();
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  /** Brings the beginning into sight, wherever the editor is scrolled to. */
  const top = () => workbench.goTo(1, 1);
  const before = await rowsOf(database);
  await steps.run('opens the SQL file', () => workbench.openFile('report.sql'));

  await steps.run('asks for the table, the one under the cursor first', async () => {
    await workbench.goTo(1, 17);
    await workbench.command('Query Tuner: Partition Table...');
    await workbench.list.first().filter({ hasText: 'under the cursor' }).filter({ hasText: 'event' }).waitFor();
    await shoot('migration-1-tables');
    await workbench.press('Enter');
  });
  await steps.run('says why it is not advised, with figures, and shows the migration all the same', async () => {
    await dialog.filter({ hasText: /20,000 rows/ }).waitFor();
    await shoot('migration-2-not-advised');
    await answer('Partitioning event is not advised', 'Preview Anyway');
    await workbench.activeTab('Partition-public.event.sql').waitFor();
    await lens(/Run all \d+ steps on shop/).waitFor();
  });
  await shoot('migration-3-preview');
  await steps.run('asks before it runs a step on production, and runs nothing when told not to', async () => {
    await workbench.command('Query Tuner: Run Next Step of Migration');
    await answer('the production database shop', 'Cancel');
    assert.equal(await kindOf(database), 'r');
    assert.equal(await countTables(database), 2);
  });
  await steps.run('runs one step and sees it done', async () => {
    await workbench.command('Query Tuner: Run Next Step of Migration');
    await answer('the production database shop', 'Run');
    await lens(/Done in/).waitFor();
    await lens(/Run this step/).waitFor();
    assert.ok((await countTables(database)) > 2);
  });
  await shoot('migration-4-one-step');
  await steps.run('offers to go on in a window that was closed in between', async () => {
    await workbench.openFile('report.sql');
    const offer = page.locator('.notification-toast', { hasText: /was left after 1 of \d+ steps/ });
    await offer.waitFor({ timeout: START_LIMIT_MS });
    await shoot('migration-5-resume');
    await offer.getByRole('button', { name: 'Open It' }).click();
    await workbench.activeTab('Partition-public.event.sql').waitFor();
    // The editor remembers where it was scrolled to.
    await top();
    await lens(/Run the \d+ steps left on shop/).waitFor();
  });
  await steps.run('runs the steps that are left', async () => {
    await press(/Run the \d+ steps left/);
    await answer('the production database shop', 'Run');
    await page.locator('.notification-toast', { hasText: 'all steps are done' }).waitFor();
    await top();
    await lens(/All steps are done on shop/).waitFor();
    assert.equal(await kindOf(database), 'p');
    assert.deepEqual(await rowsOf(database), before);
  });
  await shoot('migration-6-done');
  await steps.run('takes all of it back', async () => {
    await top();
    await press('Undo all');
    await answer('Take back', 'Run');
    await top();
    await lens(/Run all \d+ steps on shop/).waitFor();
    assert.equal(await kindOf(database), 'r');
    assert.deepEqual(await rowsOf(database), before);
  });
  await steps.run('saves it as a file', async () => {
    await press('Save as migration files');
    await workbench.activeTab(/Untitled/).waitFor();
    await workbench.line.filter({ hasText: /Undo:/ }).first().waitFor();
  });
  await steps.run('advises a materialized view for the file', async () => {
    await workbench.open('report.sql');
    await workbench.command('Query Tuner: Advise Materialized Views for This File');
    await workbench.activeTab('Materialized-view-public.sale_by_shop.sql').waitFor();
    await lens(/Run all \d+ steps on shop/).waitFor();
  });
  await shoot('migration-7-view');
  await steps.run('makes it and takes it back', async () => {
    await press(/Run all \d+ steps/);
    await answer('the production database shop', 'Run');
    await top();
    await lens(/All steps are done on shop/).waitFor();
    await database.query('refresh materialized view concurrently sale_by_shop');
    await press('Undo all');
    await answer('Take back', 'Run');
    await top();
    await lens(/Run all \d+ steps on shop/).waitFor();
    const [row] = await database.query("select to_regclass('sale_by_shop') is null as gone");
    assert.equal(row.gone, true);
  });
}

async function kindOf(database) {
  const [row] = await database.query("select relkind::text as kind from pg_class where oid = 'event'::regclass");
  return row.kind;
}

async function rowsOf(database) {
  return database.query('select count(*)::int as n, sum(id)::text as ids, max(at)::text as latest from event');
}

async function countTables(database) {
  const [row] = await database.query(
    "select count(*)::int as n from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
  );
  return row.n;
}

await runWalk(import.meta.url, 'migration', walkMigration);

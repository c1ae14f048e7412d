/**
 * The health view, by clicking in a real VS Code: check a server, see a lock that somebody waits for, end the session
 * that holds it, clean a table, see it well again; maintain the server, and measure a statement.
 *
 *   node test/integration/health.mjs [--screenshots FOLDER] [--scheme light|dark|contrast]
 */
import assert from 'node:assert/strict';
import pg from 'pg';
import { copySampleWorkspace, startSampleDatabase } from '../../src/tools/sampleDatabase.mjs';
import { runWalk, waitUntil } from './walkSession.mjs';
import { ANSWER_LIMIT_MS } from './walkSupport.mjs';

/** How long a press is left to lead somewhere before it is made again. */
const PRESS_AGAIN_MS = 4_000;

/** Walks through the view. */
async function walkHealth({ steps, workspace, shoot, keep, openFile }) {
  copySampleWorkspace(workspace);
  const sample = keep(await steps.run('starts PostgreSQL with the sample data', () => startSampleDatabase()));
  const settings = {
    'queryTuner.connections': [{ name: 'sample', url: sample.url, role: 'production' }],
    'queryTuner.health.refreshSeconds': 1,
  };
  const workbench = await steps.run('opens the SQL file', () => openFile('queries.sql', { settings }));
  const view = healthView(workbench);
  await walkChecks(steps, view, { shoot, keep, sample });
  await walkMaintenance(steps, view, { shoot, sample });
  await walkBenchmark(steps, view, { shoot, sample });
  await steps.run('says that the server is gone, and keeps what it showed', async () => {
    await sample.stop();
    await view.tree.locator('.message', { hasText: 'Not refreshed' }).waitFor();
    await view.row('Sessions and Locks').waitFor();
  });
  await shoot('health-5-gone');
}

/** The tree with its rows, the dialog that asks, and the lists that are chosen from. */
function healthView(workbench) {
  const { page } = workbench;
  const tree = page.locator('.tree-explorer-viewlet-tree-view');
  const row = text => tree.locator('.monaco-list-row').filter({ hasText: text }).first();
  const dialog = page.locator('.monaco-dialog-box');
  /** Presses a row's step until what it leads to is there: the view draws itself anew, and a press may meet no row. */
  const takeStep = async (item, wanted) => {
    await item.waitFor();
    await item.click();
    await pressUntil(item.locator('.action-label[aria-label="Take This Step"]'), wanted, () =>
      item.hover({ timeout: PRESS_AGAIN_MS }).catch(() => {}),
    );
  };
  const run = () => dialog.getByRole('button', { name: 'Run', exact: true }).click();
  const question = title => page.locator('.quick-input-widget:visible', { hasText: title });
  /** Chooses from the list under this title. */
  const choose = async (title, text) => {
    await question(title).waitFor();
    const wanted = workbench.list.filter({ hasText: text }).first();
    await wanted.waitFor();
    await wanted.click();
    await question(title).waitFor({ state: 'detached' });
  };
  const answer = async (title, text) => {
    await question(title).waitFor();
    await workbench.input.fill(text);
    await workbench.press('Enter');
    await question(title).waitFor({ state: 'detached' });
  };
  return { workbench, page, tree, row, dialog, takeStep, run, question, choose, answer };
}

/** Presses a button, after this, again and again until what it leads to is there. */
async function pressUntil(button, wanted, before = async () => {}) {
  const end = Date.now() + ANSWER_LIMIT_MS;
  do {
    if (Date.now() > end) throw new Error('pressing leads nowhere');
    await before();
    await button.click({ timeout: PRESS_AGAIN_MS }).catch(() => {});
  } while (!(await isShown(wanted, PRESS_AGAIN_MS)));
}

async function isShown(wanted, timeout) {
  return wanted.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

/** What is wrong with the server, and the steps against it. */
async function walkChecks(steps, view, { shoot, keep, sample }) {
  const { workbench, page, tree, row, dialog, takeStep, run } = view;
  const comeIn = async () => {
    const client = new pg.Client({ connectionString: sample.url });
    // The one that is ended from the view must not end the walk.
    client.on('error', () => {});
    await client.connect();
    keep({ stop: () => client.end() });
    return client;
  };
  await steps.run('checks the server', async () => {
    await workbench.command('Query Tuner: Check Server Health');
    await tree.locator('.message', { hasText: /\d+ critical, \d+ warnings, \d+ ok/ }).waitFor();
  });
  await steps.run('shows every group', async () => {
    await page.locator('.pane-header', { hasText: 'Index Advice' }).click();
    await row('Sessions and Locks').waitFor();
    await row('Hard Limits').waitFor();
  });
  await shoot('health-1-well');
  await steps.run('sees by itself who waits for whom', async () => {
    const [holder, waiter] = [await comeIn(), await comeIn()];
    await holder.query('begin; lock table cameras');
    waiter.query('select count(*) from cameras').catch(() => {});
    await row('Sessions waiting for a lock').waitFor();
    await row(/^\s*session \d+ \(postgres.*blocks \d+/).waitFor();
  });
  await shoot('health-2-blocked');
  await steps.run('asks before it ends a session, and ends it only then', async () => {
    const blocking = row(/session \d+ \(postgres.*blocks \d+/);
    const question = dialog.filter({ hasText: /End session \d+ \(postgres.*on the production database sample/ });
    await takeStep(blocking, question);
    await shoot('health-3-asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await countWaiting(sample), 1);
    await takeStep(blocking, question);
    await run();
    await row(/session \d+ \(postgres.*blocks \d+/).waitFor({ state: 'detached' });
    assert.equal(await countWaiting(sample), 0);
  });
  await steps.run('cleans a table of its dead rows', async () => {
    await sample.query('create table shed (id int primary key) with (autovacuum_enabled = off)');
    await sample.query('insert into shed select generate_series(1, 30000)');
    await sample.query('delete from shed where id > 3000');
    const dirty = row(/public\.shed.*27,000 dead rows \(90 %\)/);
    await dirty.waitFor();
    await shoot('health-4-dead-rows');
    await takeStep(dirty, dialog.filter({ hasText: 'VACUUM (ANALYZE) public.shed' }));
    await run();
    await dirty.waitFor({ state: 'detached' });
  });
  await steps.run('opens SQL that only shows as a document', async () => {
    const off = row(/public\.shed.*autovacuum_enabled = off/);
    await off.waitFor();
    await takeStep(off, workbench.line.filter({ hasText: /ALTER\sTABLE\spublic\.shed\sRESET/ }).first());
  });
  await steps.run('evaluates the checklist below the checks', async () => {
    const item = row(/shared_buffers is about a quarter of the memory.*: 128 MB/);
    // The tree is drawn anew every second: a click may fall between two drawings.
    await waitUntil(async () => {
      await row('Checklist').click();
      return isShown(item, PRESS_AGAIN_MS);
    });
  });
  await shoot('health-9-checklist');
}

/** The plan, the charts and the work on the server itself. */
async function walkMaintenance(steps, view, { shoot, sample }) {
  const { workbench, page, dialog, run, question, choose } = view;
  await steps.run('opens the maintenance plan as SQL', async () => {
    await workbench.command('Query Tuner: Show Maintenance Plan');
    await workbench.line
      .filter({ hasText: /^--\sMaintenance\sof\sthe\sdatabase/ })
      .first()
      .waitFor();
  });
  await shoot('health-10-maintenance');
  const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  await steps.run('draws what it has read, and goes on drawing', async () => {
    await workbench.command('Query Tuner: Show Server Health Charts');
    const first = panel.locator('.chart .drawing svg').first();
    await first.waitFor();
    const count = async () => Number(/: (\d+) values?/.exec(await first.getAttribute('aria-label'))?.[1]);
    const before = await count();
    await waitUntil(async () => (await count()) > before);
    await panel.getByText(/at most [\d.]+ % of one core/).waitFor();
  });
  await shoot('health-6-charts');
  await steps.run('rebuilds an index, shown and confirmed before', async () => {
    const node = async () =>
      (await sample.query(`select pg_relation_filenode('cameras_pkey') as node`)).map(({ node }) => node)[0];
    const before = await node();
    await workbench.command('Query Tuner: Maintain Server');
    await choose('Maintain sample', 'Rebuild an index');
    await question('Rebuild which index').waitFor();
    await workbench.input.fill('cameras_pkey');
    await choose('Rebuild which index', 'public.cameras_pkey');
    await dialog.filter({ hasText: 'REINDEX INDEX CONCURRENTLY public.cameras_pkey' }).waitFor();
    await shoot('health-7-rebuild');
    assert.equal(await node(), before);
    await run();
    await waitUntil(async () => (await node()) !== before);
  });
  await steps.run('enables pg_stat_statements, and takes that back', async () => {
    const extensions = async () =>
      (await sample.query(`select from pg_extension where extname = 'pg_stat_statements'`)).length;
    await workbench.command('Query Tuner: Maintain Server');
    await choose('Maintain sample', 'Enable pg_stat_statements');
    await dialog.filter({ hasText: 'CREATE EXTENSION pg_stat_statements' }).waitFor();
    assert.equal(await extensions(), 0);
    await run();
    const told = page.locator('.notification-toast', { hasText: 'Enable pg_stat_statements: done' });
    await told.waitFor();
    assert.equal(await extensions(), 1);
    const undo = told.getByRole('button', { name: 'Undo' });
    // A notification above it that closes moves it, and a press may meet nothing.
    await pressUntil(undo, page.locator('.notification-toast', { hasText: 'pg_stat_statements was dropped again' }));
    assert.equal(await extensions(), 0);
  });
}

/** A statement measured under load, and what is left of it. */
async function walkBenchmark(steps, view, { shoot, sample }) {
  const { workbench, page, dialog, run, question, answer } = view;
  const ours = async () =>
    (await sample.query(`select from pg_stat_activity where application_name = 'Query Tuner benchmark'`)).length;
  const benchmark = async seconds => {
    await workbench.open('queries.sql');
    await workbench.goTo(4, 1);
    await workbench.command('Query Tuner: Benchmark Statement');
    await answer('seconds to measure', String(seconds));
    await answer('clients that run at once', '2');
    await dialog.filter({ hasText: '2 connections run the statement again and again' }).waitFor();
    await run();
  };
  const shown = text => workbench.line.filter({ hasText: text }).first();
  await steps.run('measures a statement, and again beside the first time', async () => {
    await benchmark(1);
    await shown(/^#\sBenchmark:/).waitFor();
    await shown(/PostgreSQL\s[\d.]+,\s2\sclients/).waitFor();
    await benchmark(1);
    await shown(/^##\sBefore\sand\safter/).waitFor();
    await shown(/by\smore\sthan\snoise|No\sdifference\sbeyond\snoise|Too\sfew\sruns/).waitFor();
  });
  await shoot('health-8-benchmark');
  await steps.run('leaves no session behind when a benchmark is cancelled', async () => {
    await benchmark(300);
    await waitUntil(async () => (await ours()) === 3);
    const running = page.locator('.notification-toast', { hasText: 'Benchmark on sample' });
    await running.getByRole('button', { name: 'Cancel' }).click();
    await waitUntil(async () => (await ours()) === 0);
    await running.waitFor({ state: 'detached' });
  });
  await steps.run('shows the results there are', async () => {
    await workbench.command('Query Tuner: Show Benchmark Results');
    await question('Show which benchmark').waitFor();
    assert.equal(await workbench.list.filter({ hasText: 'a second, 2 at once' }).count(), 2);
    await workbench.press('Escape');
  });
}

async function countWaiting(sample) {
  const [{ n }] = await sample.query(`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`);
  return n;
}

await runWalk(import.meta.url, 'health', walkHealth);

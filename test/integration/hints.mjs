/**
 * The hints as a user meets them in a real VS Code, by keyboard: squiggles and their pages, hovers, fixes, definitions,
 * renaming, SQL in other languages, the configuration, a connection, and a workspace that is not trusted.
 *
 *   node test/integration/hints.mjs [--vsix FILE] [--screenshots FOLDER]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startDatabase } from '../../src/tools/sampleDatabase.mjs';
import { startBrowser } from '../vscodeHost/browser.mjs';
import { installExtension, remoteUri, startServer, workbenchUrl } from '../vscodeHost/server.mjs';
import { ROWS, SCHEMA, writeHintsWorkspace } from './hintsWorkspace.mjs';
import { Steps } from './steps.mjs';
import { ANSWER_LIMIT_MS, START_LIMIT_MS, Workbench } from './walkSupport.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const SETTINGS = {
  // the browser's default saves by itself, and such a save fixes nothing
  'files.autoSave': 'off',
  'editor.codeActionsOnSave': { 'source.fixAll': 'explicit' },
  'editor.minimap.enabled': false,
  // what is pasted stays as it is
  'editor.autoClosingBrackets': 'never',
  // not what is shown here, and this VS Code has no TypeScript of its own
  'typescript.validate.enable': false,
  'typescript.tsserver.maxTsServerMemory': 128,
};

/**
 * Walks through the hints.
 * @param options.vsix a packaged extension to install; the source tree when absent.
 * @param options.screenshots the folder for the pictures.
 */
export async function walkHints({ vsix, screenshots }) {
  fs.mkdirSync(screenshots, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-hints-'));
  const workspace = writeHintsWorkspace(path.join(scratch, 'shop'));
  const extensionsFolder = path.join(scratch, 'extensions');
  const started = [];
  let editor;
  const shoot = name =>
    editor?.page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: 'disabled' });
  const steps = new Steps(() => shoot('failed').catch(() => {}));
  /** A server with these settings, and its window with queries.sql in front. */
  const openWindow = async (browser, options) => {
    const server = await startServer({
      extensionsFolder,
      verbose: Boolean(process.env.VSCODE_HOST_VERBOSE),
      ...options,
    });
    started.push(server);
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(ANSWER_LIMIT_MS);
    const development = vsix ? [] : [['extensionDevelopmentPath', remoteUri(server, ROOT)]];
    const file = ['openFile', remoteUri(server, path.join(workspace, 'queries.sql'))];
    await page.goto(workbenchUrl(server, { folder: workspace, payload: [...development, file] }));
    await page.locator('.view-line').first().waitFor({ timeout: START_LIMIT_MS });
    return new Workbench(page);
  };
  let browser;
  try {
    const database = await steps.run('starts PostgreSQL with the shop', () =>
      startDatabase({ statements: [SCHEMA, ROWS, 'VACUUM ANALYZE'] }),
    );
    started.push(database);
    const settings = {
      ...SETTINGS,
      'queryTuner.connections': [{ name: 'shop', url: database.url, role: 'development' }],
    };
    browser = await startBrowser();
    editor = await steps.run('opens a workspace', async () => {
      if (vsix) await installExtension(vsix, extensionsFolder);
      return openWindow(browser, { settings });
    });
    await walkWithoutConnection({ steps, editor, workspace, shoot });
    await walkLanguages({ steps, editor, workspace, shoot });
    await walkConfiguration({ steps, editor, workspace, shoot });
    await walkConnected({ steps, editor, workspace, shoot });
    await editor.page.close();
    await steps.run('hints in a workspace that is not trusted, and connects to nothing', async () => {
      editor = await openWindow(browser, { settings, asksForTrust: true });
      await walkUntrusted(editor, database);
    });
    await shoot('9-untrusted');
  } catch (error) {
    // a failed step has printed itself; anything else must not get lost
    if (steps.failed === 0) await steps.run('the walk', () => Promise.reject(error)).catch(() => {});
  } finally {
    await browser?.close().catch(() => {});
    for (const running of started.reverse()) await running.stop();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { passed: steps.passed, failed: steps.failed };
}

/** queries.sql with what the schema files say. */
async function walkWithoutConnection({ steps, editor, workspace, shoot }) {
  const { page } = editor;
  await steps.run('underlines by severity', async () => {
    for (const severity of ['error', 'warning', 'info']) {
      await editor.squiggle(severity).first().waitFor({ timeout: START_LIMIT_MS });
    }
  });
  await steps.run('lists them in the Problems panel with source and rule', async () => {
    await editor.press('Control+Shift+m');
    await editor.problem('Query Tuner', 'query/null-comparison', '[Ln 5, Col 7]').waitFor();
    await editor.problem('Query Tuner', 'query/delete-without-where', '[Ln 21, Col 1]').waitFor();
    // only the schema files know which index is there
    await editor.problem('query/function-on-column', 'CREATE INDEX ON customers').waitFor();
  });
  await steps.run('opens the page of a rule', async () => {
    await editor.problem('query/null-comparison').getByText('query/null-comparison').click();
    await editor.activeTab('query-null-comparison').waitFor();
    const preview = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
    await preview.locator('h1', { hasText: 'Comparison with NULL' }).waitFor();
  });
  await shoot('1-rule');
  await steps.run('tells about a table, a column and an alias', async () => {
    await editor.press('Control+w');
    await editor.activeTab('queries.sql').waitFor();
    await editor.press('Control+1');
    assert.equal(await editor.problem('query-null-comparison.md').count(), 0, 'the page of a rule is checked itself');
    await editor.hoverAt(17, 7, 'Everybody who ever ordered');
    await editor.hoverAt(16, 10, 'customers_email_key');
    const alias = await editor.hoverAt(4, 13, 'alias of public.orders');
    assert.doesNotMatch(await alias.innerText(), /rows/, 'rows are known without a connection');
    await editor.hoverAt(5, 10, 'When to ignore it');
  });
  await shoot('2-hover');
  await steps.run('fixes all of a kind, and takes it back', async () => {
    await editor.press('Escape');
    await editor.fix(7, 9, 'Fix all 2 of query/count-for-existence');
    for (const customer of [7, 8]) {
      await editor.lineOf(`select EXISTS (SELECT 1 from orders where customer_id = ${customer});`).waitFor();
    }
    await editor.press('Control+z');
    await editor.lineOf('select count(*) > 0 from orders where customer_id = 8;').waitFor();
  });
  await steps.run('allows one thing in one place, and takes it back', async () => {
    await editor.problem('query/delete-without-where').waitFor();
    await editor.fix(21, 3, 'Allow query/delete-without-where here');
    await editor.lineOf('-- query-tuner: allow query/delete-without-where (reason)').waitFor();
    await editor.problem('query/delete-without-where').waitFor({ state: 'detached' });
    await editor.press('Control+z');
    await editor.problem('query/delete-without-where', '[Ln 21, Col 1]').waitFor();
  });
  await steps.run('goes to the definition of a table', async () => {
    await editor.goTo(4, 8);
    await editor.press('F12');
    await editor.activeTab('schema.sql').waitFor();
    await page.locator('.statusbar-item', { hasText: 'Ln 10, Col 14' }).waitFor();
  });
  await steps.run('finds what is wrong in the body of a function, at its place', async () => {
    await editor.problem('query/null-comparison', '[Ln 25, Col 44]').waitFor();
    await editor.press('Control+w');
    await editor.open('broken.sql');
    await editor.problem('[Ln 5, Col 10]').waitFor();
    await editor.press('Control+w');
  });
  await steps.run('lists the uses of an alias', async () => {
    await editor.open('queries.sql');
    await editor.goTo(4, 13);
    await editor.press('Shift+F12');
    await page.locator('.peekview-widget', { hasText: 'References (4)' }).waitFor();
    await editor.press('Escape');
    await page.locator('.peekview-widget').waitFor({ state: 'detached' });
  });
  await steps.run('renames a WITH query, but no table', async () => {
    await editor.goTo(13, 7);
    await editor.press('F2');
    const box = page.locator('.rename-box input');
    await box.waitFor();
    await box.fill('latest');
    await editor.press('Enter');
    await editor.lineOf('join latest on latest.customer_id = c.id').waitFor();
    await editor.goTo(4, 8);
    await editor.press('F2');
    await editor.message.filter({ hasText: 'keeps its name until ALTER TABLE renames it' }).waitFor();
  });
  await steps.run('completes columns and joins, and tells parameters', async () => {
    await editor.open('draft.sql');
    await editor.goTo(1, 9);
    await editor.keyboard.type('.');
    await editor.suggestions.filter({ hasText: 'customer_id' }).first().waitFor();
    await shoot('3-completion');
    await editor.press('Escape');
    await editor.goTo(3, 29);
    await editor.press('Control+Space');
    await editor.suggestions.filter({ hasText: 'customers c on c.id = o.customer_id' }).first().waitFor();
    await editor.press('Enter');
    await editor.lineOf('select 1 from orders o join customers c on c.id = o.customer_id;').waitFor();
    await editor.goTo(5, 19);
    await editor.keyboard.type('(');
    await page.locator('.parameter-hints-widget:visible', { hasText: 'days integer' }).waitFor();
    await editor.press('Escape');
    await editor.command('Revert File');
    await editor.press('Control+w');
    await editor.activeTab('queries.sql').waitFor();
  });
  await steps.run('fixes what is safe when it is saved', async () => {
    await editor.save();
    await editor.lineOf('select EXISTS (SELECT 1 from orders where customer_id = 7);').waitFor();
    const saved = fs.readFileSync(path.join(workspace, 'queries.sql'), 'utf8');
    assert.match(saved, /select EXISTS \(SELECT 1 from orders where customer_id = 8\);/);
    assert.match(saved, /select id, email, status, created_at from customers/);
    // this fix changes what the query finds: nobody has asked for it
    assert.match(saved, /where o\.shipped_at = null;/);
  });
}

/** SQL in strings and fences: the fix changes the SQL and nothing around it. */
async function walkLanguages({ steps, editor, workspace }) {
  const files = [
    { name: 'service.ts', line: 9, column: 14 },
    { name: 'report.py', line: 5, column: 18 },
    { name: 'notes.md', line: 6, column: 40 },
  ];
  for (const { name, line, column } of files) {
    await steps.run(`fixes the SQL in ${name} and keeps the rest`, async () => {
      const file = path.join(workspace, name);
      const before = fs.readFileSync(file, 'utf8');
      await editor.open(name);
      await editor.squiggle('error').first().waitFor();
      assert.equal(await editor.squiggle('error').count(), 1);
      await editor.fix(line, column, 'Write IS NULL');
      await editor.squiggle('error').first().waitFor({ state: 'detached' });
      await editor.save();
      assert.equal(fs.readFileSync(file, 'utf8'), before.replace(/(shipped_at) = null/i, '$1 IS NULL'));
      await editor.press('Control+w');
    });
  }
}

/** .query-tuner.json, open and closed. */
async function walkConfiguration({ steps, editor, workspace, shoot }) {
  const file = path.join(workspace, '.query-tuner.json');
  await steps.run('completes the names of rules in the configuration', async () => {
    await editor.open('queries.sql');
    await editor.problem('query/function-on-column').waitFor();
    await editor.open('.query-tuner.json');
    await editor.goTo(4, 35);
    await editor.keyboard.type(',');
    await editor.press('Enter');
    await editor.keyboard.type('"query/function-on-c');
    await editor.suggestions.filter({ hasText: 'query/function-on-column' }).first().waitFor();
  });
  await shoot('6-configuration');
  await steps.run('turns a rule off in an open file at once', async () => {
    await editor.press('Escape', 'Control+a');
    await editor.keyboard.insertText('{ "rules": { "query/function-on-colum": "off" } }');
    await editor.squiggle('warning').first().waitFor();
    await editor.press('Control+a');
    await editor.keyboard.insertText('{ "rules": { "query/function-on-column": "off" } }');
    await editor.squiggle('warning').first().waitFor({ state: 'detached' });
    await editor.save();
    await editor.problem('query/function-on-column').waitFor({ state: 'detached' });
    await editor.press('Control+w');
  });
  await steps.run('says what is wrong in a configuration that is closed', async () => {
    fs.writeFileSync(file, '{ "rules": { "query/function-on-column": "off", }');
    await editor.problem('Query Tuner', 'This is not JSON').waitFor();
    fs.rmSync(file);
    await editor.problem('This is not JSON').waitFor({ state: 'detached' });
    await editor.problem('query/function-on-column').waitFor();
  });
}

/** What only a server knows. */
async function walkConnected({ steps, editor, workspace, shoot }) {
  const { page } = editor;
  await steps.run('tells rows and sizes when a connection is chosen', async () => {
    await editor.open('queries.sql');
    await page.locator('.statusbar-item', { hasText: 'shop (development)' }).click();
    const entry = editor.list.filter({ hasText: 'shop' }).first();
    await entry.waitFor();
    await entry.click();
    const table = await editor.hoverAt(4, 8, '20,000 rows');
    assert.match(await table.innerText(), /orders_customer_id_ordered_at_idx.*\d+ kB/);
  });
  await shoot('7-connected');
  await steps.run('writes the rows beside the tables when the user wants that', async () => {
    await editor.press('Escape');
    fs.mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
    const own = JSON.stringify({ 'queryTuner.editor.inlayHints': true });
    fs.writeFileSync(path.join(workspace, '.vscode', 'settings.json'), own);
    await editor.line
      .filter({ hasText: /from\sorders\s*≈\s20\sk\srows/ })
      .first()
      .waitFor();
  });
  await shoot('8-rows');
}

/** Restricted mode. */
async function walkUntrusted(editor, database) {
  const { page } = editor;
  await page.getByRole('button', { name: "No, I don't trust the authors" }).click();
  await editor.squiggle('error').first().waitFor({ timeout: START_LIMIT_MS });
  const sessions =
    'select count(*)::int as n from pg_stat_activity where datname is not null and pid <> pg_backend_pid()';
  await page.locator('.codelens-decoration a', { hasText: 'Explain Analyze' }).first().click();
  const refusal = page.locator('.notification-list-item', { hasText: 'in a workspace you do not trust' });
  await refusal.first().waitFor();
  const [row] = await database.query(sessions);
  assert.equal(row.n, 0, 'somebody is connected');
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const { values } = parseArgs({ options: { vsix: { type: 'string' }, screenshots: { type: 'string' } } });
  const folder = values.screenshots ?? path.join(ROOT, 'test', 'screenshots', 'hints');
  const { passed, failed } = await walkHints({ vsix: values.vsix, screenshots: folder });
  console.log(`  ${passed} passing\n  ${failed} failing`);
  process.exit(failed === 0 ? 0 : 1);
}

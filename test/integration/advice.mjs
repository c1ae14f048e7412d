/**
 * The index advice view, by keyboard in a real VS Code: advise for a file, keep to a budget, leave an index out, take
 * another form of one, create, measure, take back, and look at the indexes there are.
 *
 *   node test/integration/advice.mjs [--screenshots FOLDER] [--scheme light|dark|contrast]
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { startDatabase } from '../../src/tools/sampleDatabase.mjs';
import { runWalk, waitUntil } from './walkSession.mjs';

const SETUP = [
  `create table visit (id int primary key, camera int not null, at timestamptz not null, state text not null,
   people int not null, note text not null) with (autovacuum_enabled = off)`,
  `insert into visit select n, n % 400, timestamptz '2026-01-01 00:00Z' + n * interval '2 minutes',
   case n % 90 when 0 then 'open' else 'done' end, n % 7, 'note ' || n from generate_series(1, 100000) n`,
  // by autovacuum it would be done in the middle of the walk, and change costs
  'vacuum (analyze) visit',
];

/** The first line is that of a statement that one index helps. */
const QUERIES = `SELECT id, at, people FROM visit WHERE camera = 187 AND at >= '2026-03-01' ORDER BY at DESC;

SELECT camera, sum(people) FROM visit WHERE at >= '2026-02-01' AND at < '2026-02-03' GROUP BY camera;

SELECT id FROM visit WHERE note = 'note 77';

SELECT id, note FROM visit WHERE state = 'open' AND camera = 10;

INSERT INTO visit VALUES (0, 1, '2026-02-01', 'open', 1, 'new');
`;

/** Walks through the view. */
async function walkAdvice({ steps, workspace, shoot, keep, openWindow }) {
  fs.writeFileSync(path.join(workspace, 'queries.sql'), QUERIES);
  const sample = keep(await steps.run('starts PostgreSQL', () => startDatabase({ statements: SETUP })));
  const workbench = await steps.run('opens the SQL file', async () => {
    const connections = [{ name: 'sample', url: sample.url, role: 'production' }];
    const opened = await openWindow({ settings: { 'queryTuner.connections': connections } });
    await opened.openFile('queries.sql');
    return opened;
  });
  const view = new AdviceView(workbench);
  const indexesBefore = await countIndexes(sample);
  await walkChoice(steps, view, shoot);
  await walkChanges(steps, view, shoot, { sample, indexesBefore });
  await sample.query('create index advice_twice on visit (people); create index advice_twice_again on visit (people)');
  await steps.run('reviews the existing indexes', async () => {
    await workbench.command('Query Tuner: Review Existing Indexes');
    await view.row('advice_twice_again is advice_twice once more').waitFor();
  });
  await shoot('advice-8-existing');
  await sample.query('drop index advice_twice, advice_twice_again');
  await walkQuickFix(steps, view, shoot, { sample, indexesBefore });
}

/** What can be seen and done in the side bar. */
class AdviceView {
  constructor(workbench) {
    this.workbench = workbench;
    this.page = workbench.page;
    this.tree = this.page.locator('.tree-explorer-viewlet-tree-view');
    this.rows = this.tree.locator('.monaco-list-row');
    this.message = this.tree.locator('.message');
    this.dialog = this.page.locator('.monaco-dialog-box');
    this.checked = this.tree.locator(
      '.custom-view-tree-node-item-checkbox.codicon-tree-item-checkbox-checked, .custom-view-tree-node-item-checkbox.checked',
    );
  }

  row(text) {
    return this.rows.filter({ hasText: text }).first();
  }

  /** The cost and the bytes that the line above the tree tells, and the checked boxes, once they agree. */
  async figures() {
    let line;
    let rows;
    await waitUntil(async () => {
      line = FIGURES.exec(await this.message.innerText());
      rows = GROUP.exec((await this.row('Advised indexes').innerText()).replace(/\s+/g, ' '));
      return line?.[2] === rows?.[3] && Number(rows?.[2] ?? rows?.[1]) === (await this.checked.count());
    });
    const [, cost, size] = line;
    const [amount, unit] = size.split(' ');
    return {
      cost: Number(cost.replaceAll(',', '')),
      bytes: Number(amount) * UNITS[unit],
      count: Number(rows[2] ?? rows[1]),
    };
  }

  /** Moves the keyboard to the first row of the tree, and from there so many rows down. */
  async focusRow(down) {
    await this.workbench.command('Focus on Index Advice View');
    await this.page.locator('.tree-explorer-viewlet-tree-view .monaco-list:focus').waitFor();
    await this.workbench.press('Home', ...Array.from({ length: down }, () => 'ArrowDown'));
    await this.rows.nth(down).and(this.page.locator('.focused')).waitFor();
  }

  /** Presses the box of a row with the keyboard. */
  async pressBox(row) {
    await this.rows.nth(row).locator('.custom-view-tree-node-item-checkbox').focus();
    await this.workbench.press('Space');
  }

  /** Answers the question for a change with one of its buttons. */
  async answer(button) {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}

const FIGURES = /cost [\d,.]+ → ([\d,.]+) .*?([\d.]+ (?:kB|MB|B)) checked/;
const GROUP = /Advised indexes ?(\d+), (?:(\d+) checked, )?([\d.]+ \w+)/;
const UNITS = { B: 1, kB: 1024, MB: 1024 ** 2 };

/** What is advised, under a budget; without one index; and with another form of one. */
async function walkChoice(steps, view, shoot) {
  const { workbench, page, rows } = view;
  const advised = await steps.run('advises for the file', async () => {
    await workbench.command('Query Tuner: Advise Indexes for This File');
    await view.row('Advised indexes').waitFor();
    await view.message.filter({ hasText: /queries\.sql: cost .* no budget/ }).waitFor();
    const figures = await view.figures();
    assert.ok(figures.count > 1, `${figures.count} boxes are checked`);
    return figures;
  });
  await shoot('advice-1-tree');
  const budget = page.locator('.quick-input-widget:visible', { hasText: 'Storage that all new indexes' });
  await steps.run('takes no budget that is no size', async () => {
    await workbench.command('Query Tuner: Change Index Budget...');
    await budget.waitFor();
    for (const wrong of ['much', '-3 MB', '0 MB', '3']) {
      await workbench.input.fill(wrong);
      await budget.filter({ hasText: 'A size above zero with its unit' }).waitFor();
      await workbench.press('Enter');
    }
    await budget.waitFor();
  });
  await shoot('advice-2-wrong-budget');
  const half = `${Math.round(advised.bytes / 2 / 1024)} kB`;
  await steps.run('keeps to a budget: fewer bytes, and dearer statements', async () => {
    await workbench.input.fill(half);
    await budget.filter({ hasNotText: 'A size above zero' }).waitFor();
    await workbench.press('Enter');
    await view.message.filter({ hasText: 'of a budget of' }).waitFor();
    const { cost, bytes } = await view.figures();
    assert.ok(bytes > 0 && bytes <= advised.bytes / 2, `${bytes} of ${half}`);
    assert.ok(cost > advised.cost, `${cost} is no more than ${advised.cost}`);
  });
  await shoot('advice-3-budget');
  await steps.run('goes without a budget again, and finds the same as at first', async () => {
    await workbench.command('Query Tuner: Change Index Budget...');
    await budget.waitFor();
    await workbench.input.fill('');
    await workbench.press('Enter');
    await view.message.filter({ hasText: 'no budget' }).waitFor();
    assert.deepEqual(await view.figures(), advised);
  });
  await steps.run('shows what is lost without an index', async () => {
    await view.pressBox(1);
    await view.message.filter({ hasText: /as advised\)/ }).waitFor();
    const { cost, bytes, count } = await view.figures();
    assert.ok(cost > advised.cost && bytes < advised.bytes, `${cost}, ${bytes}`);
    assert.equal(count, advised.count - 1);
  });
  await shoot('advice-4-unchecked');
  await steps.run('takes it in again', async () => {
    await view.pressBox(1);
    await view.message.filter({ hasNotText: 'as advised' }).filter({ hasText: FIGURES }).waitFor();
    assert.deepEqual(await view.figures(), advised);
  });
  const forms = page.locator('.quick-input-widget:visible', { hasText: 'Other forms of the index on' });
  const before = await rows.nth(1).innerText();
  await steps.run('lists other forms of an index, with what each saves and its size', async () => {
    await view.focusRow(1);
    await workbench.press('Shift+F10');
    const entry = page.locator('.monaco-menu .action-item', { hasText: 'Choose Another Form of Index...' });
    await entry.waitFor();
    await workbench.press('ArrowDown');
    await entry.and(page.locator('.focused')).waitFor();
    await workbench.press('Enter');
    await forms.waitFor();
    await workbench.list
      .filter({ hasText: /saves [\d,.]+, [\d.]+ [kM]B: / })
      .first()
      .waitFor();
  });
  await shoot('advice-5-forms');
  await steps.run('takes another form, and plans the statements with it', async () => {
    await workbench.press('ArrowDown', 'Enter');
    await forms.waitFor({ state: 'hidden' });
    await waitUntil(async () => (await rows.nth(1).innerText()) !== before);
    const { bytes, count } = await view.figures();
    assert.notEqual(bytes, advised.bytes);
    assert.equal(count, advised.count);
  });
  await shoot('advice-6-other-form');
}

/** The checked indexes are made, measured before and after, and taken back. */
async function walkChanges(steps, view, shoot, { sample, indexesBefore }) {
  const { workbench, dialog, checked, rows } = view;
  const count = await checked.count();
  const title = (await rows.nth(1).innerText()).replace(/^[\d.]+ \wB: /, '').trim();
  await steps.run('shows the SQL of a row', async () => {
    await rows.nth(1).locator('.custom-view-tree-node-item-icon').click();
    await workbench.activeTab('create-index.sql').waitFor();
    await workbench.line
      .filter({ hasText: /CREATE\sINDEX\sCONCURRENTLY/ })
      .first()
      .waitFor();
  });
  const measured = text => view.row(text).waitFor();
  await steps.run('measures the statements before', async () => {
    await view.row('Statements').locator('.monaco-tl-twistie').click();
    await workbench.command('Query Tuner: Measure Workload');
    await measured(/measured [\d.,]+ m?s/);
  });
  await steps.run('asks before it changes a production database, and changes nothing when told not to', async () => {
    await workbench.command('Query Tuner: Create Checked Indexes');
    await dialog.filter({ hasText: 'production database sample' }).waitFor();
    assert.ok((await dialog.innerText()).includes(title.split(' (')[0]), 'the form that was chosen is named');
    await view.answer('Cancel');
    assert.equal(await countIndexes(sample), indexesBefore);
  });
  await steps.run('creates the checked indexes', async () => {
    await workbench.command('Query Tuner: Create Checked Indexes');
    await view.answer('Run');
    await checked.first().waitFor({ state: 'detached' });
    assert.equal(await countIndexes(sample), indexesBefore + count);
  });
  await steps.run('measures them after', async () => {
    await workbench.command('Query Tuner: Measure Workload');
    await measured(/measured [\d.,]+ m?s → [\d.,]+ m?s/);
  });
  await shoot('advice-7-created');
  await steps.run('takes all of them back', async () => {
    await workbench.command('Query Tuner: Undo All Index Changes');
    await view.answer('Run');
    await checked.nth(count - 1).waitFor();
    assert.equal(await countIndexes(sample), indexesBefore);
  });
  await steps.run('writes them as a migration', async () => {
    await workbench.command('Query Tuner: Save Checked as Migration');
    await workbench.line.filter({ hasText: /Undo:/ }).first().waitFor();
  });
}

async function walkQuickFix(steps, { workbench, page, dialog }, shoot, { sample, indexesBefore }) {
  await steps.run('offers a suggested index as a quick fix of its statement', async () => {
    await workbench.open('queries.sql');
    await page.locator('.codelens-decoration a', { hasText: 'Suggest indexes' }).first().click();
    const panel = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
    await panel.locator('article.card').first().waitFor();
    await workbench.open('queries.sql');
    await workbench.fix(1, 1, /Create index .* on sample \(what-if .*cost [\d,.]+ → [\d,.]+\)/);
    await dialog.filter({ hasText: 'CREATE INDEX CONCURRENTLY' }).waitFor();
    await shoot('advice-9-quick-fix');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const created = page.locator('.notification-toast', { hasText: 'The index was created' });
    await created.waitFor();
    assert.equal(await countIndexes(sample), indexesBefore + 1);
    await created.getByRole('button', { name: 'Undo' }).click();
    await waitUntil(async () => (await countIndexes(sample)) === indexesBefore);
  });
}

async function countIndexes(sample) {
  const [row] = await sample.query(
    `select count(*)::int as n from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)`,
  );
  return row.n;
}

await runWalk(import.meta.url, 'advice', walkAdvice);

import assert from 'node:assert/strict';
import { loadAxe, seriousViolations } from './axe';
import { eventually } from './eventually';
import { pageTests } from './pageTests';
import { openProfilePage, type OpenedProfilePage } from './profilePage';
import { REVIEW, settingOf } from './profileViews';
import type { ThemeName } from './testPage';

const THEMES: readonly ThemeName[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
const TABS = ['settings', 'tables', 'try', 'applied'];

const { review } = REVIEW;

describe('webview/profile', () => {
  const openPage = pageTests(openProfilePage);
  let panel: OpenedProfilePage;
  const open = async (...args: Parameters<typeof openPage>): Promise<void> => {
    panel = await openPage(...args);
  };
  const text = (selector: string) => (): Promise<string> => panel.page.locator(selector).innerText();
  const row = (name: string): string => `tr[data-setting="${name}"]`;

  it('lays each setting beside its present value, with reason, source and risk', async () => {
    await open(REVIEW);
    await eventually.match(text(row('work_mem')), /work_mem[\s\S]*4MB[\s\S]*PostgreSQL’s default[\s\S]*16MB/);
    await eventually.match(
      text(row('work_mem')),
      /a quarter of RAM[\s\S]*Guide 000[\s\S]*Risk medium: counts for each/,
    );
    await eventually.match(text(row('shared_buffers')), /needs a restart/);
    await eventually.match(text(row('log_statement')), /Not applied: logs every statement/);
    await eventually.match(text(row('jit')), /No effect here: .*command line/);
    assert.equal(await panel.page.locator(`${row('log_statement')} input`).count(), 0);
    assert.deepEqual(await panel.page.locator('.group-row').allInnerTexts(), [
      'Resource Usage / Memory',
      'Query Tuning / Other Planner Options',
      'Query Tuning / Planner Cost Constants',
      'Reporting and Logging / What to Log',
      'Client Connection Defaults / Shared Library Preloading',
    ]);
  });

  it('ticks what is harmless, shows what would run as it is ticked, and hands it over', async () => {
    await open(REVIEW);
    await eventually.equal(text('.run-box pre'), 'ALTER SYSTEM SET work_mem;\nALTER SYSTEM SET random_page_cost;');
    await panel.page.locator('#setting-shared_buffers').click();
    await panel.page.locator('#setting-random_page_cost').click();
    await eventually.equal(text('.run-box pre'), 'ALTER SYSTEM SET work_mem;\nALTER SYSTEM SET shared_buffers;');
    await panel.page.locator('button.apply:has-text("Apply 2 settings…")').click();
    await eventually.equal(
      () => panel.calls,
      [
        'apply [{"scope":{"kind":"system"},"changes":[{"name":"work_mem","value":"16MB"},{"name":"shared_buffers","value":"2GB"}]}]',
      ],
    );
    await panel.page.locator('button:text-is("Untick all")').click();
    await eventually.ok(() => panel.page.locator('button.apply').isDisabled());
    await panel.page.locator('button:text-is("Tick all")').click();
    await eventually.match(text('button.apply'), /Apply 5 settings/);
  });

  it('applies nothing whose script is not shown yet', async () => {
    let show = (): void => undefined;
    const script = (): Promise<string> => new Promise(done => (show = () => done('ALTER SYSTEM SET x;')));
    await open(REVIEW, { answers: { script } });
    await eventually.match(text('button.apply'), /Apply 2 settings/);
    assert.equal(await panel.page.locator('button.apply').isDisabled(), true);
    show();
    await eventually.equal(text('.run-box pre'), 'ALTER SYSTEM SET x;');
    await eventually.ok(async () => !(await panel.page.locator('button.apply').isDisabled()));
  });

  it('keeps ticks when the server is read again, and begins anew for another scope', async () => {
    await open(REVIEW);
    await panel.page.locator('#setting-work_mem').click();
    await eventually.match(text('button.apply'), /Apply 1 setting…/);
    await panel.side.call('show', { ...REVIEW, trial: null });
    await eventually.match(text('button.apply'), /Apply 1 setting…/);
    await panel.side.call('show', { ...REVIEW, review: { ...review, scope: { kind: 'role', role: 'reader' } } });
    await eventually.match(text('button.apply'), /Apply 2 settings…/);
  });

  it('filters by words and shows what is the same when asked', async () => {
    await open(REVIEW);
    await panel.page.locator('#filter').fill('leaks data');
    await eventually.equal(() => panel.page.locator('.setting-row').count(), 1);
    await panel.page.locator('#filter').fill('no such thing');
    await panel.page.locator('text=No setting matches the filter.').waitFor();
    await panel.page.locator('#filter').fill('');
    await eventually.equal(() => panel.page.locator('.setting-row').count(), 6);
    await panel.page.locator('#show-same').click();
    await panel.page.locator(row('maintenance_work_mem')).waitFor();
  });

  it('asks for another profile, scope, target and machine', async () => {
    await open(REVIEW);
    await panel.page.locator('#profile').selectOption('ours');
    await panel.page.locator('#scope').selectOption('role');
    await panel.side.call('show', { ...REVIEW, review: { ...review, scope: { kind: 'role', role: 'reader' } } });
    await panel.page.locator('#target').selectOption('postgres');
    await panel.page.locator('button:text-is("Change")').click();
    await panel.page.locator('#ram').fill('16GB');
    await panel.page.locator('#storage').selectOption('hdd');
    await panel.page.locator('button:text-is("Compute again")').click();
    await eventually.equal(
      () => panel.calls,
      [
        'choose {"profileId":"ours"}',
        'choose {"scope":{"kind":"role","role":"reader"}}',
        'choose {"scope":{"kind":"role","role":"postgres"}}',
        'choose {"machine":{"ram":"16GB","storage":"hdd"}}',
      ],
    );
  });

  it('lets nothing be applied without permission, or while the memory is not known', async () => {
    const server = { ...review.server, permission: 'reader is not a superuser' };
    await open({ ...REVIEW, review: { ...review, server } });
    await panel.page.locator('.note:has-text("reader is not a superuser")').waitFor();
    await eventually.ok(() => panel.page.locator('button.apply').isDisabled());
    const known = { ...review.machine.known, ram: 'assumed' as const };
    await panel.side.call('show', { ...REVIEW, review: { ...review, machine: { ...review.machine, known } } });
    await panel.page.locator('text=Say how much memory the machine has first.').waitFor();
    await eventually.ok(() => panel.page.locator('button.apply').isDisabled());
  });

  it('shows the way of a managed service instead of a button', async () => {
    const server = { ...review.server, service: 'Amazon RDS' };
    const script = () => Promise.resolve('aws rds modify-db-parameter-group');
    await open({ ...REVIEW, review: { ...review, server } }, { answers: { script } });
    await panel.page.locator('h2:text-is("How to change them on Amazon RDS")').waitFor();
    await eventually.match(text('.run-box pre'), /modify-db-parameter-group/);
    assert.equal(await panel.page.locator('button.apply').count(), 0);
  });

  it('says that nothing differs, and of tables that none needs anything', async () => {
    const settings = [settingOf('work_mem', { state: 'same' })];
    await open({ ...REVIEW, review: { ...review, settings, tables: [] } });
    await panel.page.locator('#no-differences').waitFor();
    assert.equal(await panel.page.locator('.run-box').count(), 0);
    await panel.page.locator('#tab-tables').click();
    await panel.page.locator('#no-tables').waitFor();
  });

  it('takes either the measured or the guide’s value of a table, and none of a partitioned one', async () => {
    await open(REVIEW);
    await panel.page.locator('#tab-tables').click();
    const item = (key: string): string => `li[data-parameter="${key}"]`;
    await panel.page.locator(`${item('orders fillfactor measured')} input`).click();
    await panel.page.locator(`${item('orders fillfactor guide')} input`).click();
    await eventually.match(text(item('orders fillfactor guide')), /The guide is wrong here: it reaches pages/);
    assert.equal(await panel.page.locator(`${item('milk autovacuum_vacuum_scale_factor guide')} input`).count(), 0);
    await panel.page.locator('button.apply:has-text("Apply 1 setting…")').click();
    await eventually.equal(
      () => panel.calls,
      [
        'apply [{"scope":{"kind":"table","schema":"public","table":"orders"},"changes":[{"name":"fillfactor","value":"80"}]}]',
      ],
    );
  });

  it('tries on a file, and shows which plans change at which costs', async () => {
    await open(REVIEW);
    await panel.page.locator('#tab-try').click();
    await eventually.match(text('.trial h2'), /1 of 2 plans change/);
    await eventually.match(
      text('tr[data-statement="1"]'),
      /Seq Scan on orders → Index Scan using orders_customer_idx[\s\S]*3,210[\s\S]*4,102[\s\S]*21.3 ms → 8.2 ms/,
    );
    await eventually.match(text('tr[data-statement="2"]'), /the same[\s\S]*–[\s\S]*parameters without values/);
    await eventually.match(text('.trial'), /statement 3 was passed over: relation "nowhere"/);
    await panel.page.locator('#try-source').selectOption('statement');
    await panel.page.locator('#measure').click();
    await panel.page.locator('button:has(span:text-is("Try"))').click();
    await eventually.equal(() => panel.calls, ['tryOn statement true']);
  });

  it('lists what was applied with how each setting ended, and offers the way back', async () => {
    await open(REVIEW);
    await panel.page.locator('#tab-applied').click();
    await eventually.match(
      text('[data-run=r1]'),
      /camera-production for the whole server[\s\S]*work_mem[\s\S]*4MB → 16MB[\s\S]*in effect/,
    );
    await eventually.match(text('[data-outcome^="max_connections"]'), /not set → 200[\s\S]*waits for a restart/);
    await eventually.match(text('[data-outcome^="jit"]'), /refused[\s\S]*requires a Boolean/);
    await eventually.match(
      text('[data-run=r0]'),
      /table public\.orders[\s\S]*left alone[\s\S]*'8MB' instead of '16MB'/,
    );
    assert.equal(await panel.page.locator('[data-run=r0] button:has-text("Undo…")').count(), 0);
    await panel.page.locator('[data-run=r1] button:has-text("Undo…")').click();
    await panel.page.locator('[data-run=r0] button[aria-label="Take off the list"]').click();
    await eventually.equal(() => panel.calls, ['undo r1', 'forget r0']);
  });

  it('opens the list when something was applied', async () => {
    await open({ ...REVIEW, runs: [] });
    await panel.page.locator('#tab-settings[aria-selected=true]').waitFor();
    await panel.side.call('show', REVIEW);
    await panel.page.locator('#tab-applied[aria-selected=true]').waitFor();
  });

  it('says what is missing before there is a server, and what failed', async () => {
    await open({ state: 'unconnected', reason: 'cannot connect to db.example' });
    await panel.page.locator('text=cannot connect to db.example').waitFor();
    await panel.page.locator('button:text-is("Choose connection")').click();
    await panel.side.call('show', { state: 'untrusted' });
    await panel.page.locator('button:text-is("Manage trust")').click();
    await eventually.equal(() => panel.calls, ['connect', 'manageTrust']);
    await panel.side.call('progress', { text: 'Reading the settings', cancellable: true });
    await panel.page.locator('button:text-is("Cancel")').click();
    await eventually.ok(() => panel.calls.includes('cancel'));
  });

  it('shows failures as sentences until they are dismissed', async () => {
    await open(REVIEW, { answers: { apply: () => Promise.reject(new Error('the connection was lost')) } });
    await panel.page.locator('button.apply').click();
    await panel.page.locator('.banner:has-text("the connection was lost")').waitFor();
    await panel.page.locator('button[aria-label="Dismiss"]').click();
    await panel.page.locator('.banner').waitFor({ state: 'detached' });
  });

  it('shows hostile names and values as text', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202e';
    const setting = settingOf(evil, {
      group: evil,
      now: evil,
      value: evil,
      reason: evil,
      refused: evil,
      state: 'refused',
    });
    const table = { ...review.tables[0]!, schema: evil, table: evil, activity: evil };
    await open({
      ...REVIEW,
      connection: evil,
      file: evil,
      review: {
        ...review,
        settings: [setting],
        tables: [table],
        databases: [evil],
        server: { ...review.server, user: evil },
      },
    });
    for (const tab of TABS) {
      await panel.page.locator(`#tab-${tab}`).click();
      await panel.page.locator(`#panel-${tab}`).waitFor();
      assert.equal(await panel.page.locator('img').count(), 0);
      assert.ok(!(await panel.page.locator('body').innerText()).includes('\u202e'), tab);
    }
  });

  it('is reached by keyboard: tabs by arrows, ticks by the space bar', async () => {
    await open(REVIEW);
    await panel.page.locator('#setting-work_mem').focus();
    await panel.press('Space');
    await eventually.match(text('button.apply'), /Apply 1 setting…/);
    await panel.page.locator('#tab-settings').focus();
    await panel.press('End');
    await eventually.equal(() => panel.page.evaluate<string>('document.activeElement.id'), 'tab-applied');
  });

  for (const theme of THEMES) {
    it(`has nothing in its way, and fits into 320 px, theme ${theme}`, async () => {
      await open(REVIEW, { width: 320 });
      await panel.setTheme(theme);
      await loadAxe(panel.page);
      // the order of columns and rows, which is what differs when there is room, is the same in all themes
      for (const width of theme === 'dark' ? [320, 900] : [320]) {
        await panel.page.setViewportSize({ width, height: 900 });
        for (const tab of TABS) {
          await panel.page.locator(`#tab-${tab}`).click();
          await panel.page.locator(`#panel-${tab}`).waitFor();
          if (process.env.PROFILE_PICTURES) {
            await panel.page.screenshot({
              path: `${process.env.PROFILE_PICTURES}/${tab}-${theme}-${width}.png`,
              fullPage: true,
            });
          }
          await eventually.ok(
            () => panel.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'),
            tab,
          );
          assert.deepEqual(await seriousViolations(panel.page), [], `${tab} ${width}`);
        }
      }
    });
  }
});

import assert from 'node:assert/strict';
import type { PlanView } from '../../src/protocol/planPanel';
import { drawingSvg } from '../../src/webview/plan/exports/drawingSvg';
import { escapeMarkdown, escapeMarkup, fence } from '../../src/webview/plan/exports/escape';
import { fitText, textWidth } from '../../src/webview/plan/exports/fitText';
import { graphDrawing } from '../../src/webview/plan/exports/graphDrawing';
import { icicleDrawing } from '../../src/webview/plan/exports/icicleDrawing';
import { planJson, planText } from '../../src/webview/plan/exports/planContent';
import { planHtml } from '../../src/webview/plan/exports/planHtml';
import { planMarkdown } from '../../src/webview/plan/exports/planMarkdown';
import { rankedFindings } from '../../src/webview/plan/exports/planSummary';
import { loadAxe, seriousViolations } from './axe';
import { launchBrowser } from './browser';
import type { Browser } from './browser';
import { eventually } from './eventually';
import { largeView } from './largeView';
import { RICH } from './richView';
import { nodesOf } from './sampleViews';
import { openView } from './viewPage';

const HOSTILE =
  `<script>window.hit=1</script><img src=x onerror="window.hit=2">"'\`\`\`\u0060|@octocat #1 [a](javascript:hit()) ` +
  '\u202egnp.exe\u2066 https://evil.example www.evil.example </details></text></style>--> ]]>\ud800';

/** The same text wherever somebody else's words can stand. */
const EVIL: PlanView = {
  ...RICH,
  title: HOSTILE,
  sql: `select 1 -- ${HOSTILE}\n\`\`\`\n</details>\n# heading`,
  server: HOSTILE,
  notes: [HOSTILE],
  nodes: nodesOf({
    nodeType: HOSTILE,
    detail: HOSTILE,
    subplanName: HOSTILE,
    selfMs: 4,
    selfShare: 0.8,
    totalMs: 5,
    properties: [{ name: HOSTILE, value: HOSTILE }],
    children: [{ nodeType: HOSTILE, selfMs: 1, selfShare: 0.2 }],
  }),
  findings: [{ rule: 'plan/x', severity: 'warning', message: HOSTILE, evidence: HOSTILE, nextStep: HOSTILE }],
  settings: [{ name: HOSTILE, value: HOSTILE }],
  statistics: [{ name: HOSTILE, value: HOSTILE }],
  raw: { format: 'text', text: HOSTILE },
};

const BIDI = /[\u202a-\u202e\u2066-\u2069]/;

describe('webview/plan/exports', () => {
  it('escapes markup for elements and for attributes in either quotes', () => {
    assert.equal(escapeMarkup(`<a b="c" d='e'>&\u0060`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;&#96;');
    assert.equal(escapeMarkup('a\u202eb\ud800c\u{1f600}'), 'a[U+202E]b\ufffdc\u{1f600}');
  });

  it('leaves nothing in Markdown that would be formatted, linked, or call somebody', () => {
    assert.equal(escapeMarkdown('a|b *c* _d_ `e` [f](g)'), 'a\\|b \\*c\\* \\_d\\_ \\`e\\` \\[f\\](g)');
    assert.equal(escapeMarkdown('@octocat\n<b> #1 & x'), '@&#8203;octocat &lt;b&gt; \\#&#8203;1 &amp; x');
    assert.equal(escapeMarkdown('- x'), '\\- x');
    assert.equal(escapeMarkdown('1. x'), '1\\. x');
    assert.equal(escapeMarkdown('https://a.b'), 'https&#58;//a.b');
  });

  it('fences code with more backticks than the code has', () => {
    assert.equal(fence('a ```` b', 'sql'), '`````sql\na ```` b\n`````');
    assert.equal(fence('a'), '```\na\n```');
  });

  it('cuts text to a width, and keeps what fits', () => {
    assert.equal(fitText('Seq Scan', 200, 13), 'Seq Scan');
    const cut = fitText('a very long name of a relation', 80, 12);
    assert.match(cut, /^a very.*…$/);
    assert.ok(textWidth(cut, 12) <= 80);
    assert.equal(fitText('Seq Scan', 8, 12), '');
  });

  it('puts what saves most first', () => {
    const [finding] = RICH.findings;
    const order = rankedFindings([
      { ...finding!, severity: 'hint', savesMs: undefined, message: 'c' },
      { ...finding!, severity: 'error', savesMs: undefined, message: 'b' },
      { ...finding!, severity: 'info', savesMs: 9, message: 'a' },
    ]);
    assert.deepEqual(
      order.map(({ message }) => message),
      ['a', 'b', 'c'],
    );
  });

  it('writes Markdown with the verdict, what was found, and the plan folded up', () => {
    const text = planMarkdown({ ...RICH, comparison: undefined });
    assert.match(text, /^### /);
    assert.match(text, /\*\*ran 18\.6 ms; 82 % of the time in Seq Scan/);
    for (const { severity } of RICH.findings) assert.ok(text.includes(`- **${severity}**: `));
    assert.match(text, /<summary>Plan, 7 nodes<\/summary>\n\n```text\nSort /);
    assert.match(text, /Limit.*\(never executed, 10 rows planned\)/);
  });

  it('says in Markdown how it was before', () => {
    assert.match(planMarkdown(RICH), /\*\*[\d.]+× faster than before: .* → .*\*\*/);
  });

  it('keeps hostile words inside their place in Markdown', () => {
    const text = planMarkdown(EVIL);
    assert.ok(!BIDI.test(text));
    assert.equal(text.match(/<details>/g)?.length, 2);
    // outside of fences there is no HTML but ours, and nobody is called by name
    let fenceTicks = '';
    const outside = text.split('\n').filter(line => {
      const ticks = /^`{3,}/.exec(line)?.[0] ?? '';
      if (fenceTicks === '' && ticks) fenceTicks = ticks;
      else if (fenceTicks !== '' && line === fenceTicks) fenceTicks = '';
      else return fenceTicks === '';
      return false;
    });
    assert.equal(fenceTicks, '', 'every fence is closed');
    const words = outside.join('\n').replace(/<\/?(details|summary|sub)>/g, '');
    assert.ok(!/[<>]|@\w|https?:\/\/|(?<!\\)[|`[]/.test(words), words);
    assert.ok(!/^# heading/m.test(words));
  });

  it('keeps to the length that a comment can have', () => {
    const text = planMarkdown({ ...largeView(5_000), sql: 'select 1 '.repeat(20_000) });
    assert.ok(text.length < 65_536, `${text.length} characters`);
    assert.match(text, /and 4,750 more nodes/);
  });

  it('writes text and JSON that can be read again', () => {
    assert.match(planText(RICH), /\n {4}Seq Scan on counting_results cr {2}\(self 346 ms/);
    assert.equal(planJson(RICH), RICH.raw?.text);
    const parsed = JSON.parse(planJson(EVIL)) as PlanView;
    assert.equal(parsed.nodes[0]?.detail, EVIL.nodes[0]?.detail);
    assert.ok(!('connection' in parsed));
  });

  it('makes drawings that hold all their shapes', () => {
    for (const drawing of [graphDrawing(largeView(400)), icicleDrawing(largeView(400)), icicleDrawing(EVIL)]) {
      assert.ok(drawing.shapes.length > 2);
      for (const shape of drawing.shapes) {
        if (shape.kind !== 'box') continue;
        assert.ok(shape.x >= 0 && shape.x + shape.width <= drawing.width);
        assert.ok(shape.y >= 0 && shape.y + shape.height <= drawing.height);
      }
    }
    const svg = drawingSvg(graphDrawing(EVIL));
    assert.ok(!BIDI.test(svg));
    for (const [tag] of svg.matchAll(/<[^>]*>/g)) {
      assert.match(tag, /^<\/?(svg|title|rect|text|path)[\s/>]/);
      assert.ok(!/\son\w+=|href=/i.test(tag), tag);
    }
    assert.match(drawingSvg(graphDrawing(RICH)), /never executed/);
  });

  describe('in a browser', () => {
    let browser: Browser;
    before(async () => (browser = await launchBrowser()));
    after(() => browser.close());

    /** Shows a file from nowhere: whatever it asks for is noted. */
    const open = async (
      body: string,
      contentType: string,
    ): Promise<{ page: Awaited<ReturnType<Browser['newPage']>>; asked: string[] }> => {
      const page = await browser.newPage({ viewport: { width: 1_000, height: 800 } });
      const asked: string[] = [];
      await page.route('**/*', async route => {
        const { pathname } = new URL(route.request().url());
        if (pathname !== '/') asked.push(pathname);
        await route.fulfill(pathname === '/' ? { contentType, body } : { status: 404, body: '' });
      });
      await page.goto('http://export.test/');
      return { page, asked };
    };

    it('shows the web page whole: nothing is asked for, nothing runs, nothing hinders', async () => {
      for (const [name, view] of [
        ['rich', RICH],
        ['hostile', EVIL],
      ] as const) {
        const { page, asked } = await open(planHtml(view), 'text/html; charset=utf-8');
        assert.equal(await page.evaluate<unknown>('window.hit'), undefined);
        assert.equal(
          await page.evaluate<number>(`document.querySelectorAll('script, img, a, link, iframe').length`),
          0,
        );
        assert.equal(
          await page.evaluate<number>(`document.querySelectorAll('tbody tr').length >= ${view.nodes.length} ? 1 : 0`),
          1,
        );
        assert.ok(await page.evaluate<boolean>(`document.querySelector('svg rect') !== null`));
        assert.ok(!BIDI.test(await page.evaluate<string>('document.documentElement.outerHTML')));
        assert.deepEqual(
          asked.filter(path => path !== '/favicon.ico'),
          [],
        );
        await loadAxe(page);
        assert.deepEqual(await seriousViolations(page), [], name);
        await page.close();
      }
    });

    it('writes SVG that is well-formed, whatever the names', async () => {
      for (const drawing of [graphDrawing(EVIL), icicleDrawing(EVIL), icicleDrawing(RICH)]) {
        const { page } = await open(drawingSvg(drawing), 'image/svg+xml; charset=utf-8');
        assert.equal(await page.evaluate<string>('document.documentElement.localName'), 'svg');
        assert.equal(await page.evaluate<number>(`document.getElementsByTagName('parsererror').length`), 0);
        assert.equal(await page.evaluate<unknown>('window.hit'), undefined);
        await page.close();
      }
    });

    it('saves and copies through the extension, under its content policy', async () => {
      const opened = await openView(browser, 'exports');
      await opened.show(RICH);
      const { page } = opened;
      await page.locator('button:has-text("Export")').click();
      for (const title of ['Copy Markdown', 'Web page', 'Graph as SVG', 'Icicle as PNG', 'Graph as PNG', 'JSON']) {
        await page.locator(`.export-entry:has-text("${title}")`).click();
      }
      const saved = async (): Promise<string[]> =>
        (await opened.calls()).map(([name, format, , encoding]) =>
          name === 'copyText' ? name : `${String(format)} ${String(encoding)}`,
        );
      await eventually.equal(saved, ['copyText', 'html utf8', 'svg utf8', 'png base64', 'png base64', 'json utf8']);
      const png = Buffer.from(String((await opened.calls())[3]![2]), 'base64');
      assert.equal(png.subarray(1, 4).toString(), 'PNG');
      await loadAxe(page);
      assert.deepEqual(await seriousViolations(page), []);
      assert.deepEqual(opened.troubles, []);
      await page.close();
    });

    it('offers only what the extension can do', async () => {
      const opened = await openView(browser, 'exports');
      await opened.show(RICH, { methods: ['copyText'] });
      await opened.page.locator('button:has-text("Export")').click();
      await eventually.equal(() => opened.page.locator('.export-entry').count(), 2);
      await opened.show(RICH, { methods: [] });
      await eventually.equal(() => opened.page.locator('button').count(), 0);
      await opened.page.close();
    });
  });
});

import assert from 'node:assert/strict';
import type { CodeAction, CodeLens, Diagnostic, DocumentSymbol, FoldingRange, Hover } from 'vscode-languageserver';
import { lintScript } from '../../src/core/rules/linter';
import { RULES } from '../../src/core/rules/registry';
import { loadGrammar } from '../../src/core/sql/grammar';
import { DIAGNOSTIC_LIMIT } from '../../src/server/convert';
import { DiagnosticScheduler } from '../../src/server/diagnosticScheduler';
import { CHECKED_CHARACTERS, ScriptDocument } from '../../src/server/scriptDocument';
import { Editor, URI } from './editor';

const NULL_COMPARISON = 'select id from camera where closed_at = null';

describe('server', () => {
  let editor: Editor;

  beforeEach(async () => {
    editor = await Editor.start();
  });

  afterEach(() => editor.dispose());

  const codesOf = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);
  const find = (diagnostics: readonly Diagnostic[], code: string): Diagnostic => {
    const found = diagnostics.find(diagnostic => diagnostic.code === code);
    assert.ok(found, `no ${code} among ${[...new Set(codesOf(diagnostics))].join(', ')}`);
    return found;
  };

  describe('diagnostics', () => {
    it('come when a document is opened', async () => {
      const diagnostics = await editor.open(`${NULL_COMPARISON};\n`);
      assert.match(editor.underlined(find(diagnostics, 'query/null-comparison')), /= null$/i);
    });

    it('follow an incremental edit, and the ones below move along', async () => {
      const before = await editor.open(`select 1;\n\n${NULL_COMPARISON};\n`);
      const { line } = find(before, 'query/null-comparison').range.start;
      await editor.replace('select 1;', 'select 1;\nselect 2;\n');
      const after = find(await editor.diagnostics(), 'query/null-comparison');
      assert.equal(after.range.start.line, line + 2);
      await editor.replace('= null', 'is null');
      assert.ok(!codesOf(await editor.diagnostics()).includes('query/null-comparison'));
    });

    it('underline exactly, behind characters outside the basic plane and with CRLF', async () => {
      const diagnostics = await editor.open(`select '😀😀';\r\n\r\nselect '🚀' from t where a = null;\r\n`);
      const finding = find(diagnostics, 'query/null-comparison');
      assert.equal(editor.underlined(finding), 'a = null');
      assert.deepEqual(finding.range.start, { line: 2, character: 25 });
    });

    it('place a syntax error at the token PostgreSQL refuses, and check the other statements', async () => {
      const diagnostics = await editor.open(`select '😀' frm t;\nselect * from t wher a;\n${NULL_COMPARISON};`);
      assert.equal(find(diagnostics, 'syntax').severity, 1);
      find(diagnostics, 'query/null-comparison');
    });

    it('are empty for a statement that is allowed, and an unused allow is a hint', async () => {
      const allowed = await editor.open(
        `-- query-tuner: allow query/null-comparison (on purpose)\n${NULL_COMPARISON};\n`,
      );
      assert.ok(!codesOf(allowed).includes('query/null-comparison'));
      await editor.replace('= null', 'is null');
      assert.equal(find(await editor.diagnostics(), 'unused-allow').severity, 4);
    });

    it('take their severity from the settings, and follow when those change', async () => {
      await editor.open(`${NULL_COMPARISON};\n`);
      const sent = editor.publications.length;
      await editor.notify('workspace/didChangeConfiguration', {
        settings: { queryTuner: { severities: { 'query/null-comparison': 'off' } } },
      });
      const next = await editor.until(() => editor.publications[sent]);
      assert.ok(!codesOf(next.diagnostics).includes('query/null-comparison'));
    });

    it('are cleared when the document is closed', async () => {
      await editor.open(`${NULL_COMPARISON};\n`);
      const sent = editor.publications.length;
      await editor.close();
      assert.deepEqual((await editor.until(() => editor.publications[sent])).diagnostics, []);
    });

    it('stop at a limit, the most serious first, and say so', async () => {
      const many = `select * from camera;\n`.repeat(DIAGNOSTIC_LIMIT + 200);
      await editor.open(`${many}select syntax error from;\n`);
      // The first ones may come before all are found.
      const isFull = ({ diagnostics: sent }: { diagnostics: unknown[] }): boolean => sent.length === DIAGNOSTIC_LIMIT;
      const { diagnostics } = await editor.until(() => editor.publications.find(isFull));
      find(diagnostics, 'syntax');
      assert.match(find(diagnostics, 'too-many-findings').message, /more findings are not shown/);
    });

    it('are none for a text too large to be a script, but one that says so; and come when it is small again', async () => {
      const line = 'select id from camera where closed_at = null;\n';
      const huge = line.repeat(Math.ceil((CHECKED_CHARACTERS + 1) / line.length));
      const [only, ...others] = await editor.open(huge);
      assert.equal(only?.code, 'too-large');
      assert.deepEqual(others, []);
      const end = { line: huge.length / line.length, character: 0 };
      await editor.edit([{ range: { start: { line: 1, character: 0 }, end }, newText: '' }]);
      find(await editor.diagnostics(), 'query/null-comparison');
    });

    it('of a burst of keys are computed once, for the last version', async () => {
      await editor.open('select 1;\n');
      const sent = editor.publications.length;
      for (let key = 0; key < 5; key++) await editor.replace('select', 'select ');
      await editor.diagnostics();
      const versions = editor.publications.slice(sent).map(({ version }) => version);
      assert.equal(versions.at(-1), 6);
      assert.ok(versions.length < 5, `${versions.length} publications`);
    });
  });

  describe('a file of 20,000 statements', () => {
    it('costs one statement per key: one parse and one run of each rule', async function () {
      this.timeout(60_000);
      const statements = Array.from(
        { length: 20_000 },
        (_, i) => `select a, b from t${i} where id = ${i} and c = null;`,
      );
      const document = new ScriptDocument(URI, 1, statements.join('\n'), await loadGrammar());
      lintScript(document.script);
      const grammar = await loadGrammar();
      const rule = RULES.find(({ id }) => id === 'query/null-comparison');
      assert.ok(rule);
      const { parse } = grammar;
      const { check } = rule;
      let parses = 0;
      let checks = 0;
      grammar.parse = sql => (parses++, parse(sql));
      rule.check = context => (checks++, check.call(rule, context));
      try {
        const range = { start: { line: 10_000, character: 7 }, end: { line: 10_000, character: 8 } };
        document.apply([{ range, text: 'x' }], 2);
        const findings = lintScript(document.script);
        assert.ok(findings.length >= 20_000);
      } finally {
        grammar.parse = parse;
        rule.check = check;
      }
      assert.deepEqual({ parses, checks }, { parses: 1, checks: 1 });
    });
  });

  describe('code actions', () => {
    it('apply to a text without the finding', async () => {
      const diagnostics = await editor.open(`select id\n  from camera where closed_at = null;\n`);
      const finding = find(diagnostics, 'query/null-comparison');
      const actions = await editor.codeActions(finding.range, diagnostics);
      const fix = actions.find(({ isPreferred }) => isPreferred) ?? actions[0];
      assert.deepEqual(fix?.diagnostics, [finding]);
      await editor.edit(fix?.edit?.changes?.[URI] ?? []);
      assert.match(editor.text(), /is null/i);
      assert.ok(!codesOf(await editor.diagnostics()).includes('query/null-comparison'));
    });

    it('fix all that is safe when they are asked for by name, and only then', async () => {
      const flag = 'select count(*) > 0 from orders where customer_id = 7;\n';
      await editor.open(`${flag}${NULL_COMPARISON};\n${flag}`);
      const range = { start: { line: 0, character: 10 }, end: { line: 0, character: 10 } };
      const ask = (only?: string[]) =>
        editor.ask<CodeAction[]>('textDocument/codeAction', {
          range,
          context: { diagnostics: [], ...(only && { only }) },
        });
      assert.ok(!(await ask()).some(({ kind }) => kind?.startsWith('source')));
      const [all, ...others] = await ask(['source.fixAll']);
      assert.deepEqual(others, []);
      assert.equal(all?.kind, 'source.fixAll.queryTuner');
      await editor.edit(all.edit!.changes![URI]!);
      const fixed = 'select EXISTS (SELECT 1 from orders where customer_id = 7);\n';
      assert.equal(editor.text(), `${fixed}${NULL_COMPARISON};\n${fixed}`);
    });

    it('allow a finding where it is', async () => {
      const diagnostics = await editor.open(`select 1;\n${NULL_COMPARISON};\n`);
      const { range } = find(diagnostics, 'query/null-comparison');
      const actions = await editor.codeActions(range);
      const allow = actions.find(({ title }) => title.startsWith('Allow query/null-comparison'));
      await editor.edit(allow?.edit?.changes?.[URI] ?? []);
      assert.match(editor.text(), /^-- query-tuner: allow query\/null-comparison/m);
      assert.ok(!codesOf(await editor.diagnostics()).includes('query/null-comparison'));
    });
  });

  it('hovers a finding with its rule: problem, reason and when to ignore it', async () => {
    const diagnostics = await editor.open(`${NULL_COMPARISON};\n`);
    const { range } = find(diagnostics, 'query/null-comparison');
    const hover = await editor.ask<Hover | null>('textDocument/hover', { position: range.start });
    const rule = RULES.find(({ id }) => id === 'query/null-comparison');
    const { value } = hover?.contents as { value: string };
    for (const part of [rule?.title, rule?.docs.problem, rule?.docs.whenToIgnore])
      assert.ok(value.includes(part ?? '?'));
    assert.equal(await editor.ask('textDocument/hover', { position: { line: 0, character: 0 } }), null);
  });

  describe('code lenses', () => {
    it('stand above each statement that has a plan, with the place they are about', async () => {
      await editor.open(
        'create table t (id int);\n\n-- the rows\nselect id from t;\nupdate t set id = 2 where id = 1;\n',
      );
      const lenses = await editor.ask<CodeLens[]>('textDocument/codeLens', {});
      assert.deepEqual(
        lenses.map(({ command, range }) => [range.start.line, command?.command]),
        [3, 4].flatMap(line => [
          [line, 'queryTuner.plan.explain'],
          [line, 'queryTuner.plan.explainAnalyze'],
          [line, 'queryTuner.index.suggest'],
        ]),
      );
      assert.equal(lenses[0]?.command?.arguments?.[0], URI);
    });

    it('of a long file get their command when they are resolved', async () => {
      await editor.open('select 1;\n'.repeat(400));
      const lenses = await editor.ask<CodeLens[]>('textDocument/codeLens', {});
      assert.equal(lenses.length, 1200);
      assert.equal(lenses[1]?.command, undefined);
      const resolved = await editor.ask<CodeLens>('codeLens/resolve', lenses[1] ?? {});
      assert.equal(resolved.command?.command, 'queryTuner.plan.explainAnalyze');
    });
  });

  it('lists statements as symbols and folds the long ones', async () => {
    await editor.open('select 1;\nselect a\n  from camera\n where b = 2;\n');
    const symbols = await editor.ask<DocumentSymbol[]>('textDocument/documentSymbol', {});
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['select 1', 'select a from camera where b = 2'],
    );
    const folds = await editor.ask<FoldingRange[]>('textDocument/foldingRange', {});
    assert.deepEqual(
      folds.map(({ startLine, endLine }) => [startLine, endLine]),
      [[1, 3]],
    );
  });

  it('makes no outline of a giant file, which would be sent anew after each edit', async () => {
    await editor.open('create table a (b int);\nselect 1;\n'.repeat(400));
    const some = await editor.ask<DocumentSymbol[]>('textDocument/documentSymbol', {});
    assert.deepEqual([some.length, some[0]?.kind === some[1]?.kind], [800, false]);
    await editor.open('select 1;\n'.repeat(6000), 'file:///giant.sql');
    assert.deepEqual(await editor.ask('textDocument/documentSymbol', {}, 'file:///giant.sql'), []);
  });

  describe('queryTuner/statement/at', () => {
    it('describes the statement at a cursor: parameters, effects, whether it writes', async () => {
      await editor.open(`select 1;\nupdate t set a = :value, b = nextval('s') where id = :id and c = :value;\n`);
      const at = { line: 1, character: 10 };
      const statement = await editor.request('queryTuner/statement/at', { uri: URI, span: { start: at, end: at } });
      assert.equal(statement?.writes, true);
      assert.deepEqual(
        statement.parameters.map(({ name }) => name),
        ['value', 'id'],
      );
      assert.equal(statement.effects.length, 1);
      assert.deepEqual(statement.span.start, { line: 1, character: 0 });
    });

    it('takes the first statement that a selection touches, and nothing in an empty document', async () => {
      await editor.open('select 1;\nselect 2;\nselect 3;\n');
      const span = { start: { line: 1, character: 2 }, end: { line: 2, character: 4 } };
      assert.equal((await editor.request('queryTuner/statement/at', { uri: URI, span }))?.sql, 'select 2');
      await editor.open('\n', 'file:///empty.sql');
      const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
      assert.equal(await editor.request('queryTuner/statement/at', { uri: 'file:///empty.sql', span: start }), null);
    });
  });
});

describe('server/diagnosticScheduler', () => {
  it('works on a large document in slices, shows the first findings early, and stops when the document moves on', async () => {
    const document = new ScriptDocument(URI, 1, 'select 1', await loadGrammar());
    const events: string[] = [];
    let due: (() => void) | undefined;
    let left = 8;
    const scheduler = new DiagnosticScheduler(
      {
        prepare: () => (left-- > 0 ? () => [] : undefined),
        check: () => {
          events.push('check');
          return [];
        },
        publish: (_, version) => events.push(`publish ${version}`),
        failed: error => assert.fail(String(error)),
      },
      { start: run => (due = run), stop: () => (due = undefined) },
    );
    scheduler.schedule(document);
    for (let slice = 0; slice < 9; slice++) due?.();
    assert.deepEqual(events, ['publish 1', 'check', 'publish 1']);
    left = 8;
    scheduler.schedule(document);
    due?.();
    scheduler.cancel(document.uri);
    assert.equal(due, undefined, 'the next slice is called off');
  });

  it('drops what was found for a version that is gone', async () => {
    const document = new ScriptDocument(URI, 1, 'select 1', await loadGrammar());
    const published: number[] = [];
    let due: (() => void) | undefined;
    const scheduler = new DiagnosticScheduler(
      {
        prepare: () => undefined,
        check: checked => {
          // an edit arrives while the check is under way
          if (checked.version === 1) checked.apply([{ text: 'select 2' }], 2);
          return [];
        },
        publish: (_, version) => published.push(version),
        failed: error => assert.fail(String(error)),
      },
      { start: run => (due = run), stop: () => (due = undefined) },
    );
    scheduler.schedule(document);
    due?.();
    assert.deepEqual(published, []);
    scheduler.schedule(document);
    due?.();
    assert.deepEqual(published, [2]);
  });
});

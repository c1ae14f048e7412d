import assert from 'node:assert/strict';
import { lintScript } from '../../src/core/rules/linter';
import type { Fix } from '../../src/core/rules/finding';
import { notInSubquery } from '../../src/core/rules/query/notInSubquery';
import type { Grammar } from '../../src/core/sql/grammar';
import { loadGrammar } from '../../src/core/sql/grammar';
import { maskHost } from '../../src/core/sql/hosts/hosts';
import { ScriptDocument } from '../../src/server/scriptDocument';

const TEXT = [
  "import { sql } from 'x';",
  'const a = sql`select id from orders where id = ${id}`;',
  '// größe 😀',
  'const b = sql`',
  '  select id',
  '  from orders',
  '  where id not in (select order_id from banned)',
  '`;',
  "q(/* sql */ 'select id from orders where id not in (select b from c)');",
  '',
].join('\n');

describe('server/scriptDocument of another language', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const open = (text = TEXT) => new ScriptDocument('file:///a.ts', 1, text, grammar, 'typescript');
  const lint = (document: ScriptDocument) => lintScript(document.script, { rules: [notInSubquery] });
  const apply = (document: ScriptDocument, { edits }: Fix): string =>
    [...edits]
      .sort((a, b) => b.range.start - a.range.start)
      .reduce(
        (text, { range, newText }) => text.slice(0, range.start) + newText + text.slice(range.end),
        document.text,
      );

  it('shows the text and reads the SQL in it, at the same places', () => {
    const document = open();
    assert.equal(document.text, TEXT);
    assert.ok(document.isHost);
    assert.ok(!new ScriptDocument('file:///a.sql', 1, 'select 1', grammar).isHost);
    assert.equal(document.script.statements.length, 3);
    const [finding] = lint(document);
    assert.ok(finding);
    assert.deepEqual(document.rangeOf(finding.range).start.line, 6);
    assert.ok(TEXT.startsWith('id not in', finding.range.start));
  });

  it('follows edits as a new document would', () => {
    const document = open();
    let version = 1;
    const edits: [from: string, length: number, newText: string][] = [
      ['select id from orders where id = ', 0, '/* x */ '],
      ['const b', 0, '`'],
      ['`const b', 1, ''],
      ['// größe', 2, 'const c = sql`delete from t`; //'],
      ['sql`delete', 4, "f('`', `"],
      ['${id}', 5, '${f({ a: `}` })}'],
      ['  from orders', 13, "  from orders -- it's\r\n"],
      ["import { sql } from 'x';", 24, ''],
    ];
    for (const [from, length, newText] of edits) {
      const start = document.text.indexOf(from);
      assert.ok(start >= 0, from);
      const expected = document.text.slice(0, start) + newText + document.text.slice(start + length);
      const range = document.rangeOf({ start, end: start + length });
      const before = document.script.statements[0]?.statement;
      document.apply([{ range, text: newText }], ++version);
      assert.equal(document.text, expected);
      assert.equal(document.script.text, maskHost('typescript', expected));
      assert.deepEqual(
        document.script.statements.map(located => located.range),
        open(expected).script.statements.map(located => located.range),
      );
      assert.deepEqual(document.rangeOf({ start, end: start }), open(expected).rangeOf({ start, end: start }));
      if (newText === '`') assert.equal(document.script.statements[0]?.statement, before);
    }
    document.apply([{ text: 'sql`select 1 from t`' }], ++version);
    assert.equal(document.script.statements[0]?.statement.text, 'select 1 from t');
  });

  it('keeps the comment that allows a finding within the string', () => {
    const document = open();
    const findings = lint(document);
    assert.equal(findings.length, 2);
    for (const finding of findings) {
      const allowed = open(apply(document, document.allowFix(finding)));
      assert.equal(allowed.script.statements.length, 3);
      assert.equal(lint(allowed).length, 1, allowed.text);
    }
  });

  it('drops fixes that would break the string', () => {
    const document = open();
    const [first, second] = lint(document);
    assert.ok(first && second);
    const withFix = (newText: string, finding = second) =>
      document.withSafeFixes([
        { ...finding, fixes: [{ title: 'x', safe: true, edits: [{ range: finding.range, newText }] }] },
      ]);
    assert.equal(withFix('true')[0]?.fixes.length, 1);
    assert.equal(withFix("'a'")[0]?.fixes.length, 0);
    assert.equal(withFix("'a'", first)[0]?.fixes.length, 1);
    assert.equal(withFix('`a`', first)[0]?.fixes.length, 0);
  });
});

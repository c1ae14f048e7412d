import assert from 'node:assert/strict';
import { clip, showHidden } from '../../src/webview/shared/shownText';
import { sqlTokens } from '../../src/webview/shared/sqlTokens';
import { findAll, lineAt, wrapLines } from '../../src/webview/shared/textLines';

describe('webview/shared/shownText', () => {
  it('writes out what would turn the text around, or hide', () => {
    assert.equal(showHidden('admin\u202e gnitteS\u2066'), 'admin[U+202E] gnitteS[U+2066]');
    assert.equal(showHidden('a\u0000b\u200bc\ufeff'), 'a[U+0000]b[U+200B]c[U+FEFF]');
    assert.equal(showHidden('Zürich, 北京, שלום\n\tx'), 'Zürich, 北京, שלום\n\tx', 'letters of every script stay');
  });

  it('cuts long texts, and no character in two', () => {
    assert.equal(clip('short'), 'short');
    assert.equal(clip('abcdef', 3), 'abc…');
    assert.equal(clip('ab😀cd', 3), 'ab…');
    assert.equal(clip('x'.repeat(5_000_000), 10), 'xxxxxxxxxx…');
  });
});

describe('webview/shared/textLines', () => {
  const wrap = (text: string, columns: number): string[] =>
    wrapLines(text, columns).map(({ start, end, number }) => `${number ?? '+'}|${text.slice(start, end)}`);

  it('breaks at line ends, and long lines at blanks', () => {
    assert.deepEqual(wrap('select 1\r\nfrom orders\n', 20), ['1|select 1', '2|from orders', '3|']);
    assert.deepEqual(wrap('where created_at > now() and x', 20), ['1|where created_at > ', '+|now() and x']);
    assert.deepEqual(wrap('abcdefghij', 4), ['1|abcd', '+|efgh', '+|ij']);
    assert.deepEqual(wrap('', 10), ['1|']);
  });

  it('loses no character and cuts no pair, whatever the width', () => {
    const text = 'a😀😀😀 b,c\n\n😀😀 lorem ipsum';
    for (let columns = 2; columns < 30; columns++) {
      const lines = wrapLines(text, columns);
      assert.equal(lines.map(({ start, end }) => text.slice(start, end)).join(''), text.replaceAll('\n', ''));
      assert.ok(lines.every(({ start, end }) => text.slice(start, end).isWellFormed()));
    }
  });

  it('finds the row of a character', () => {
    const lines = wrapLines('ab\ncdefgh\ni', 3);
    assert.deepEqual(
      [0, 1, 3, 5, 6, 10].map(offset => lineAt(lines, offset)),
      [0, 0, 1, 1, 2, 3],
    );
  });

  it('finds text as it is, not as a pattern', () => {
    assert.deepEqual(findAll('Seq Scan, seq scan, SEQ', 'seq'), [0, 10, 20]);
    assert.deepEqual(findAll('a.b axb (a.b)', 'a.b'), [0, 9]);
    assert.deepEqual(findAll('anything', ''), []);
    assert.equal(findAll('x'.repeat(50), 'x', 7).length, 7);
  });
});

describe('webview/shared/sqlTokens', () => {
  it('sets comments, strings and keywords apart, and leaves quoted names alone', () => {
    const sql = `select "from", 'it''s -- not' from t -- where\n/* and */`;
    assert.deepEqual(
      sqlTokens(sql).map(({ start, end, kind }) => `${kind} ${sql.slice(start, end)}`),
      ['keyword select', `string 'it''s -- not'`, 'keyword from', 'comment -- where', 'comment /* and */'],
    );
  });

  it('gives up on texts of megabytes', () => {
    assert.deepEqual(sqlTokens('select '.repeat(100_000)), []);
  });
});

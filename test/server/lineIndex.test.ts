import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { LineIndex } from '../../src/server/lineIndex';
import { randomNumbers } from '../support/randomNumbers';

describe('server/lineIndex', () => {
  it('counts LF, CRLF and lone CR as line ends and clamps positions as the protocol says', () => {
    const lines = new LineIndex('ab\r\ncd\ref\n');
    assert.equal(lines.lineCount, 4);
    assert.deepEqual(lines.positionAt(4), { line: 1, character: 0 });
    assert.deepEqual(lines.positionAt(7), { line: 2, character: 0 });
    assert.equal(lines.offsetAt({ line: 0, character: 99 }), 2);
    assert.equal(lines.offsetAt({ line: 99, character: 0 }), 10);
  });

  it('after 3,000 random edits agrees with a line index made anew, also where CR and LF meet or part', () => {
    const next = randomNumbers(7);
    const pieces = ['\r', '\n', '\r\n', 'x', '😀', 'ab\ncd', '\n\r', ''];
    let text = 'a\r\nb\nc\rd';
    const lines = new LineIndex(text);
    for (let i = 0; i < 3000; i++) {
      const start = next(text.length + 1);
      const end = Math.min(text.length, start + next(4));
      const inserted = pieces[next(pieces.length)] ?? '';
      text = text.slice(0, start) + inserted + text.slice(end);
      lines.edit({ start, end }, inserted.length, text);
      const fresh = new LineIndex(text);
      assert.equal(lines.lineCount, fresh.lineCount, JSON.stringify(text));
      const offset = next(text.length + 1);
      assert.deepEqual(lines.positionAt(offset), fresh.positionAt(offset));
    }
    const independent = TextDocument.create('file:///x', 'sql', 1, text);
    for (let offset = 0; offset <= text.length; offset++) {
      // inside CRLF the other implementation answers with the end of the line
      if (text[offset - 1] === '\r' && text[offset] === '\n') continue;
      assert.deepEqual(lines.positionAt(offset), independent.positionAt(offset));
    }
  });
});

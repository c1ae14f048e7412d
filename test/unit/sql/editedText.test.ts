import assert from 'node:assert/strict';
import { EditedText } from '../../../src/core/sql/editedText';
import { randomNumbers } from '../../support/randomNumbers';

describe('core/sql/editedText', () => {
  for (let seed = 1; seed <= 20; seed++) {
    it(`is the text a string would be after edits near and far (seed ${seed})`, () => {
      const random = randomNumbers(seed);
      const someText = (length: number) => Array.from({ length }, () => 'abc;\n'[random(5)]).join('');
      let expected = someText(20_000);
      const edited = new EditedText(expected);
      let at = random(expected.length);
      for (let edit = 0; edit < 200; edit++) {
        if (random(20) === 0) at = random(expected.length + 1);
        const start = Math.max(0, Math.min(expected.length, at + random(40) - 20));
        const end = Math.min(expected.length, start + (random(10) === 0 ? random(6000) : random(5)));
        const newText = random(10) === 0 ? someText(random(9000)) : someText(random(5));
        expected = expected.slice(0, start) + newText + expected.slice(end);
        edited.replace(start, end, newText);
        at = start + newText.length;
        assert.equal(edited.length, expected.length);
        const from = Math.max(0, start - random(5000));
        assert.equal(edited.slice(from, start + 10), expected.slice(from, start + 10));
        for (const near of [start - 1, start, start + newText.length, 0, expected.length - 1, expected.length]) {
          assert.equal(edited.charCodeAt(near), expected.charCodeAt(near));
        }
        const word = someText(4 + random(6));
        assert.equal(edited.includes(word), expected.includes(word), word);
        assert.equal(edited.includes('abcab'), expected.includes('abcab'));
        if (random(5) === 0) assert.equal(edited.text, expected);
      }
      assert.equal(edited.text, expected);
    });
  }
});

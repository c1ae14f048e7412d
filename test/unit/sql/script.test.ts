import assert from 'node:assert/strict';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';
import { randomNumbers } from '../../support/randomNumbers';

const PIECES = [
  'select 1;',
  'select a from t where b = 2;',
  ' ;',
  '\n',
  ' ',
  "'",
  '"',
  '$$',
  '$a$',
  '--',
  '/*',
  '*/',
  '(',
  ')',
  '\\.\n',
  '\\g\n',
  '\\gset x\n',
  '\\r\n',
  '\\;',
  'copy t from stdin;\n',
  '1\t2\n',
  '\n\\.\n',
  'create function f() returns int begin atomic select 1; end;\n',
  'create rule r as on insert to t do (delete from a; select 1);',
  'end;',
  'begin',
  'atomic',
  ':a',
  '?',
  'größe',
];

describe('core/sql/script', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const placesOf = (script: Script) =>
    script.statements.map(({ range }) => [range.start, range.end, script.text.slice(range.start, range.end)]);

  it('gives each statement its place and its own text', () => {
    const script = new Script(grammar, '-- a\nselect 1;\nselect 2');
    assert.deepEqual(placesOf(script), [
      [5, 13, 'select 1'],
      [15, 23, 'select 2'],
    ]);
    assert.equal(script.statements[1]?.statement.text, 'select 2');
  });

  for (let seed = 1; seed <= 40; seed++) {
    it(`after random edits is what a new script would be (seed ${seed})`, () => {
      const random = randomNumbers(seed);
      const someText = (count: number) => Array.from({ length: count }, () => PIECES[random(PIECES.length)]).join('');
      const script = new Script(grammar, someText(60));
      for (let edit = 0; edit < 60; edit++) {
        const start = random(script.text.length + 1);
        const end = Math.min(script.text.length, start + (random(3) === 0 ? random(30) : random(2)));
        const newText = random(4) === 0 ? '' : someText(1 + random(3));
        const expected = script.text.slice(0, start) + newText + script.text.slice(end);
        script.edit({ start, end }, newText);
        assert.equal(script.text, expected);
        assert.deepEqual(placesOf(script), placesOf(new Script(grammar, expected)), `edit ${edit}`);
        for (const { statement, range } of script.statements) {
          assert.equal(statement.text, expected.slice(range.start, range.end));
        }
      }
    });
  }

  for (let seed = 1; seed <= 12; seed++) {
    it(`and so it is in a long text, of which only what is near is read (seed ${seed})`, () => {
      const random = randomNumbers(seed);
      const plain = [
        'select \'a\', "b" from t where c = :d and e ? f;\n',
        'update t set a = $1; -- b\n',
        'select 1\\gset\n',
      ];
      const broken = [...PIECES, '{% if a %}', '{# b', '{{ c }}', '\\copy t from stdin\n', '<if test="a">', "e'\\'"];
      const someText = (count: number, from: readonly string[]) =>
        Array.from({ length: count }, () => from[random(from.length)]).join('');
      const script = new Script(grammar, someText(1500, plain));
      let at = random(script.text.length);
      for (let edit = 0; edit < 40; edit++) {
        if (random(4) === 0) at = random(script.text.length);
        const start = Math.min(script.text.length, Math.max(0, at + random(60) - 30));
        const end = Math.min(script.text.length, start + (random(6) === 0 ? random(12_000) : random(4)));
        const newText = random(8) === 0 ? someText(300, plain) : someText(1, random(3) === 0 ? plain : broken);
        const expected = script.text.slice(0, start) + newText + script.text.slice(end);
        script.edit({ start, end }, newText);
        assert.equal(script.text, expected);
        assert.deepEqual(placesOf(script), placesOf(new Script(grammar, expected)), `edit ${edit}`);
        at = start;
      }
    });
  }

  it('keeps the statements an edit does not touch, and moves those after it', () => {
    const script = new Script(grammar, 'select 1;\nselect 2;\nselect 3;\n');
    const [first, second, third] = script.statements;
    script.edit({ start: 17, end: 18 }, '2222');
    assert.equal(script.statements[0], first);
    assert.notEqual(script.statements[1], second);
    assert.equal(script.statements[2], third);
    assert.deepEqual(third?.range, { start: 23, end: 31 });
  });

  it('keeps the parsed form of a statement that was read again with the same text', () => {
    const script = new Script(grammar, 'select 1;\nselect 2;');
    const parsed = script.statements[1]?.statement;
    script.edit({ start: 9, end: 10 }, '\n\n-- a note\n');
    assert.equal(script.statements[1]?.statement, parsed);
  });

  it('reads one statement of twenty thousand after an edit in it', () => {
    const script = new Script(grammar, 'select a, b from t where c = 12345 and d > 7;\n'.repeat(20_000));
    const before = new Set(script.statements);
    script.edit({ start: 400_000, end: 400_000 }, 'x');
    assert.equal(script.statements.length, 20_000);
    assert.ok(script.statements.filter(statement => !before.has(statement)).length <= 2);
  });

  it('finds the statement at an offset, its ends included', () => {
    const script = new Script(grammar, 'select 1;  select 2;');
    assert.equal(script.statementAt(0), script.statements[0]);
    assert.equal(script.statementAt(8), script.statements[0]);
    assert.equal(script.statementAt(10), undefined);
    assert.equal(script.statementAt(11), script.statements[1]);
    assert.equal(script.statementAt(19), script.statements[1]);
    assert.equal(script.statementAt(99), undefined);
  });

  it('accepts an edit beyond the end of the text', () => {
    const script = new Script(grammar, 'select 1');
    script.edit({ start: 100, end: 200 }, ';select 2');
    assert.equal(script.statements.length, 2);
  });
});

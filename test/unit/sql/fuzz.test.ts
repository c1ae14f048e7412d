import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { lintScript } from '../../../src/core/rules/linter';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { isComment, TokenKind, tokenize } from '../../../src/core/sql/lexer';
import { Script } from '../../../src/core/sql/script';
import { splitStatements } from '../../../src/core/sql/splitter';
import type { ParsedStatement } from '../../../src/core/sql/statement';
import { walk } from '../../../src/core/sql/walk';
import { randomNumbers } from '../../support/randomNumbers';

/** The same in every run unless the environment says otherwise. */
const SEED = Number(process.env['QUERY_TUNER_FUZZ_SEED'] ?? 20_251);
const ROUNDS = 300;

const FIXTURES = path.join(__dirname, 'fixtures');
const CORPUS = ['bodies.sql', 'brokenBodies.sql', 'expressions.sql'].flatMap(file => {
  const text = readFileSync(path.join(FIXTURES, file), 'utf8');
  return splitStatements(text).map(({ start, end }) => `${text.slice(start, end)};`);
});
const ODD = [
  '\0',
  '\r\n',
  '\r',
  '\ufeff',
  '😀',
  '\ud800',
  '\udc00',
  'é',
  "'",
  '"',
  '$$',
  '$a$',
  "E'\\",
  '/*',
  '*/',
  '--',
  '\\',
  '\\g\n',
  '\\;',
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '${',
  '#{',
  '}',
  '@x',
  ':x',
  '?',
  '%s',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  'begin',
  'end',
  'loop',
  'into',
  'atomic',
  'as $$',
  "language 'sql'",
  'do $$',
  '<<',
  '<if test="',
  '<where>',
  '@extschema@',
  "'{{ f('",
  '\t',
  '\u2028',
];

describe(`core/sql under odd input (QUERY_TUNER_FUZZ_SEED=${SEED})`, function () {
  this.timeout(120_000);
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  /** What must hold for every text. */
  const check = (text: string, checkRanges = true): void => {
    const script = new Script(grammar, text);
    let last = 0;
    for (const { range, statement } of script.statements) {
      assert.ok(last <= range.start && range.start < range.end && range.end <= text.length);
      assertNothingBetween(text, last, range.start);
      last = range.end;
      if (checkRanges) checkStatement(statement);
    }
    assertNothingBetween(text, last, text.length);
    for (const { range, fixes, rule } of lintScript(script)) {
      assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length, rule);
      for (const { edits } of fixes)
        for (const edit of edits) assert.ok(0 <= edit.range.start && edit.range.end <= text.length, rule);
    }
  };

  /** Comments, semicolons and psql commands with their data; nothing that a statement should have. */
  function assertNothingBetween(text: string, start: number, end: number): void {
    const between = text.slice(start, end);
    if (/\\/.test(between) || /from\s+p?stdin/i.test(text)) return;
    const { kinds } = tokenize(between);
    assert.ok(
      kinds.every(kind => isComment(kind) || kind === TokenKind.semicolon),
      JSON.stringify(between),
    );
  }

  function checkStatement(statement: ParsedStatement): void {
    const { text, tree, syntaxError, placeholders, tables, inner } = statement;
    const inside = (range: { start: number; end: number } | undefined): void => {
      if (range) assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length, text);
    };
    inside(syntaxError?.range);
    for (const { range } of [...placeholders, ...tables]) inside(range);
    if (tree) walk(tree, (type, fields) => inside(statement.rangeOf(type, fields)));
    for (const { range, statement: piece } of inner) {
      inside(range);
      assert.equal(piece.text.length, range.end - range.start);
      checkStatement(piece);
    }
  }

  it('keeps its promises for random characters', () => {
    const random = randomNumbers(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const characters = Array.from({ length: random(200) }, () =>
        random(3) === 0
          ? ODD[random(ODD.length)]!
          : String.fromCharCode(random(4) === 0 ? random(0x10000) : 32 + random(95)),
      );
      check(characters.join(''));
    }
  });

  it('keeps its promises for statements with tokens lost, doubled, moved and added', () => {
    const random = randomNumbers(SEED + 1);
    for (let round = 0; round < ROUNDS * 3; round++) check(damaged(CORPUS[random(CORPUS.length)]!, random));
  });

  function damaged(sql: string, random: (limit: number) => number): string {
    const { starts, ends } = tokenize(sql);
    const tokens = starts.map((start, i) => sql.slice(start, ends[i]));
    // A body is one token; let it be damaged inside.
    const parts = tokens.flatMap(token => (token.length > 40 && random(2) === 0 ? token.split(/(?<=\W)/) : [token]));
    for (let change = 1 + random(3); change > 0; change--) {
      const at = random(parts.length);
      const kind = random(4);
      if (kind === 0) parts.splice(at, 1 + random(2));
      else if (kind === 1) parts.splice(at, 0, parts[random(parts.length)] ?? '');
      else if (kind === 2) parts.splice(at, 0, ODD[random(ODD.length)]!);
      else parts.splice(at, 1, ODD[random(ODD.length)]!);
    }
    return parts.join(random(4) === 0 ? '\r\n' : ' ');
  }

  it('follows random edits as a new script would', () => {
    const random = randomNumbers(SEED + 2);
    for (let round = 0; round < 25; round++) {
      const pieces = () => [
        CORPUS[random(CORPUS.length)]!,
        ...Array.from({ length: random(4) }, () => ODD[random(ODD.length)]!),
      ];
      const script = new Script(grammar, [...pieces(), ...pieces()].join('\n'));
      for (let edit = 0; edit < 60; edit++) {
        const start = random(script.text.length + 1);
        const end = Math.min(script.text.length, start + random(random(3) === 0 ? 60 : 2));
        script.edit(
          { start, end },
          random(4) === 0 ? '' : random(9) === 0 ? pieces().join(' ') : ODD[random(ODD.length)]!,
        );
        const fresh = new Script(grammar, script.text);
        assert.deepEqual(
          script.statements.map(({ range }) => range),
          fresh.statements.map(({ range }) => range),
          JSON.stringify(script.text),
        );
      }
    }
  });

  const GIANTS: Readonly<Record<string, string>> = {
    'open parentheses': `select ${'('.repeat(10_000)}1`,
    'balanced parentheses': `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    'a UNION of 5,000': Array.from({ length: 5_000 }, (_, i) => `select ${i}`).join(' union all '),
    'a chain of 20,000 AND': `select 1 where ${Array.from({ length: 20_000 }, (_, i) => `a = ${i}`).join(' and ')}`,
    'a chain of 20,000 OR': `select 1 where ${Array.from({ length: 20_000 }, (_, i) => `a = ${i}`).join(' or ')}`,
    'a chain of 20,000 +': `select ${'a + '.repeat(20_000)}1`,
    'a list of 20,000': `select * from t where a in (${'1, '.repeat(20_000)}1)`,
    '2,000 nested CASEs': `select ${'case when a then '.repeat(2_000)}1${' end'.repeat(2_000)}`,
    '500 nested subqueries': `select * from ${'(select * from '.repeat(500)}t${') x'.repeat(500)}`,
    '3,000 nested comments': `select ${'/* '.repeat(3_000)}${'*/ '.repeat(3_000)} 1`,
    '5,000 open templates': `select ${'{{ '.repeat(5_000)}`,
    '3,000 placeholders': `select * from t where a in (${'${x}, '.repeat(3_000)}1)`,
    '300 fragments': `select * from t ${'${x} '.repeat(300)}`,
    '5,000 conditions of a template': `select 1 ${'{% if a %} + 1 {% else %} + 2 {% endif %}'.repeat(5_000)}`,
    'a body of 3,000 statements': `do $$ begin ${'update t set a = 1 where b = 2; '.repeat(3_000)} end $$`,
    '2,000 nested blocks': `do $$ ${'begin if a then loop '.repeat(2_000)} end $$`,
    'a long unclosed string': `select '${"a''".repeat(50_000)}`,
    'a long quoted body': `do '${"perform ''a''; ".repeat(10_000)}'`,
  };
  for (const [name, text] of Object.entries(GIANTS)) {
    it(`bears ${name}`, () => {
      check(text, false);
    });
  }
});

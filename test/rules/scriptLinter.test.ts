import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lintScript, ScriptLinter } from '../../src/core/rules/linter';
import { RULES } from '../../src/core/rules/registry';
import type { Grammar } from '../../src/core/sql/grammar';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { summarise } from './lintText';
import { randomNumbers } from '../support/randomNumbers';

const CASES = path.join(__dirname, 'cases');
const SEED = Number(process.env['QUERY_TUNER_FUZZ_SEED'] ?? 7);
const EDITS = 250;

/** Statements of all kinds that mean something to one another. */
const LINES = [
  'BEGIN;',
  'COMMIT;',
  "SET lock_timeout = '2s';",
  'CREATE TABLE cameras (id bigint PRIMARY KEY, zone_id bigint, serial text);',
  'CREATE INDEX cameras_zone_id_idx ON cameras (zone_id);',
  'CREATE INDEX CONCURRENTLY cameras_serial_idx ON cameras (serial);',
  'DROP INDEX cameras_zone_id_idx;',
  'ALTER TABLE cameras ADD COLUMN note text;',
  'ALTER TABLE cameras ALTER COLUMN zone_id SET NOT NULL;',
  "INSERT INTO cameras (id, serial) VALUES (1, 'a');",
  "INSERT INTO cameras (id, serial) VALUES (2, 'b');",
  "INSERT INTO cameras (id, serial) VALUES (3, 'c');",
  'UPDATE cameras SET note = NULL;',
  'DELETE FROM cameras WHERE id = 3;',
  'SELECT * FROM cameras WHERE serial = NULL;',
  'SELECT id FROM cameras WHERE lower(serial) = lower($1);',
  '-- query-tuner: allow query/select-star (shown as it is)',
  'SELECT id FROM cameras ORDER BY id LIMIT 10 OFFSET 50000;',
  'SELECT FROM WHERE;',
];

describe('core/rules/linter: ScriptLinter', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  it(`finds after each edit what it would find anew (seed ${SEED})`, function () {
    this.timeout(60_000);
    const random = randomNumbers(SEED);
    const text = Array.from({ length: 60 }, () => LINES[random(LINES.length)]).join('\n');
    const script = new Script(grammar, text);
    const linter = new ScriptLinter(script);
    let seen = 0;
    for (let edit = 0; edit < EDITS; edit++) {
      const start = random(script.text.length + 1);
      const line = `${LINES[random(LINES.length)]}\n`;
      const lineStart = script.text.lastIndexOf('\n', start) + 1;
      const kind = random(5);
      if (kind === 0) script.edit({ start: lineStart, end: lineStart }, line);
      else if (kind === 1)
        script.edit({ start: lineStart, end: script.text.indexOf('\n', lineStart) + 1 || lineStart }, '');
      else if (kind === 2) script.edit({ start, end: start + random(4) }, '');
      else script.edit({ start, end: start }, "x';( \n"[random(6)]!);
      // Sometimes the work is done in slices first, sometimes an edit comes in between.
      if (random(3) === 0) linter.warm({}, () => random(4) === 0);
      if (random(4) === 0) continue;
      const found = linter.lint({}).all();
      const anew = lintScript(new Script(grammar, script.text));
      seen += anew.length;
      assert.deepEqual(found, anew, `after edit ${edit}`);
    }
    assert.ok(seen > EDITS, `${seen} findings`);
  });

  it('finds the same in slices as in one go, over every example and fixture', () => {
    const examples = RULES.flatMap(({ examples: all }) =>
      all.map(example => ('bad' in example ? example.bad : example.good)),
    );
    const files = readdirSync(CASES, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.sql'));
    const text = [...examples, ...files.map(file => readFileSync(path.join(CASES, file), 'utf8'))].join('\n;\n');
    const script = new Script(grammar, text);
    const linter = new ScriptLinter(script);
    let slices = 0;
    while (linter.warm({}, () => true) < script.statements.length) slices++;
    assert.ok(slices > 1000);
    assert.deepEqual(summarise(text, linter.lint({}).all()), summarise(text, lintScript(new Script(grammar, text))));
  });

  it('goes on when a rule fails, and says which', async () => {
    const failed: string[] = [];
    const broken = {
      ...RULES[0]!,
      id: 'query/broken',
      kinds: undefined,
      needs: [],
      check: () => {
        throw new Error('broken');
      },
    };
    const others = RULES.filter(rule => rule.id === 'query/select-star');
    const script = new Script(grammar, 'SELECT * FROM orders');
    const found = lintScript(script, {
      rules: [broken as never, ...others],
      ruleFailed: (rule, error) => failed.push(`${rule}: ${(error as Error).message}`),
    });
    assert.deepEqual(failed, ['query/broken: broken']);
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ['query/select-star'],
    );
    assert.throws(() => lintScript(script, { rules: [broken as never] }), /broken/);
  });
});

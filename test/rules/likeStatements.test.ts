import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lintScript } from '../../src/core/rules/linter';
import { RULES } from '../../src/core/rules/registry';
import type { Grammar } from '../../src/core/sql/grammar';
import { loadGrammar } from '../../src/core/sql/grammar';
import { StatementForms } from '../../src/core/sql/likeStatements';
import { isSameSkeleton, readLiterals } from '../../src/core/sql/literals';
import { LiteralWatch } from '../../src/core/sql/literalWatch';
import { Script } from '../../src/core/sql/script';
import type { ParseNode } from '../../src/core/sql/statement';
import { randomNumbers } from '../support/randomNumbers';

const CASES = path.join(__dirname, 'cases');
const SEED = Number(process.env['QUERY_TUNER_FUZZ_SEED'] ?? 3);

const STRINGS = [
  'x',
  "it''s",
  '%a%',
  '_b',
  'c%',
  'über',
  '数',
  'pg_locks',
  'on',
  'public',
  '2024-02-30',
  '1 day',
  ' ',
  'a;b',
];
const NUMBERS = ['1', '2', '17', '100', '999999999', '007'];
const DECIMALS = ['0.0', '1.5', '12.50', '99999.000001'];

describe(`core/sql/likeStatements (seed ${SEED})`, function () {
  this.timeout(300_000);
  let grammar: Grammar;
  let random: (limit: number) => number;
  let statements: readonly string[];
  before(async () => {
    grammar = await loadGrammar();
    const examples = RULES.flatMap(({ examples: all }) =>
      all.map(example => ('bad' in example ? example.bad : example.good)),
    );
    const files = readdirSync(CASES, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.sql'));
    const texts = [...examples, ...files.map(file => readFileSync(path.join(CASES, file), 'utf8'))];
    statements = texts.flatMap(text =>
      new Script(grammar, text).statements.map(({ range }) => text.slice(range.start, range.end)),
    );
  });
  beforeEach(() => (random = randomNumbers(SEED)));

  /** The statement with other literals. */
  const varied = (text: string): string => {
    const form = readLiterals(text);
    if (!form) return text;
    let result = '';
    let copied = 0;
    form.starts.forEach((start, i) => {
      const written = text.slice(start, form.ends[i]);
      const pick = (from: readonly string[]): string => from[random(from.length)]!;
      const other = written.startsWith("'") ? `'${pick(STRINGS)}'` : pick(written.includes('.') ? DECIMALS : NUMBERS);
      result += text.slice(copied, start) + (random(3) === 0 ? written : other);
      copied = form.ends[i]!;
    });
    return result + text.slice(copied);
  };

  it('parses statements of one skeleton to one tree but for their literals', () => {
    let compared = 0;
    for (const text of statements) {
      const form = readLiterals(text);
      const [first] = (form && grammar.parse(text).statements) ?? [];
      if (!form || !first) continue;
      const watch = new LiteralWatch(text, form);
      watch.watch(first.tree);
      const other = varied(text);
      const otherForm = readLiterals(other)!;
      assert.ok(isSameSkeleton(text, form, other, otherForm), other);
      // A literal that is not a constant of the tree counts as looked at.
      if (other === text || !watch.allows(other, otherForm)) continue;
      assert.deepEqual(withoutLiterals(grammar, other), blank(first.tree), other);
      compared++;
    }
    assert.ok(compared > 500, `${compared} compared`);
  });

  it('finds in statements that are like others what it finds without looking at the others', () => {
    let found = 0;
    let hits = 0;
    for (let at = 0; at < statements.length; at += 50) {
      const some = statements.slice(at, at + 50);
      const text = Array.from({ length: some.length * 2 }, () => varied(some[random(some.length)]!)).join(';\n');
      const forms = new StatementForms();
      const find = forms.find.bind(forms);
      forms.find = (...given) => {
        const like = find(...given);
        if (like) hits++;
        return like;
      };
      const findings = lintScript(new Script({ parse: grammar.parse, forms }, text));
      assert.deepEqual(findings, lintScript(new Script({ parse: grammar.parse }, text)));
      found += findings.length;
    }
    assert.ok(found > 600, `${found} findings`);
    assert.ok(hits > 600, `${hits} of the statements were like others`);
  });

  it('parses a run of INSERTs a few times only, and counts it', () => {
    let parsed = 0;
    const counting: Grammar = {
      parse: sql => {
        parsed++;
        return grammar.parse(sql);
      },
      forms: new StatementForms(),
    };
    const text = Array.from({ length: 500 }, (_, i) => `INSERT INTO zones (id, name) VALUES (${i + 1}, 'z${i}');`).join(
      '\n',
    );
    const findings = lintScript(new Script(counting, text));
    assert.deepEqual(
      findings.map(({ rule, range }) => [rule, text.slice(0, range.start).split('\n').length]),
      [['dml/single-row-inserts', 5]],
    );
    assert.ok(parsed < 10, `${parsed} parsed`);
  });

  it('tells an earlier statement from one whose literal decides', () => {
    const likes = (pattern: string) => `SELECT id FROM cameras WHERE name LIKE '${pattern}';\n`;
    const text = likes('a%') + likes('b%') + likes('c%') + likes('%d') + likes('e%') + likes('%f');
    const findings = lintScript(new Script({ parse: grammar.parse, forms: new StatementForms() }, text));
    const wildcards = findings.filter(({ rule }) => rule === 'query/leading-wildcard-like');
    assert.deepEqual(
      wildcards.map(({ range }) => text.slice(range.start, range.end)),
      ["name LIKE '%d'", "name LIKE '%f'"],
    );
  });
});

/** The statement's tree, or its error, with each watched constant made the same. */
function withoutLiterals(grammar: Grammar, text: string): unknown {
  const { statements, error } = grammar.parse(text);
  if (error) return error;
  const [first] = statements;
  if (first) new LiteralWatch(text, readLiterals(text)!).watch(first.tree);
  return blank(first?.tree);
}

const PLACES: ReadonlySet<string> = new Set([
  'location',
  'name_location',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/** A tree without places. */
function blank(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blank);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(value as ParseNode))
      .filter(([key]) => !PLACES.has(key))
      .map(([key, { get, value: own }]) => [key, get ? 'watched' : blank(own)]),
  );
}

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATEMENTS } from '../../golden/plans/recordedCases';

const GRAMMAR = join(process.cwd(), 'syntaxes/plan.tmLanguage.json');
const RECORDED = join(process.cwd(), 'test/golden/plans/recorded/pg18');
/** The editor's own tokenizer, installed for the tests that open an editor. */
const MODULES = join(process.cwd(), 'test/vscodeHost/node_modules');

interface Token {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly scopes: readonly string[];
}

interface Grammar {
  tokenizeLine(line: string, state: unknown): { readonly tokens: readonly Token[]; readonly ruleStack: unknown };
}

interface TextMate {
  readonly INITIAL: unknown;
  readonly Registry: new (options: object) => { loadGrammar(scope: string): Promise<Grammar | null> };
  parseRawGrammar(content: string, path: string): unknown;
}

interface Oniguruma {
  readonly OnigScanner: new (patterns: string[]) => unknown;
  readonly OnigString: new (text: string) => unknown;
  loadWASM(data: ArrayBuffer): Promise<void>;
}

async function loadGrammar(): Promise<(line: string) => string[]> {
  /* eslint-disable @typescript-eslint/no-require-imports */
  const textmate = require(join(MODULES, 'vscode-textmate')) as TextMate;
  const oniguruma = require(join(MODULES, 'vscode-oniguruma')) as Oniguruma;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const wasm = readFileSync(join(MODULES, 'vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(new Uint8Array(wasm).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(GRAMMAR, 'utf8'), GRAMMAR)),
  });
  const grammar = await registry.loadGrammar('text.postgresql.plan');
  assert.ok(grammar);
  // Every line stands for itself: no rule of the grammar spans lines.
  return line =>
    grammar.tokenizeLine(line, textmate.INITIAL).tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const scope = scopes.at(-1) ?? '';
      const text = line.slice(startIndex, endIndex).trim();
      return text === '' || scope === 'text.postgresql.plan' ? [] : [`${text} ${scope.replace(/\.plan$/, '')}`];
    });
}

describe('syntaxes/plan.tmLanguage.json', () => {
  it('consists of regular expressions', () => {
    const patterns = [...readFileSync(GRAMMAR, 'utf8').matchAll(/"match": ("(?:[^"\\]|\\.)*")/g)].map(
      match => JSON.parse(match[1] ?? '""') as string,
    );
    assert.ok(patterns.length > 20);
    for (const pattern of patterns) assert.doesNotThrow(() => new RegExp(pattern));
  });

  describe('gives names to the parts of a plan', function () {
    let tokens: (line: string) => string[];
    before(async function () {
      if (existsSync(join(MODULES, 'vscode-textmate'))) tokens = await loadGrammar();
      else this.skip();
    });

    it('nodes, relations, figures', () => {
      assert.deepEqual(
        tokens(
          '   ->  Parallel Index Scan Backward using "o p" on public.orders o  (cost=0.29..8.31 rows=1 width=4) (actual time=0.010..1.500 rows=0.67 loops=3)',
        ),
        [
          '-> punctuation.definition.arrow',
          'Parallel storage.modifier',
          'Index Scan Backward entity.name.function.node',
          'using keyword.operator.word',
          '"o p" entity.name.type',
          'on keyword.operator.word',
          'public.orders entity.name.type',
          'o entity.name.type',
          'cost variable.parameter.cost',
          '= keyword.operator',
          '0.29 constant.numeric.cost',
          '.. keyword.operator.range',
          '8.31 constant.numeric.cost',
          'rows variable.parameter',
          '= keyword.operator',
          '1 constant.numeric',
          'width variable.parameter',
          '= keyword.operator',
          '4 constant.numeric',
          'actual time variable.parameter.actual',
          '= keyword.operator',
          '0.010 constant.numeric.time',
          '.. keyword.operator.range',
          '1.500 constant.numeric.time',
          'rows variable.parameter',
          '= keyword.operator',
          '0.67 constant.numeric',
          'loops variable.parameter',
          '= keyword.operator',
          '3 constant.numeric',
        ],
      );
      const node = (line: string) => tokens(line).find(token => token.endsWith('entity.name.function.node'));
      assert.equal(node('Seq Scan on t'), 'Seq Scan entity.name.function.node');
      assert.equal(node('  ->  Custom Scan (ChunkAppend) on m'), 'Custom Scan (ChunkAppend) entity.name.function.node');
      assert.equal(
        node(' HashAggregate  (cost=1.00..2.00 rows=1 width=4) (never executed)'),
        'HashAggregate entity.name.function.node',
      );
    });

    it('filters, keys, totals, workers, subplans, footers', () => {
      assert.deepEqual(tokens("        Filter: ((note <> 'it''s: x'::text) AND (a = $1))"), [
        'Filter keyword.other.filter',
        ': punctuation.separator',
        '((note <> meta.expression',
        "'it''s: x' string.quoted.single",
        '::text storage.type',
        ') meta.expression',
        'AND keyword.operator.word',
        '(a = meta.expression',
        '$1 variable.other.subplan',
        ')) meta.expression',
      ]);
      assert.deepEqual(tokens('  Sort Method: external merge  Disk: 1024kB'), [
        'Sort Method keyword.other.detail',
        ': punctuation.separator',
        'external merge invalid.deprecated.disk',
        'Disk keyword.other.detail',
        '1024kB constant.numeric',
      ]);
      const first = (line: string) => tokens(line)[0];
      assert.equal(first(' Planning Time: 0.250 ms'), 'Planning Time keyword.control.total');
      assert.equal(first('        Worker 0:  actual time=0.1..0.2 rows=1 loops=1'), 'Worker 0 keyword.other.worker');
      assert.equal(first('  SubPlan 1'), 'SubPlan keyword.control.subplan');
      assert.equal(first(' Trigger for constraint fk on b: time=1.500 calls=4'), 'Trigger keyword.control.trigger');
      assert.equal(first('(12 rows)'), '(12 rows) comment.line.footer');
      assert.equal(first('-------------'), '------------- comment.line.header');
    });

    it('finds the node in every line of recorded plans that has one, and in no other', () => {
      let nodes = 0;
      for (const name of Object.keys(STATEMENTS)) {
        for (const option of ['plain', 'names', 'all']) {
          for (const line of readFileSync(join(RECORDED, name, `${option}.text`), 'utf8').split('\n')) {
            // A text with line ends inside a literal looks like a node and is none; the grammar sees single lines.
            if (name === 'literal' && !/^ *(->)? *(Aggregate|Seq Scan)/.test(line)) continue;
            const isNode =
              /^ *->|\(cost=|^[A-Z][^:]*$/.test(line) &&
              !/^ *(SubPlan|InitPlan|CTE|Update on \S+( \S+)?$|$)/.test(line);
            const found = tokens(line).some(token => token.endsWith('entity.name.function.node'));
            if (!/^ *Update on/.test(line)) assert.equal(found, isNode, line);
            nodes += Number(found);
          }
        }
      }
      assert.ok(nodes > 100);
    });
  });
});

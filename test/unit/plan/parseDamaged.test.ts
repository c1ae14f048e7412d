import assert from 'node:assert/strict';
import type { PlanTree } from '../../../src/core/plan/planTree';
import { readPlans } from '../../../src/core/plan/readPlans';

const PLAN = `Hash Join  (cost=30.00..82.75 rows=9 width=8) (actual time=0.500..1.250 rows=7 loops=1)
  Hash Cond: (o.customer_id = c.id)
  ->  Seq Scan on orders o  (cost=0.00..50.00 rows=900 width=8) (actual time=0.010..0.400 rows=900 loops=1)
        Filter: ((status = 'open'::text) AND (note <> 'it''s, (so'::text))
        Rows Removed by Filter: 11
  ->  Hash  (cost=20.00..20.00 rows=3 width=4) (actual time=0.300..0.301 rows=3 loops=1)
        Buckets: 1024  Batches: 1  Memory Usage: 9kB
        ->  Index Scan using customers_pkey on customers c  (cost=0.29..20.00 rows=3 width=4) (actual time=0.010..0.290 rows=3 loops=1)
              Index Cond: (id < 4)
Planning Time: 0.200 ms
Execution Time: 1.300 ms`;
const LINES = PLAN.split('\n');

/** The plan within, which must be the same as without the damage, with nothing left over. */
function survives(text: string): void {
  const { plans, problems } = readPlans(text);
  assert.deepEqual(problems, []);
  assert.equal(plans.length, 1);
  assert.deepEqual(plans[0]?.raw, readPlans(PLAN).plans[0]?.raw);
}

function each(change: (line: string, index: number) => string): string {
  return LINES.map(change).join('\n');
}

function outline(tree: PlanTree | undefined): string[] {
  return (tree?.nodes ?? []).map(node => `${node.depth} ${node.nodeType}`);
}

describe('core/plan/readPlans: what copying does to a plan', () => {
  const wrappings: Readonly<Record<string, string>> = {
    'mail quoting': each(line => `> ${line}`),
    'mail quoted twice': each(line => `>> ${line}`),
    'SQL comments': each(line => `-- ${line}`),
    'comment marks': each(line => `# ${line}`),
    'block comments': `/*\n${each(line => ` * ${line}`)}\n*/`,
    'line numbers': each((line, i) => `${String(i + 1).padStart(3)}  ${line}`),
    'line numbers with colons': each((line, i) => `${i + 1}: ${line}`),
    'a patch': each(line => `+${line}`),
    'container names': each(line => `db_1  | ${line}`),
    'times of a container': each((line, i) => `2026-01-02T03:04:0${i % 10}.00${i % 10}Z ${line}`),
    'Markdown fences': `Here it is:\n\`\`\`\n${PLAN}\n\`\`\`\nAny idea?`,
    'double quotes': each(line => `"${line}"`),
    'single quotes': each(line => `'${line}'`),
    'tuples of Python': `[${each(line => `('${line}',),`)}]`,
    'marks at line ends': each(line => `${line}${' '.repeat(150 - line.length)}+`),
    bars: each(line => `| ${line} |`),
    'CRLF and a byte order mark': `\uFEFF${LINES.join('\r\n')}`,
    'no-break spaces': PLAN.replaceAll('  ', '\u00A0 '),
    'tabs for indentation': each(line => line.replace(/^ {8}/, '\t')),
    'deeper indentation': each(line => `          ${line}`),
    HTML: `<pre>${PLAN.replaceAll('<', '&lt;').replaceAll('->', '-&gt;')}</pre>`,
    'psql prompt, timing and footer': `shop=# EXPLAIN ANALYZE SELECT 1;\n QUERY PLAN\n-----\n${each(line => ` ${line}`)}\n(11 rows)\n\nTime: 12.345 ms\nshop=# `,
    'footers of other languages': `${PLAN}\n(11 Zeilen)\n\nZeit: 12,345 ms`,
    'an empty line after each': LINES.join('\n\n'),
  };
  for (const [name, text] of Object.entries(wrappings)) {
    if (name !== 'tuples of Python' && name !== 'single quotes') it(name, () => survives(text));
    else it(name, () => assert.deepEqual(outline(readPlans(text).plans[0]), outline(readPlans(PLAN).plans[0])));
  }

  for (const width of [60, 72, 80, 100]) {
    it(`lines cut at ${width} columns`, () =>
      survives(each(line => line.replace(new RegExp(`(.{${width}})`, 'g'), '$1\n'))));
  }

  it('lines wrapped between words', () => {
    const wrapped = each(line => line.replace(/ +(?=AND |\(actual |rows=\d+ loops)/, '\n'));
    assert.notEqual(wrapped, PLAN);
    survives(wrapped);
  });

  it('line ends that became blanks: the indentation is left to go by', () => {
    const { plans } = readPlans(LINES.join(' '));
    assert.deepEqual(outline(plans[0]), ['0 Hash Join', '1 Seq Scan', '1 Hash', '2 Index Scan']);
    assert.equal(plans[0]?.nodes[1]?.raw['Rows Removed by Filter'], 11);
    assert.equal(plans[0]?.executionMs, 1.3);
  });

  it('indentation that is lost: guessed from what each node takes, and said so', () => {
    for (const text of [each(line => line.trim()), LINES.map(line => line.trim()).join(' ')]) {
      const { plans, problems } = readPlans(text);
      assert.deepEqual(outline(plans[0]), ['0 Hash Join', '1 Seq Scan', '1 Hash', '2 Index Scan']);
      assert.match(problems[0]?.message ?? '', /guessed/);
    }
  });

  it('a part of a plan, from an arrow on', () => {
    const { plans } = readPlans(LINES.slice(5).join('\n'));
    assert.deepEqual(outline(plans[0]), ['0 Hash', '1 Index Scan']);
  });

  it('says where what it does not understand stands', () => {
    const { plans, problems } = readPlans([...LINES.slice(0, 2), '  oops', ...LINES.slice(2)].join('\n'));
    assert.equal(plans[0]?.nodes.length, 4);
    assert.deepEqual(problems, [{ message: 'not understood', line: 3, text: 'oops' }]);
  });

  it('says so also of a line below the longest one, which looks like its continuation', () => {
    const text = each((line, index) => (index === 7 ? `${line}\n        Flavour of the day` : line));
    assert.deepEqual(readPlans(text).problems, [{ message: 'not understood', line: 9, text: 'Flavour of the day' }]);
  });

  it('text that ends too early', () => {
    for (let length = 60; length < PLAN.length; length += 7) {
      assert.ok(readPlans(PLAN.slice(0, length)).plans.length === 1, `${length} characters`);
    }
  });
});

describe('core/plan/readPlans: JSON that is damaged', () => {
  const plan = {
    'Node Type': 'Limit',
    Plans: [{ 'Node Type': 'Seq Scan', Filter: "(x = '}]'::text)", Output: ['a', 'b'] }],
  };
  const document = JSON.stringify([{ Plan: plan, 'Planning Time': 0.5 }], null, 2);

  it('that ends too early gives what was complete', () => {
    const start = document.indexOf('"Limit"') + 8;
    for (let length = start; length < document.length - 1; length++) {
      const { plans, problems } = readPlans(document.slice(0, length));
      assert.equal(plans[0]?.root.nodeType, 'Limit', `${length} characters`);
      assert.match(problems[0]?.message ?? '', /ends before the plan does/);
    }
  });

  it('escaped inside another text', () => {
    for (const text of [
      JSON.stringify(document),
      `'${document.replaceAll('"', '\\"')}'`,
      JSON.stringify({ plan: document }),
    ]) {
      assert.deepEqual(outline(readPlans(text).plans[0]), ['0 Limit', '1 Seq Scan']);
    }
  });

  it('keeps all digits of a query identifier', () => {
    const text = '[{"Plan": {"Node Type": "Result"}, "Query Identifier": -5424821330993577306}]';
    assert.equal(readPlans(text).plans[0]?.queryIdentifier, '-5424821330993577306');
  });

  it('and text or YAML after it', () => {
    const { plans } = readPlans(
      `QUERY PLAN\n${document}\nQUERY PLAN\n${PLAN}\nQUERY PLAN\n- Plan: \n    Node Type: "Result"\n`,
    );
    assert.deepEqual(
      plans.map(tree => [tree.source?.format, tree.root.nodeType]),
      [
        ['json', 'Limit'],
        ['text', 'Hash Join'],
        ['yaml', 'Result'],
      ],
    );
  });
});

describe('core/plan/readPlans: input that means harm', () => {
  const deep = 5000;
  const node = '  (cost=0.00..1.00 rows=1 width=1)';
  const hostile: Readonly<Record<string, readonly [unknown, number]>> = {
    'a filter of 5 million characters': [`Seq Scan on t${node}\n  Filter: ('${'a'.repeat(5e6)}')`, 1],
    'blanks without end': [`Seq Scan on t${node}\n  Filter: x${' '.repeat(2e6)}+`, 1],
    'JSON 5,000 deep': [
      `${'{"Node Type":"Limit","Plans":['.repeat(deep)}{"Node Type":"Result"}${']}'.repeat(deep)}`,
      deep + 1,
    ],
    'JSON 5,000 deep and cut': ['{"Node Type":"Limit","Plans":['.repeat(deep), deep],
    'XML 5,000 deep': [`<explain><Query>${'<Plan><Node-Type>Limit</Node-Type><Plans>'.repeat(deep)}`, deep],
    'text 1,000 deep': [
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i * 6)}->  Limit${node}`).join('\n'),
      1000,
    ],
    'YAML 1,000 deep': [
      `- Plan:\n${Array.from({ length: 1000 }, (_, i) => `${'  '.repeat(2 * i + 2)}${i ? '- ' : ''}Node Type: "Limit"\n${'  '.repeat(2 * i + (i ? 3 : 2))}Plans:`).join('\n')}`,
      1000,
    ],
    'brackets without end': ['['.repeat(1e6), 0],
    'entities that multiply': [
      `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><explain><Query><Plan><Node-Type>Result</Node-Type><Filter>&b;</Filter></Plan></Query></explain>`,
      1,
    ],
    'anchors that multiply': [
      '- Plan:\n    Node Type: "Result"\n    A: &a ["x", "x"]\n    B: &b [*a, *a]\n    C: [*b, *b]',
      1,
    ],
    'lines that mean nothing': [`Seq Scan on t${node}\n${'what is this\n'.repeat(2e5)}`, 1],
    'plans that are all the same': [`Seq Scan on t${node}\n\n`.repeat(2000), 2000],
    'quotes without end': ['"'.repeat(1e6), 0],
    'keys of objects': ['{"Plan":{"Node Type":"Result","__proto__":{"x":1},"constructor":1}}', 1],
    'nothing at all': [undefined, 0],
    'a number': [42, 0],
    'what throws when looked at': [
      {
        get Plan(): unknown {
          throw new Error('no');
        },
      },
      0,
    ],
  };
  for (const [name, [input, nodes]] of Object.entries(hostile)) {
    it(`${name}: ${nodes} nodes, and no exception`, () => {
      const { plans, problems } = readPlans(input);
      assert.equal(
        plans.reduce((sum, tree) => sum + tree.nodes.length, 0),
        nodes,
      );
      assert.ok(problems.length <= 200);
      assert.ok(nodes > 0 || problems.length > 0);
    });
  }

  it('shows markup as it stands, and never a prototype', () => {
    const [tree] = readPlans(hostile['keys of objects']?.[0]).plans;
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
    assert.equal(tree?.root.nodeType, 'Result');
    const [scan] = readPlans(`Seq Scan on "<script>alert(1)</script>"${node}`).plans;
    assert.equal(scan?.root.relation, '<script>alert(1)</script>');
  });

  it('survives what chance makes of it', () => {
    const json = JSON.stringify(
      readPlans(PLAN).plans.map(tree => tree.raw),
      null,
      2,
    );
    const yaml =
      '- Plan: \n    Node Type: "Limit"\n    Plans: \n      - Node Type: "Result"\n        Output: \n          - "a"';
    const xml =
      '<explain><Query><Plan><Node-Type>Limit</Node-Type><Output><Item>a &lt; b</Item></Output></Plan></Query></explain>';
    const sources = [PLAN, json, yaml, xml, `LOG:  duration: 1.5 ms  plan:\n\t${LINES.join('\n\t')}`];
    const pieces = [
      '"',
      "'",
      '<',
      '>',
      '{',
      ']',
      '\\',
      '\n',
      '(',
      '->  ',
      'QUERY PLAN\n',
      '\f',
      '<td>',
      '```',
      '\t',
      '| ',
      PLAN,
    ];
    const random = randomNumbers(7);
    for (let run = 0; run < 1500; run++) {
      let text = sources[random(sources.length)] ?? '';
      for (let change = random(4); change >= 0; change--) {
        const at = random(text.length + 1);
        const to = Math.min(text.length, at + random(60));
        const piece = random(2) === 0 ? '' : (pieces[random(pieces.length)] ?? '');
        text = text.slice(0, at) + piece + text.slice(to);
      }
      const { plans, problems } = readPlans(text);
      assert.ok(plans.length > 0 || problems.length > 0);
      assert.ok(!problems.some(({ message }) => message.includes('could not be read')), text);
    }
  });
});

/** The same numbers in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

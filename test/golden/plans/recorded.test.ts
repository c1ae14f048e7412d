import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanNode, PlanTree } from '../../../src/core/plan/planTree';
import { readPlans } from '../../../src/core/plan/readPlans';
import { FORMATS, FRAMINGS, OPTIONS, STATEMENTS } from './recordedCases';

const ROOT = join(process.cwd(), 'test/golden/plans/recorded');
const MAJORS = ['pg14', 'pg18'];

/** The only plan of a text in which everything is understood. */
function only(text: string, where: string): PlanTree {
  const { plans, problems } = readPlans(text);
  assert.deepEqual(problems, [], where);
  assert.equal(plans.length, 1, where);
  assert.ok(plans[0]);
  return plans[0];
}

/** Each format is another execution: what the clock, the memory and the caches decide may differ. */
const CHANGES = /Time$|^Sort Space|Peak Memory|^Memory |Blocks$|^WAL |^Planning$|^Serialization$|^JIT$/;
/** What EXPLAIN does not print in the text format, or only when it is not the ordinary case. */
const NOT_IN_TEXT = new Set([
  'Partial Mode', // Simple
  'Operation', // Select, of a foreign scan
  'Original Hash Buckets', // the same as Hash Buckets
  'Original Hash Batches',
  'Planning', // when planning touched no blocks
  'Relation', // of a trigger, unless several tables have some
]);

function isNothing(value: unknown): boolean {
  return value === undefined || value === false || value === 0 || (Array.isArray(value) && value.length === 0);
}

/** How `other` differs from the JSON of the same plan. */
function differences(json: unknown, other: unknown, isText: boolean, path = ''): string[] {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (JSON.stringify(json) === JSON.stringify(other)) return [];
  if (isText && other === undefined && (isNothing(json) || NOT_IN_TEXT.has(name))) return [];
  if (CHANGES.test(name) && json !== undefined && (other !== undefined || isText)) return [];
  if (isObject(json) && isObject(other)) {
    const keys = new Set([...Object.keys(json), ...Object.keys(other)]);
    return [...keys].flatMap(key => differences(json[key], other[key], isText, `${path}.${key}`));
  }
  if (Array.isArray(json) && Array.isArray(other) && json.length === other.length) {
    return json.flatMap((each, i) => differences(each, (other as unknown[])[i], isText, path));
  }
  return [`${path}: ${JSON.stringify(json)} is read as ${JSON.stringify(other)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shape(node: PlanNode): string {
  return `${' '.repeat(node.depth)}${node.nodeType} ${node.relation ?? ''} ${node.index ?? ''} ${node.subplanName ?? ''}`.trimEnd();
}

function shapes(tree: PlanTree): string[] {
  return tree.nodes.map(shape);
}

describe('golden/plans/recorded', () => {
  for (const major of MAJORS) {
    for (const name of Object.keys(STATEMENTS)) {
      const folder = join(ROOT, major, name);
      if (!existsSync(folder)) continue;
      it(`${major}/${name}: text, YAML and XML give the fields of JSON`, () => {
        let compared = 0;
        for (const option of Object.keys(OPTIONS)) {
          if (!existsSync(join(folder, `${option}.json`))) continue;
          const read = (format: string) =>
            only(readFileSync(join(folder, `${option}.${format}`), 'utf8'), `${option}.${format}`);
          const json = read('json');
          for (const format of FORMATS) {
            const tree = read(format);
            assert.equal(tree.source?.format, format);
            assert.deepEqual(shapes(tree), shapes(json), `${option}.${format}`);
            const found = differences(json.raw, tree.raw, format === 'text');
            // Without VERBOSE the text says nothing of it.
            const expected = option === 'plain' ? found.filter(each => !each.includes('Inner Unique')) : found;
            assert.deepEqual(expected, [], `${option}.${format}`);
            compared++;
          }
        }
        assert.ok(compared >= 4 * FORMATS.length);
      });
    }

    for (const format of FORMATS) {
      const messages = JSON.parse(readFileSync(join(ROOT, major, 'messages', `${format}.json`), 'utf8')) as string[];
      const plans = messages.filter(message => message.includes('plan:'));

      it(`${major}: ${format} plans in server logs, with their statements`, () => {
        assert.ok(plans.length >= 3);
        for (const [name, write] of Object.entries(LOGS)) {
          const log = [write('connection received', 1), ...messages.map(write), write('disconnection', 99)].join('\n');
          const { plans: trees, problems } = readPlans(`${log}\n`);
          assert.deepEqual(problems, [], name);
          assert.equal(trees.length, plans.length, name);
          assert.equal(trees[0]?.queryText, 'select status, count(*)\n\tfrom orders -- Sort Key: none\n\tgroup by status', name);
          assert.deepEqual(trees[0]?.nodes.map(node => node.nodeType), ['Aggregate', 'Seq Scan'], name);
          assert.ok(trees.every(tree => (tree.source?.loggedMs ?? -1) >= 0), name);
        }
      });
    }
  }

    it('every frame of psql around every format gives the plan within', () => {
      const folder = join(ROOT, 'pg18', 'framings');
      for (const format of FORMATS) {
        const bare = only(readFileSync(join(folder, `tuples-only.${format}`), 'utf8'), format);
        for (const framing of Object.keys(FRAMINGS)) {
          const tree = only(readFileSync(join(folder, `${framing}.${format}`), 'utf8'), `${framing}.${format}`);
          assert.deepEqual(tree.raw, bare.raw, `${framing}.${format}`);
        }
      }
    });

  it('has something for every option and statement of the newest server', () => {
    assert.deepEqual(
      readdirSync(join(ROOT, 'pg18')).sort(),
      [...Object.keys(STATEMENTS), 'framings', 'messages'].sort(),
    );
  });
});

/** How the server writes a message to each kind of log, and how copies of logs look. */
const LOGS: Readonly<Record<string, (message: string, index: number) => string>> = {
  stderr: (message, i) => `2026-11-21 08:46:04.0${i % 10}0 UTC [1402${i % 10}] postgres@shop LOG:  ${tabbed(message)}`,
  'stderr with a short prefix': message => `LOG:  ${tabbed(message)}`,
  'stderr of a managed server': (message, i) =>
    `2026-11-21 08:46:0${i % 10} UTC:10.0.0.7(53412):app@shop:[1402]:LOG:  ${tabbed(message)}`,
  'stderr whose tabs a copy lost': (message, i) =>
    `2026-11-21 08:46:04.0${i % 10}0 UTC [1402${i % 10}] postgres@shop LOG:  ${message}`,
  'stderr of a container': (message, i) =>
    `2026-11-21 08:46:04.0${i % 10}0 UTC [1402${i % 10}] LOG:  ${tabbed(message)}`
      .split('\n')
      .map(line => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-11-21T08:46:04Z' }))
      .join('\n'),
  'a log service': (message, i) =>
    JSON.stringify({ insertId: i, textPayload: `2026-11-21 08:46:04 UTC [14027]: [${i}-1] LOG:  ${tabbed(message)}` }),
  csvlog: (message, i) =>
    `2026-11-21 08:46:04.030 UTC,"postgres","shop",14027,"[local]",6b015a4b.36cb,${i},"SELECT",2026-11-21 08:46:03 UTC,3/969,0,LOG,00000,"${message.replaceAll('"', '""')}",,,,,,,,,"psql","client backend",,0`,
  jsonlog: (message, i) =>
    JSON.stringify({ timestamp: '2026-11-21 08:46:04.030 UTC', pid: 14027, line_num: i, error_severity: 'LOG', message }),
  syslog: (message, i) =>
    message
      .split('\n')
      .map((line, n) => `Nov 21 08:46:04 db1 postgres[14027]: [${i + 1}-${n + 1}] ${n === 0 ? 'LOG:  ' : '#011'}${line.replaceAll('\t', '#011')}`)
      .join('\n'),
};

function tabbed(message: string): string {
  return message.replaceAll('\n', '\n\t');
}

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { onEachServer } from '../database/servers';
import { runCli } from '../support/cli';

const DROP = 'DROP TABLE canary';

/** Names that end a quotation, a literal, a comment or a line if they are written as they are. */
const NAMES = [
  `a"; ${DROP}; --`,
  `it's'; ${DROP}; --`,
  `$$; ${DROP}; $$`,
  `$body$; ${DROP}; $body$`,
  `line\n; ${DROP}; --`,
  `*/ ${DROP}; /*`,
  `\\'; ${DROP}; --`,
  '%s %I %% {0}',
  '${x} {{y}} :z $1 ?',
  '<img src=x onerror=alert(1)>',
  'Größe 🐘',
];

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const [schema = '', table = '', id = '', camera = '', noted = '', at = ''] = NAMES;
const TABLE = `${quoted(schema)}.${quoted(table)}`;

/** One large table that everything is advised about, and a small one of each name with a column and an index of it. */
const SETUP = [
  'create table canary (id int)',
  `create schema ${quoted(schema)}`,
  `create table ${TABLE} (${quoted(id)} bigint primary key, ${quoted(camera)} int not null, ${quoted(noted)} text not null,
     ${quoted(at)} timestamptz not null)`,
  `insert into ${TABLE} select n, n % 40, 'note ' || n, timestamptz '2026-01-01 00:00+00' + n * interval '1 minute'
     from generate_series(1, 150000) n`,
  ...NAMES.flatMap((name, i) => [
    `create table ${quoted(`${name}${i}`)} (${quoted(name)} int not null)`,
    `create index ${quoted(`${name} by ${i}`)} on ${quoted(`${name}${i}`)} (${quoted(name)})`,
    `create index ${quoted(`${name} again ${i}`)} on ${quoted(`${name}${i}`)} (${quoted(name)})`,
  ]),
  'analyze',
].join(';\n');

const QUERIES = [
  `select ${quoted(noted)} from ${TABLE} where ${quoted(camera)} = 7`,
  `select ${quoted(camera)}, count(*), sum(${quoted(id)}) from ${TABLE} group by ${quoted(camera)}`,
  // what runs once need not be kept
  `select ${quoted(camera)}, max(${quoted(id)}) from ${TABLE} group by ${quoted(camera)}`,
  `select * from ${TABLE} where ${quoted(at)} >= '2026-02-01' and ${quoted(at)} < '2026-02-02'`,
  `select count(*) from ${TABLE} where ${quoted(id)} not in (select ${quoted(NAMES[0] ?? '')} from ${quoted(`${NAMES[0]}0`)})`,
].join(';\n');

describe('names that would be SQL', function () {
  this.timeout(120_000);
  let folder = '';
  let workload = '';
  let grammar: Grammar;

  before(async () => {
    grammar = await loadGrammar();
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-names-'));
    workload = join(folder, 'workload.sql');
    writeFileSync(workload, `${QUERIES};\n`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  onEachServer(SETUP, server => {
    const cli = (...args: string[]): string => {
      const { status, stdout, stderr } = runCli([...args, '--connection', server().url], { cwd: folder });
      assert.notEqual(status, 2, `${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    /** Each statement must parse, and none be the one that the names contain. */
    const statementsOf = (text: string): string[] => {
      const { statements } = new Script(grammar, text);
      for (const { statement } of statements) {
        assert.equal(statement.syntaxError?.message, undefined, statement.text);
        assert.doesNotMatch(statement.text, /^\s*DROP TABLE canary/i);
      }
      return statements.map(({ statement }) => statement.text);
    };
    const runAll = async (text: string): Promise<void> => {
      for (const statement of statementsOf(text)) await server().run(statement);
    };
    afterEach(async () => {
      const [row] = await server().db.query(`select to_regclass('canary') is not null as there`);
      assert.equal(row?.['there'], true, 'a name was run as SQL');
    });

    it('are names in plans', () => {
      const { statements } = JSON.parse(cli('explain', workload, '--analyze', '--format', 'json')) as {
        statements: unknown[];
      };
      assert.equal(statements.length, 5);
    });

    it('are names in advised indexes, which can be created', async () => {
      const sql = cli('advise', '--workload', workload, '--format', 'sql');
      assert.ok(statementsOf(sql).length > 0);
      await runAll(sql);
      cli('advise', '--existing', '--format', 'json');
    });

    it('are names in materialized views', async () => {
      const sql = cli('matviews', '--workload', workload, '--what-if', 'trial', '--format', 'sql');
      assert.ok(statementsOf(sql).length > 0);
      await runAll(sql);
    });

    it('are names in rewrites, which are verified', () => {
      cli('rewrite', workload, '--verify', '--format', 'json');
    });

    it('are names in what health says', () => {
      JSON.parse(cli('health', '--format', 'json', '--fail-on', 'critical'));
    });

    it('are names in a migration, there and back', async () => {
      const state = join(folder, `state-${server().major}.json`);
      const args = ['partition', '--table', TABLE, '--key', at, '--interval', 'month', '--drop-foreign-keys'];
      statementsOf(cli(...args, '--format', 'sql'));
      cli(...args, '--widen-unique', '--apply', '--state', state);
      await runAll(cli('partitions', '--upkeep', '--table', TABLE, '--keep', '24 months'));
      cli('partition', '--undo', '--state', state);
      const [row] = await server().db.query(
        'select count(*)::int as n, min(relkind::text) as kind from pg_class where relname = $1',
        [table],
      );
      assert.deepEqual(row, { n: 1, kind: 'r' });
    });
  });
});

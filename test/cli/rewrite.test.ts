import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../support/cli';

const SCHEMA = 'create table orders (id int primary key, customer_id int not null, placed_at timestamp not null);';
const PAGE = 'select id\nfrom orders -- all\norder by placed_at limit 20 offset $1';

interface Report {
  readonly version: number;
  readonly files: readonly {
    readonly file: string;
    readonly statements: readonly {
      readonly start: number;
      readonly end: number;
      readonly rewrites: readonly {
        readonly id: string;
        readonly equality: { readonly kind: string; readonly facts?: string[]; readonly differences?: string[] };
        readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
        readonly sql: string;
        readonly verification: unknown;
      }[];
    }[];
  }[];
}

describe('cli: rewrite', () => {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'query-tuner-rewrite-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const run = (args: readonly string[], input = '') => runCli(['rewrite', ...args], { cwd: folder, input });
  const report = (args: readonly string[], input = ''): Report => {
    const { stdout, stderr, status } = run([...args, '--format', 'json'], input);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return JSON.parse(stdout) as Report;
  };

  it('gives each statement with its rewrites, edits and the text after them', () => {
    write('schema.sql', SCHEMA);
    const text = `select 1;\n${PAGE};\n`;
    write('q.sql', text);
    const { version, files } = report(['--schema', 'schema.sql', 'q.sql']);
    assert.equal(version, 1);
    assert.deepEqual(
      files.map(({ file }) => file),
      ['q.sql'],
    );
    const [statement] = files[0]!.statements;
    assert.equal(files[0]!.statements.length, 1);
    assert.equal(text.slice(statement!.start, statement!.end), PAGE);
    const [keyset] = statement!.rewrites;
    assert.equal(keyset?.id, 'offset-to-keyset');
    assert.equal(keyset.equality.kind, 'needs checking');
    assert.ok((keyset.equality.differences?.length ?? 0) > 0);
    assert.equal(
      keyset.sql,
      'select id\nfrom orders\nWHERE (placed_at, id) > ($1, $2) -- all\norder by placed_at, id limit 20',
    );
    assert.equal(keyset.verification, null);
    const applied = [...keyset.edits]
      .sort((a, b) => b.start - a.start)
      .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
    assert.equal(applied, `select 1;\n${keyset.sql};\n`);
    assert.equal(readFileSync(path.join(folder, 'q.sql'), 'utf8'), text, 'the file stays as it is');
  });

  it('proves nothing without a schema', () => {
    const text = 'select id from orders where customer_id not in (select id from banned)';
    const kinds = (args: readonly string[]): string[] =>
      report([...args, '-'], text).files.flatMap(({ statements }) =>
        statements.flatMap(({ rewrites }) => rewrites.map(({ id, equality }) => `${id}: ${equality.kind}`)),
      );
    assert.ok(kinds([]).includes('query/not-in-subquery: needs checking'));
    write('schema.sql', `${SCHEMA} create table banned (id int primary key);`);
    assert.ok(kinds(['--schema', 'schema.sql']).includes('query/not-in-subquery: provably equal'));
  });

  it('joins statements of a script, and not those in the strings of a program', () => {
    const inserts = 'insert into a values (1);\ninsert into a values (2);';
    const sqlOf = (args: readonly string[], input: string): string[] =>
      report(args, input).files.flatMap(({ statements }) =>
        statements.flatMap(each => each.rewrites.map(({ sql }) => sql)),
      );
    assert.deepEqual(sqlOf(['-'], inserts), ['insert into a values (1),\n  (2)']);
    assert.deepEqual(sqlOf(['-', '--stdin-filename', 'a.ts'], `sql\`${inserts}\``), []);
  });

  it('writes a text for people and a script', () => {
    write('q.sql', 'select id from t\nwhere extract(year from at) in (2023, 2024);\nselect 1;');
    const { stdout, status } = run(['q.sql']);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^q\.sql:1:1: Write year, month and day as a range of the column \[time-parts-to-range\]\n {2}Check: /,
    );
    assert.match(stdout, /\n {4}select id from t\n {4}where at >= date '2023-01-01' AND at < date '2025-01-01'\n/);
    assert.match(stdout, /\n1 rewrite\.\n$/);
    const script = run(['q.sql', '--format', 'sql']).stdout;
    assert.match(script, /^-- q\.sql:1: Write year.*\n-- Check: .*\nselect id from t\nwhere at >= .*;\n$/);
    assert.equal(run(['-'], 'select 1;').stdout, 'No rewrites.\n');
  });

  it('says what to do next when it cannot go on', () => {
    const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[], /at least one file/],
      [['missing.sql'], /missing\.sql/],
      [['-', '--verify'], /--connection URL or --embedded/],
      [['-', '--format', 'html'], /text, json, sql/],
      [['-', '--fix'], /no option --fix/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr, stdout } = run(args, 'select 1');
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
  });

  it('passes over what does not parse', () => {
    assert.deepEqual(report(['-'], 'selct 1; select from; select 2;').files[0]?.statements, []);
  });
});

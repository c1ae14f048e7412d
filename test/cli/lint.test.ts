import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../support/cli';

describe('cli: lint', () => {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'query-tuner-lint-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const run = (args: readonly string[], input = '') => runCli(['lint', ...args], { cwd: folder, input });
  const found = (args: readonly string[], input = ''): string[] => {
    const { stdout, stderr } = run([...args, '--format', 'json'], input);
    assert.equal(stderr, '');
    const report = JSON.parse(stdout) as { files: { file: string; findings: { rule: string; severity: string }[] }[] };
    return report.files.flatMap(({ file, findings }) =>
      findings.map(({ rule, severity }) => `${file.split(path.sep).join('/')}: ${severity} ${rule}`),
    );
  };
  const NOT_IN = 'select id from orders where customer_id not in (select id from banned);\n';

  it('takes files, folders and globs, each file once', () => {
    write('db/b.sql', NOT_IN);
    write('db/deep/a.psql', NOT_IN);
    write('db/readme.txt', NOT_IN);
    write('node_modules/x/c.sql', NOT_IN);
    const expected = ['db/b.sql: warning query/not-in-subquery', 'db/deep/a.psql: warning query/not-in-subquery'];
    assert.deepEqual(found(['db']).sort(), expected);
    assert.deepEqual(found(['db/**/*sql', 'db/b.sql']).sort(), expected);
    assert.deepEqual(found(['.']).sort(), expected);
  });

  it('shows the place with carets', () => {
    write('q.sql', NOT_IN);
    const { stdout, status } = run(['q.sql']);
    assert.equal(status, 1);
    assert.match(stdout, /^q\.sql:1:\d+: warning query\/not-in-subquery: /);
    const [, line, carets] = stdout.split('\n');
    assert.equal(
      line!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1),
      'customer_id not in (select id from banned)',
    );
    assert.match(stdout, /\n1 warning in 1 file\n$/);
  });

  it('reads standard input as the file it is said to be', () => {
    write('app/.query-tuner.json', '{"rules": {"query/not-in-subquery": "error"}}');
    assert.deepEqual(found(['-'], NOT_IN), ['-: warning query/not-in-subquery']);
    assert.deepEqual(found(['-', '--stdin-filename', 'app/x.sql'], NOT_IN), ['-: error query/not-in-subquery']);
  });

  it('follows the configuration of each folder', () => {
    write('.query-tuner.json', '{"rules": {"query/not-in-subquery": "hint"}, "exclude": ["old/**"]}');
    write('strict/.query-tuner.json', '{"rules": {"query/*": "error"}}');
    write('own/.query-tuner.json', '{"root": true}');
    for (const name of ['a.sql', 'strict/a.sql', 'own/a.sql', 'old/a.sql']) write(name, NOT_IN);
    assert.deepEqual(found(['.']).sort(), [
      'a.sql: hint query/not-in-subquery',
      'own/a.sql: warning query/not-in-subquery',
      'strict/a.sql: error query/not-in-subquery',
    ]);
    assert.equal(run(['a.sql']).status, 0);
    assert.equal(run(['a.sql', '--fail-on', 'hint']).status, 1);
  });

  it('takes the schema from the files the configuration names', () => {
    write('db/1.sql', 'create table banned (id int primary key);');
    write('db/2.sql', 'create table orders (id int primary key, customer_id int not null);');
    write('q.sql', NOT_IN);
    const [fix] = JSON.parse(run(['q.sql', '--format', 'json', '--schema', 'db/*.sql']).stdout).files[0].findings[0]
      .fixes;
    write('.query-tuner.json', '{"schemaFiles": ["db/*.sql"]}');
    const [same] = JSON.parse(run(['q.sql', '--format', 'json']).stdout).files[0].findings[0].fixes;
    assert.equal(fix.safe, true, 'both sides are NOT NULL, which only the schema tells');
    assert.deepEqual(same, fix);
  });

  it('sees in a migration what the migrations before it made', () => {
    write('db/1.sql', 'create table orders (id bigint primary key, note text);');
    write('db/2.sql', 'select note from orders where id = 1;\nalter table orders drop column note;');
    write('db/3.sql', 'select note from orders where id = 1;');
    write('.query-tuner.json', '{"schemaFiles": ["db/*.sql"]}');
    assert.deepEqual(
      found(['db']).filter(line => line.includes('unknown-column')),
      ['db/3.sql: warning names/unknown-column'],
    );
  });

  it('writes the safe fixes and leaves the others', () => {
    const file = write('q.sql', 'select count(*) > 0 from orders where customer_id = 7;\n' + NOT_IN);
    const { stderr } = run(['--fix', 'q.sql']);
    assert.match(stderr, /fixed q\.sql/);
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^select exists \(select 1 from orders where customer_id = 7\);/i);
    assert.match(text, /not in \(select/, 'NOT IN may change its meaning: unknown columns may be NULL');
    const again = run(['--fix', 'q.sql']);
    assert.equal(again.stderr, '');
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('finds the SQL in files of other languages, and fixes it there', () => {
    const file = write('app.ts', 'const has = sql`select count(*) > 0 from orders where customer_id = ${id}`;\n');
    write('job.py', 'cursor.execute("""\n  select id from orders where note = null\n""")\n');
    write('notes.md', '# Notes\n\n```sql\nselect id from orders where note = null;\n```\n');
    assert.deepEqual(found(['app.ts', 'job.py', 'notes.md']), [
      'app.ts: info query/count-for-existence',
      'job.py: error query/null-comparison',
      'notes.md: error query/null-comparison',
    ]);
    run(['--fix', 'app.ts']);
    assert.match(
      readFileSync(file, 'utf8'),
      /^const has = sql`select exists \(select 1 from orders where customer_id = \$\{id\}\)`;/i,
    );
  });

  for (const [what, args, setUp] of [
    ['no operand', [], ''],
    ['a file that is not there', ['missing.sql'], ''],
    ['a glob without a match', ['nothing/*.sql'], ''],
    ['a configuration with a mistake', ['q.sql'], '{"rules": {"query/nope": "off"}}'],
    ['a configuration that is no JSON', ['q.sql'], '{"rules": '],
  ] as const) {
    it(`exits 2 with one line for ${what}`, () => {
      write('q.sql', NOT_IN);
      if (setUp) write('.query-tuner.json', setUp);
      const { status, stdout, stderr } = run(args);
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^query-tuner: [^\n]+\n$/);
    });
  }
});

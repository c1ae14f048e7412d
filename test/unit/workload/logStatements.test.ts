import assert from 'node:assert/strict';
import { readLoggedParameters, writeInParameters } from '../../../src/core/workload/loggedParameters';
import { LogStatementReader, looksLikeLog } from '../../../src/core/workload/logStatements';
import type { ObservedStatement } from '../../../src/core/workload/workload';

interface Read {
  readonly statements: readonly string[];
  readonly all: readonly ObservedStatement[];
  readonly reader: LogStatementReader;
}

/** Reads a log in pieces of `step` characters, which must not matter. */
function read(log: string, options: { step?: number; database?: string } = {}): Read {
  const all: ObservedStatement[] = [];
  const reader = new LogStatementReader(statement => all.push(statement), options.database);
  const { step = log.length } = options;
  for (let at = 0; at < log.length; at += step) reader.push(log.slice(at, at + step));
  reader.end();
  return { all, reader, statements: all.map(({ sql, totalMs }) => `${totalMs ?? '?'} ${sql}`) };
}

const STDERR = `2026-01-02 10:00:00.000 UTC [41] LOG:  database system is ready to accept connections
2026-01-02 10:00:01.000 UTC [42] LOG:  duration: 12.500 ms  statement: select *
\tfrom orders
\twhere id = 5;
2026-01-02 10:00:01.100 UTC [42] LOG:  duration: 0.100 ms  parse <unnamed>: select 1 where $1 = 2
2026-01-02 10:00:01.100 UTC [42] LOG:  duration: 0.100 ms  bind <unnamed>: select 1 where $1 = 2
2026-01-02 10:00:01.200 UTC [42] LOG:  duration: 3.000 ms  execute s1: select * from t where a = $1 and b = $2 and c = '$1'
2026-01-02 10:00:01.200 UTC [42] DETAIL:  parameters: $1 = 'it''s', $2 = NULL
2026-01-02 10:00:02.000 UTC [43] ERROR:  relation "nothing" does not exist at character 15
2026-01-02 10:00:02.000 UTC [43] STATEMENT:  select * from nothing
`;

describe('core/workload/logStatements', () => {
  it('reads durations, statements over several lines and values from stderr', () => {
    const wanted = [
      '12.5 select *\nfrom orders\nwhere id = 5',
      `3 select * from t where a = 'it''s' and b = NULL and c = '$1'`,
    ];
    assert.deepEqual(read(STDERR).statements, wanted);
    for (const step of [1, 7, 64]) assert.deepEqual(read(STDERR, { step }).statements, wanted);
    assert.deepEqual(read(STDERR.replaceAll('\n', '\r\n')).statements.length, 2);
  });

  it('joins the text of log_statement with the time of log_duration, session by session', () => {
    const log = `10:00 [1] LOG:  statement: select 1 from a
10:00 [2] LOG:  statement: select 2 from b
10:00 [2] LOG:  duration: 2.000 ms
10:00 [1] LOG:  duration: 1.000 ms
10:00 [1] LOG:  execute <unnamed>: select 3 from c where x = $1
10:00 [1] DETAIL:  Parameters: $1 = '7'
10:00 [1] LOG:  statement: select 4 from d
`;
    assert.deepEqual(read(log).statements, [
      '2 select 2 from b',
      '1 select 1 from a',
      `? select 3 from c where x = '7'`,
      '? select 4 from d',
    ]);
  });

  it('reads csvlog, and leaves out other databases', () => {
    const row = (database: string, message: string, detail = ''): string =>
      `2026-01-02 10:00:00.000 UTC,"app","${database}",42,"[local]",abc.2a,1,"SELECT",2026-01-02 09:00:00 UTC,3/4,0,LOG,00000,"${message}",${detail === '' ? '' : `"${detail}"`},,,,,,,,"psql","client backend",,0\n`;
    const log =
      row('shop', 'duration: 5.000 ms  statement: select ""A"",\n 1\nfrom orders') +
      row('other', 'duration: 5.000 ms  statement: select 2') +
      row('shop', 'duration: 6.000 ms  execute <unnamed>: select $1', `parameters: $1 = 'x,y'`);
    const { statements, reader } = read(log, { step: 50, database: 'shop' });
    assert.deepEqual(statements, ['5 select "A",\n 1\nfrom orders', `6 select 'x,y'`]);
    assert.equal(reader.summary.elsewhere, 1);
  });

  it('reads jsonlog, and either kind inside the lines of a container', () => {
    const entry = { error_severity: 'LOG', message: 'duration: 5.000 ms  statement: select\n1', dbname: 'shop' };
    assert.deepEqual(read(`${JSON.stringify(entry)}\n`).statements, ['5 select\n1']);
    const lines = STDERR.trimEnd().split('\n');
    const wrapped = lines.map(line => JSON.stringify({ log: `${line}\n`, stream: 'stderr' })).join('\n');
    assert.deepEqual(read(wrapped).statements, read(STDERR).statements);
    const around = JSON.stringify({ textPayload: JSON.stringify(entry) });
    assert.deepEqual(read(around).statements, ['5 select\n1']);
  });

  it('reads syslog', () => {
    const log = `Jan  2 10:00:00 db postgres[42]: [5-1] LOG:  duration: 5.000 ms  statement: select 1
Jan  2 10:00:00 db postgres[42]: [5-2] #011from orders
`;
    assert.deepEqual(read(log).statements, ['5 select 1\nfrom orders']);
  });

  it('reads the statements of auto_explain, as text and as JSON, apart from the durations of the same runs', () => {
    const log = `10:00 [1] LOG:  duration: 7.000 ms  plan:
\tQuery Text: select *
\tfrom t where a = $1
\tQuery Parameters: $1 = '5'
\tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)
10:00 [1] LOG:  duration: 7.100 ms  statement: select * from t where a = 5
10:00 [1] LOG:  duration: 8.000 ms  plan:
\t{
\t  "Query Text": "select 2 from t",
\t  "Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 1 }
\t}
`;
    const { all, reader } = read(log);
    assert.deepEqual(
      all.map(({ sql, totalMs, channel }) => `${channel} ${totalMs}: ${sql}`),
      [
        `plan 7: select *\nfrom t where a = '5'`,
        'statement 7.1: select * from t where a = 5',
        'plan 8: select 2 from t',
      ],
    );
    assert.equal(reader.summary.plans, 2);
  });

  it('reads what EXECUTE and cursors run, and counts no preparation', () => {
    const log = `10:00 [1] LOG:  duration: 0.200 ms  statement: PREPARE find(int) AS select * from t where a = $1
10:00 [1] LOG:  duration: 9.000 ms  statement: EXECUTE find(5);
10:00 [1] DETAIL:  prepare: PREPARE find(int) AS select * from t where a = $1
10:00 [1] LOG:  duration: 0.300 ms  statement: DECLARE "c 1" NO SCROLL CURSOR WITH HOLD FOR SELECT b FROM t
10:00 [1] LOG:  duration: 8.000 ms  statement: COPY (select c from t) TO STDOUT
10:00 [1] LOG:  duration: 7.000 ms  plan:
\tQuery Text: prepare find as select * from t
\tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)
`;
    assert.deepEqual(read(log).statements, [
      '9 select * from t where a = $1',
      '0.3 SELECT b FROM t',
      '8 select c from t',
      '7 select * from t',
    ]);
  });

  it('takes any text without harm', () => {
    for (const text of [
      '',
      '\n\n',
      '{"a":',
      '"',
      ',,,"',
      '\t',
      'LOG:  ',
      'LOG:  duration: x ms',
      '{"log":"{\\"log\\":1}"}',
    ])
      assert.deepEqual(read(text).statements, []);
  });

  it('tells a log from SQL', () => {
    assert.ok(looksLikeLog(STDERR));
    assert.ok(!looksLikeLog(`-- LOG of changes\nselect 'ERROR: none' from t;\n`));
  });
});

describe('core/workload/loggedParameters', () => {
  it('reads values, and none if one was cut off', () => {
    assert.deepEqual(readLoggedParameters(`$1 = '42', $2 = NULL, $3 = 'a, $4 = ''b'''`), ['42', null, `a, $4 = 'b'`]);
    assert.equal(readLoggedParameters(`$1 = '42', $2 = 'a`), undefined);
    assert.equal(readLoggedParameters(`$1 = 'a very long value that was c...'`), undefined);
    assert.equal(readLoggedParameters('nothing'), undefined);
  });

  it('writes values in their places alone', () => {
    const sql = `select $1, '$1', $tag$ $1 $tag$ -- $1\n, "$1", $2, $10`;
    assert.equal(writeInParameters(sql, ['x', null]), `select 'x', '$1', $tag$ $1 $tag$ -- $1\n, "$1", NULL, $10`);
  });
});

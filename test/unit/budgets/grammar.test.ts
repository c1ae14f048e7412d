import assert from 'node:assert/strict';
import { randomNumbers } from '../../support/randomNumbers';
import { describeProblem, readBudget, readBudgets } from './read';

/** Clauses as they were understood: `metric comparison limit-in-its-own-unit`. */
async function clausesOf(said: string): Promise<string[]> {
  const { clauses, problems, text } = await readBudget(said);
  assert.deepEqual(
    problems.map(problem => describeProblem(text, problem)),
    [],
  );
  return clauses.map(clause => {
    if (clause.kind === 'limit') return `${clause.metric} ${clause.comparison} ${clause.limit}`;
    const name = clause.kind === 'seq scan' ? clause.relation : clause.kind === 'index' ? clause.index : undefined;
    const what = name && [name.schema, name.name].filter(each => each !== undefined).join('.');
    const figure =
      clause.kind === 'estimate' ? clause.factor : clause.kind === 'shape' ? clause.fingerprint : undefined;
    return [clause.kind, what, figure].filter(each => each !== undefined).join(' ');
  });
}

async function problemsOf(said: string, ddl?: string): Promise<string[]> {
  const { problems, text } = await readBudget(said, ddl);
  return problems.map(problem => describeProblem(text, problem));
}

describe('core/budgets: grammar', () => {
  it('reads the budget of the design', async () => {
    const said =
      'execution < 10 ms, planning < 1 ms, shared hit < 20, rows <= 100, no seq scan on counting_results, uses idx_cr_camera_time';
    assert.deepEqual(await clausesOf(said), [
      'execution < 10',
      'planning < 1',
      'shared hit < 20',
      'rows <= 100',
      'seq scan counting_results',
      'index idx_cr_camera_time',
    ]);
  });

  it('reads every metric and every clause', async () => {
    assert.deepEqual(await clausesOf('total cost < 1000, cost < 900, shared read = 0, shared dirtied <= 3'), [
      'total cost < 1000',
      'total cost < 900',
      'shared read = 0',
      'shared dirtied <= 3',
    ]);
    assert.deepEqual(await clausesOf('temp written = 0, buffers <= 40, buffers per row <= 2.5, hit ratio >= 99 %'), [
      'temp written = 0',
      'buffers <= 40',
      'buffers per row <= 2.5',
      'hit ratio >= 99',
    ]);
    assert.deepEqual(await clausesOf('WAL bytes < 8192, WAL < 64 kB, partitions <= 2, no seq scan, no sort on disk'), [
      'WAL bytes < 8192',
      'WAL bytes < 65536',
      'partitions <= 2',
      'seq scan',
      'disk sort',
    ]);
    assert.deepEqual(await clausesOf('rows estimate within 10x, plan = 3fa9c2e1, plan = 3fa9c2e1'), [
      'estimate 10',
      'shape 3fa9c2e1',
      'shape 3fa9c2e1',
    ]);
    assert.deepEqual(await clausesOf('plan = 12345678'), ['shape 12345678']);
    assert.deepEqual(await clausesOf('plan = 123e4567'), ['shape 123e4567']);
  });

  it('reads units, numbers and signs as people write them', async () => {
    assert.deepEqual(await clausesOf('execution < 10ms, Execution Time ≤ 1.5 s, planning < 250 us, planning < .5 MS'), [
      'execution < 10',
      'execution <= 1500',
      'planning < 0.25',
      'planning < 0.5',
    ]);
    assert.deepEqual(await clausesOf('rows < 1,000, rows >= 1_000_0, rows > 0,'.replace('1_000_0', '1')), [
      'rows < 1000',
      'rows >= 1',
      'rows > 0',
    ]);
    assert.deepEqual(await clausesOf('buffers < 16 kB, buffers < 20 blocks, temp written < 1 MB, execution > 0'), [
      'buffers < 2',
      'buffers < 20',
      'temp written < 128',
      'execution > 0',
    ]);
    assert.deepEqual(await clausesOf('uses "Odd ""Name", uses shop.Orders_Idx, no seq scan on shop."T"'), [
      'index Odd "Name',
      'index shop.orders_idx',
      'seq scan shop.T',
    ]);
  });

  it('says what is wrong, where, and what was probably meant', async () => {
    const cases: readonly (readonly [said: string, ...problems: string[]])[] = [
      ['shred hit < 20', 'shred hit: "shred hit" cannot be limited. Did you mean shared hit? -> shared hit'],
      ['dirtied < 2', 'dirtied: "dirtied" cannot be limited. Did you mean shared dirtied? -> shared dirtied'],
      ['execution < 10', '10: The unit is missing: execution is measured in us, ms or s. -> 10 ms'],
      ['WAL < 10', '10: The unit is missing: WAL bytes is measured in bytes, kB, MB or GB. -> 10 bytes'],
      ['execution < 10 msec', 'msec: execution is not measured in "msec" but in us, ms or s. -> ms'],
      ['execution < 10 kB', 'kB: execution is not measured in "kB" but in us, ms or s.'],
      ['rows < 10 ms', 'ms: rows is a plain number, without a unit; a comma begins the next clause.'],
      ['execution 10 ms', 'execution: execution wants a comparison and a number: execution < 10 ms.'],
      ['rows =< 10', '=<: rows wants a comparison and a number: rows <= 100. -> <='],
      ['rows <', 'rows <: rows is compared with a number: rows <= 100.'],
      ['rows < many', 'rows < many: rows is compared with a number: rows <= 100.'],
      ['rows < 10 planning < 1 ms', 'planning: A comma separates clauses. -> , '],
      ['< 10 ms', '< 10 ms: A clause begins with what is limited: execution < 10 ms, rows <= 100.'],
      ['uses', 'uses: "uses" wants the name of an index: uses idx_orders_date.'],
      ['using a', 'using: "uses" names an index that the plan must use: uses idx_orders_date. -> uses'],
      ['uses a b', 'b: One index for each "uses"; a comma begins the next clause.'],
      [
        'no seq scam on t',
        'no seq scam: Nothing is known about "no seq scam on t". There are "no seq scan", "no seq scan on <table>" and "no sort on disk". -> no seq scan',
      ],
      ['no seq scan of t', 'of t: "no seq scan" ends here, or goes on with "on" and one table: no seq scan on orders.'],
      ['rows estimate within 10', '10: The unit is missing: 10x is ten times too many or too few. -> 10x'],
      [
        'rows estimate < 10x',
        'rows estimate < 10x: An estimate is compared with the rows that came: rows estimate within 10x.',
      ],
      ['plan = abc', 'plan = abc: A plan is pinned by the 8 hexadecimal digits of its fingerprint: plan = 3fa9c2e1.'],
      ['', '@budget: The budget is empty. Write what the statement may cost: execution < 10 ms.'],
    ];
    for (const [said, ...problems] of cases) assert.deepEqual(await problemsOf(said), problems, said);
  });

  it('keeps the clauses that it understands beside one that it does not', async () => {
    const { clauses, problems } = await readBudget('rows < 10, nonsense, planning < 1 ms');
    assert.equal(clauses.length, 2);
    assert.equal(problems.length, 1);
  });

  it('notices what no run can meet', async () => {
    assert.deepEqual(await problemsOf('rows > 100, rows <= 50'), ['rows <= 50: No value of rows is <= 50 and > 100.']);
    assert.deepEqual(await problemsOf('rows < 0'), ['rows < 0: No value of rows is < 0.']);
    assert.deepEqual(await problemsOf('execution < 10 ms, execution >= 10 ms'), [
      'execution >= 10 ms: No value of execution is >= 10 ms and < 10 ms.',
    ]);
    assert.deepEqual(await problemsOf('plan = 3fa9c2e1, plan = 00000000'), [
      'plan = 00000000: A statement has one plan, and another one is pinned before.',
    ]);
    assert.deepEqual(await problemsOf('rows >= 5, rows <= 5, rows = 5, rows < 9'), []);
  });

  it('asks the schema about names only when it knows all', async () => {
    const ddl = 'create table orders (id int primary key, day date); create index orders_day on orders (day);';
    assert.deepEqual(await problemsOf('no seq scan on ordres, uses orders_dy, uses nowhere'), []);
    assert.deepEqual(await problemsOf('no seq scan on ordres, uses orders_dy, uses nowhere', ddl), [
      'ordres: There is no table ordres. Did you mean orders? -> orders',
      'orders_dy: There is no index orders_dy. Did you mean orders_day? -> orders_day',
      'nowhere: There is no index nowhere.',
    ]);
    assert.deepEqual(
      await problemsOf('no seq scan on public.orders, uses orders_pkey, uses public.orders_day', ddl),
      [],
    );
  });
});

describe('core/budgets: comments', () => {
  const told = async (text: string) => {
    const { budgets, strays } = await readBudgets(text);
    return {
      budgets: budgets.map(
        ({ statement, clauses }) =>
          `${statement.statement.text}: ${clauses.map(({ range }) => text.slice(range.start, range.end)).join(' | ')}`,
      ),
      strays: strays.map(stray => describeProblem(text, stray)),
    };
  };

  it('belong to the statement below', async () => {
    assert.deepEqual(
      await told('-- one\n-- @budget rows < 1\n-- two\n\nselect 1;\n/* @budget rows < 2 */ select 2;\nselect 3;'),
      { budgets: ['select 1: rows < 1', 'select 2: rows < 2'], strays: [] },
    );
  });

  it('add up, and go on behind a comma', async () => {
    assert.deepEqual(
      await told(
        '-- @budget rows < 1,\n--   planning < 1 ms\n-- @budget: buffers < 3\n/*\n * Why.\n * @budget no seq scan,\n *   uses a\n * and so on\n */\nselect 1',
      ),
      { budgets: ['select 1: rows < 1 | planning < 1 ms | buffers < 3 | no seq scan | uses a'], strays: [] },
    );
  });

  it('do not go on over a blank line, nor into another marker', async () => {
    assert.deepEqual(
      await told('-- @budget rows < 1,\n\n-- planning\n-- @budget rows < 2,\n-- @budget rows < 3\nselect 1'),
      {
        budgets: ['select 1: rows < 1 | rows < 2 | rows < 3'],
        strays: [],
      },
    );
  });

  it('count for nothing elsewhere, and say so', async () => {
    assert.deepEqual(
      await told('select 1 -- @budget rows < 1\n + 2; -- @budget rows < 2\nselect 3;\n-- @budget rows < 4\n'),
      {
        budgets: [],
        strays: [
          '@budget: A budget counts above its statement, not inside it.',
          '@budget: A budget stands above its statement, in a line of its own.',
          '@budget: No statement follows that this budget could be of.',
        ],
      },
    );
  });

  it('are not what only looks like one', async () => {
    const text = `-- see @budget rows < 1\n-- @budgets x\nselect '-- @budget rows < 1', $$\n-- @budget rows < 2$$;
copy t from stdin;\n-- @budget rows < 5\n\\.\nselect 2;`;
    assert.deepEqual(await told(text), { budgets: [], strays: [] });
  });

  it('never fail, and place everything within the text', async () => {
    const pieces = [
      ...['rows < 10', 'execution < 10 ms', 'uses a', 'no seq scan on t', 'rows estimate within 3x', ',', ',', ','],
      ...['-- ', '@budget ', '@budget', '/* ', ' */', '\n', ',', ' ', ';', 'select 1', "'", '"', '$$', '*', '.', '%'],
      ...[
        'execution',
        'planning',
        'rows',
        'estimate',
        'within',
        'shared',
        'hit',
        'no',
        'seq scan',
        'on',
        'uses',
        'plan',
      ],
      ...['<', '<=', '=', '≥', '10', '1,000', '0', '10x', 'ms', 'kB', '3fa9c2e1', 'µs', '\u{1f600}', '\r\n', '\t', 'é'],
    ];
    const random = randomNumbers(7);
    let clauses = 0;
    for (let round = 0; round < 1500; round++) {
      const text = `${round % 2 ? '-- @budget ' : ''}${Array.from({ length: 3 + random(24) }, () => pieces[random(pieces.length)]).join([' ', '', ', '][random(3)])}\nselect 1;`;
      const { budgets, strays } = await readBudgets(
        text,
        round % 8 ? undefined : 'create table t (id int primary key)',
      );
      const ranges = [
        ...strays.map(({ range }) => range),
        ...budgets.flatMap(budget => [
          ...budget.comments,
          ...budget.clauses.map(({ range }) => range),
          ...budget.words.map(({ range }) => range),
          ...budget.problems.map(({ range }) => range),
        ]),
      ];
      for (const { start, end } of ranges) assert.ok(0 <= start && start < end && end <= text.length, text);
      for (const budget of budgets) {
        clauses += budget.clauses.length;
        // what was understood is understood again when it stands alone
        for (const { range } of budget.clauses) {
          const own = text.slice(range.start, range.end);
          if (/[\r\n]/.test(own)) continue;
          const again = await readBudget(own);
          assert.deepEqual(again.clauses.length, 1, `${text}\n${own}`);
        }
      }
    }
    assert.ok(clauses > 100, `${clauses} clauses`);
  });
});

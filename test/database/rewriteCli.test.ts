import assert from 'node:assert/strict';
import { onEachServer } from './servers';
import { runCli } from '../support/cli';

const SETUP = `
  create table customers (id int primary key, name text not null);
  create table orders (id int primary key, customer_id int, total int not null);
  insert into customers select n, 'c' || n from generate_series(1, 80) n;
  insert into orders select n, nullif(n % 60, 0), n % 7 from generate_series(1, 300) n;
  analyze customers, orders;`;

const FIGURES =
  'select c.id, (select count(*) from orders o where o.customer_id = c.id) as orders from customers c where c.id > $1;';
const NOT_IN = 'select id from customers where id not in (select customer_id from orders);';

interface Report {
  readonly files: readonly {
    readonly statements: readonly {
      readonly rewrites: readonly {
        readonly id: string;
        readonly equality: { readonly kind: string };
        readonly verification: {
          readonly verdict: string;
          readonly comparisons: readonly { readonly values?: { readonly label: string } }[];
          readonly timings: readonly unknown[];
          readonly refusal?: string;
        } | null;
      }[];
    }[];
  }[];
}

describe('cli rewrite', function () {
  this.timeout(120_000);

  onEachServer(SETUP, server => {
    const run = (input: string, ...args: string[]) => {
      return runCli(['rewrite', '--connection', server().url, ...args, '-'], { input });
    };
    const rewrites = (input: string, ...args: string[]) => {
      const { stdout, stderr, status } = run(input, '--format', 'json', ...args);
      assert.equal(status, 0, stderr);
      return (JSON.parse(stdout) as Report).files.flatMap(({ statements }) =>
        statements.flatMap(each => each.rewrites),
      );
    };

    it('takes the facts from the server, and compares nothing unasked', () => {
      const found = rewrites(FIGURES);
      const join = found.find(({ id }) => id === 'subquery-to-grouped-join');
      assert.equal(join?.equality.kind, 'provably equal');
      assert.deepEqual([...new Set(found.map(({ verification }) => verification))], [null]);
    });

    it('compares both forms for values of the parameters, and times them', () => {
      const join = rewrites(FIGURES, '--verify').find(({ id }) => id === 'subquery-to-grouped-join');
      const { verdict, comparisons, timings } = join!.verification!;
      assert.equal(verdict, 'equal');
      assert.ok(comparisons.some(({ values }) => values?.label === 'common values'));
      assert.ok(timings.length > 0);
    });

    it('shows where the rows differ, and that a statement that writes is not run', () => {
      const notIn = rewrites(NOT_IN, '--verify').find(({ id }) => id === 'query/not-in-subquery');
      assert.equal(notIn?.verification?.verdict, 'different');
      const { stdout, status } = run(NOT_IN, '--verify');
      assert.equal(status, 0, 'a difference that was named is no failure');
      assert.match(stdout, /Check: .*\n[^]*Different: /);
      const inserts = "insert into customers values (90, 'x');\ninsert into customers values (91, 'y');";
      const [joined] = rewrites(inserts, '--verify');
      assert.equal(joined?.id, 'inserts-to-one');
      assert.equal(joined.verification?.verdict, 'not compared');
      assert.ok(joined.verification?.refusal);
    });
  });
});

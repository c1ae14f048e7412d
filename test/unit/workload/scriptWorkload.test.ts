import assert from 'node:assert/strict';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { plannedEntries } from '../../../src/core/workload/planningTexts';
import { collectScript } from '../../../src/core/workload/scriptWorkload';
import { WorkloadCollector } from '../../../src/core/workload/workload';

const PYTHON = `
import psycopg

SETUP = "create table jobs (id int)"

def next_jobs(conn, state):
    """Select a job from the queue."""
    return conn.execute(
        "select id, payload from jobs where state = %s and run_at < now()", [state])
`;
const TYPESCRIPT = `
export const byOwner = (owner: string) => sql\`
  select * from orders where owner_id = \${owner} order by placed_at desc limit 20\`;
const broken = 'select from where';
`;
const MARKDOWN = '# Report\n\n```sql\nselect region, sum(total) from orders group by region;\n```\n';

describe('core/workload/scriptWorkload', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const read = (name: string, text: string) => {
    const collector = new WorkloadCollector();
    collectScript(collector, grammar, text, name);
    const entries = collector.entries();
    const planned = plannedEntries(grammar, entries).map(({ sql }) => sql.replace(/\s+/g, ' ').trim());
    return entries.map(({ place }, position) => [place, planned[position]]);
  };

  it('takes the queries of a program, with its values as parameters', () => {
    assert.deepEqual(read('jobs.py', PYTHON), [
      ['jobs.py:9', 'select id, payload from jobs where state = $1 and run_at < now()'],
    ]);
    assert.deepEqual(read('orders.ts', TYPESCRIPT), [
      ['orders.ts:3', 'select * from orders where owner_id = $1 order by placed_at desc limit 20'],
    ]);
  });

  it('takes the SQL of a document', () => {
    assert.deepEqual(read('report.md', MARKDOWN), [
      ['report.md:4', 'select region, sum(total) from orders group by region'],
    ]);
  });

  it('takes everything in an SQL file, so that what cannot be planned is told of', () => {
    assert.equal(read('all.sql', 'create table t (a int); select 1; selec 2;').length, 3);
  });
});

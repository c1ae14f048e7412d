import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, fromTables, list } from '../support/expressions';
import { isSameTree, rangeOfTree, selectedValues } from '../support/trees';

export const distinctOnOrder = defineRule({
  id: 'query/distinct-on-order',
  since: '0.2.0',
  severity: 'warning',
  title: 'DISTINCT ON without an ORDER BY that fits',
  nodes: ['distinctClause'],
  docs: {
    problem: 'DISTINCT ON keeps the first row of each group, and nothing says which row is first.',
    why: 'Without ORDER BY it is the one the plan happens to find. ORDER BY must begin with the expressions of DISTINCT ON, or the statement fails; what follows them decides which row is kept.',
    whenToIgnore: 'Any row of the group will do.',
  },
  messages: {
    chance: 'Without ORDER BY it is left to chance which row of each group is kept.',
    tie: 'ORDER BY does not say which row of each group comes first: it is left to chance.',
    mismatch: 'ORDER BY must begin with the expressions of DISTINCT ON; PostgreSQL refuses this.',
  },
  examples: [
    {
      title: 'the latest order of each customer, or any other',
      bad: 'SELECT DISTINCT ON (customer_id) customer_id, total FROM orders',
      flags: 'DISTINCT ON (customer_id)',
    },
    {
      title: 'only the group is ordered',
      bad: 'SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id',
      flags: 'DISTINCT ON (customer_id)',
    },
    {
      title: 'the order begins elsewhere',
      bad: 'SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY created_at DESC',
      flags: 'created_at',
    },
    {
      title: 'the latest of each',
      good: 'SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id, created_at DESC',
    },
    {
      title: 'in any sequence',
      good: 'SELECT DISTINCT ON (a, b) a, b, c FROM readings ORDER BY b, a, taken_at DESC',
    },
    { title: 'nothing else is selected', good: 'SELECT DISTINCT ON (customer_id) customer_id FROM orders' },
    { title: 'by position', good: 'SELECT DISTINCT ON (1) customer_id, total FROM orders ORDER BY 1, created_at DESC' },
    {
      title: 'by the name of the output',
      good: "SELECT DISTINCT ON (date_trunc('day', at)) date_trunc('day', at) AS day, n FROM readings ORDER BY day, at DESC",
    },
    {
      title: 'the rows come in order',
      good: 'SELECT DISTINCT ON (x.k) x.k, x.v FROM (SELECT k, v FROM readings ORDER BY k, at DESC) AS x',
    },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const keys = list(query.fields.distinctClause).filter(item => unwrap(item) !== undefined);
      if (keys.length === 0) continue;
      const last = rangeOfTree(statement, keys.at(-1));
      const first = rangeOfTree(statement, keys[0]);
      const word = first && /\bdistinct\s+on\s*\(\s*$/i.exec(statement.text.slice(0, first.start));
      const close = last && /^\s*\)/.exec(statement.text.slice(last.end));
      if (!word || !last || !close) continue;
      const at = { start: word.index, end: last.end + close[0].length };
      const values = selectedValues(query.fields);
      const sort = list(query.fields.sortClause).map(item => unwrap(item)?.fields.node);
      const isKey = (node: unknown) => keys.some(key => isSameTree(key, node));
      if (sort.length === 0) {
        const { others } = fromTables(query);
        if (others === 0 && !values.every(isKey)) report({ at, message: 'chance' });
        continue;
      }
      // Positions and names of the output say the same in other words.
      if (![...keys, ...sort].every(node => asColumn(node)) || hasNames(query.fields)) continue;
      const lead = sort.slice(0, keys.length);
      const wrong = lead.find(node => !isKey(node) && !keys.some(key => mayBeSame(key, node)));
      const wrongAt = rangeOfTree(statement, wrong);
      if (wrong !== undefined && wrongAt) report({ at: wrongAt, message: 'mismatch', severity: 'error' });
      else if (sort.every(isKey) && !values.every(isKey)) report({ at, message: 'tie', severity: 'info' });
    }
  },
});

function hasNames(query: Readonly<Record<string, unknown>>): boolean {
  return list(query.targetList).some(target => unwrap(target)?.fields.name !== undefined);
}

/** `id` and `o.id` may be the same column. */
function mayBeSame(a: unknown, b: unknown): boolean {
  const [one, other] = [asColumn(a), asColumn(b)];
  return one?.name === other?.name && (one?.qualifier === undefined || other?.qualifier === undefined);
}

import { unwrap, walk } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { functionName } from '../support/expressions';
import { firstWord, routineOption } from '../support/routineBody';
import { findWords } from '../support/words';

export const volatilityTooStrong = defineRule({
  id: 'function/volatility-too-strong',
  since: '0.2.0',
  severity: 'warning',
  title: 'IMMUTABLE or STABLE promised, not kept',
  kinds: ['CreateFunctionStmt'],
  docs: {
    problem:
      'The function is declared IMMUTABLE although its result depends on data or time, or IMMUTABLE or STABLE although it writes.',
    why: 'PostgreSQL computes an IMMUTABLE function once, keeps the value in plans and indexes, and never asks again. A write in a function that is not VOLATILE fails (0A000).',
    whenToIgnore: 'The table it reads never changes.',
  },
  messages: {
    reads: 'An IMMUTABLE function must not read tables: its result is kept in plans and indexes. Declare it STABLE.',
    time: '{call} gives another value later, so this function is not IMMUTABLE; declare it {better}.',
    writes: '{command} is not allowed in a {declared} function; it fails when it is called.',
  },
  examples: [
    {
      title: 'a table is read',
      bad: "CREATE FUNCTION rate(p_code text) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT value FROM rates WHERE code = p_code'",
      flags: 'IMMUTABLE',
    },
    {
      title: 'the time of day',
      bad: 'CREATE FUNCTION is_late(t timestamptz) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN t < now(); END $$',
      flags: 'IMMUTABLE',
    },
    {
      title: 'a write',
      bad: 'CREATE FUNCTION seen(p_id int) RETURNS void LANGUAGE plpgsql STABLE AS $$ BEGIN UPDATE users SET seen = now() WHERE id = p_id; END $$',
      flags: 'UPDATE',
    },
    {
      title: 'arithmetic',
      good: "CREATE FUNCTION with_tax(p numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT p * 1.1'",
    },
    {
      title: 'a table read by a STABLE function',
      good: "CREATE FUNCTION rate(p_code text) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT value FROM rates WHERE code = p_code'",
    },
    {
      title: 'rows of its own argument',
      good: "CREATE FUNCTION longest(a text[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT x FROM unnest(a) x ORDER BY length(x) DESC LIMIT 1'",
    },
    {
      title: 'a write in a function without a promise',
      good: 'CREATE FUNCTION seen(p_id int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE users SET seen = now() WHERE id = p_id; END $$',
    },
  ],
  check({ statement, report }) {
    const declared = String(
      unwrap(routineOption(statement, 'volatility')?.arg)?.fields.sval ?? 'volatile',
    ).toUpperCase();
    if (declared === 'VOLATILE') return;
    const word = findWords(statement.text, { start: 0, end: statement.text.length }, declared.toLowerCase());
    for (const inner of statement.inner) {
      const kind = inner.statement.kind ?? '';
      const command = WRITES[kind];
      if (command !== undefined && inner.body.use !== 'expression') {
        report({ at: firstWord(inner), message: 'writes', severity: 'error', values: { command, declared } });
        return;
      }
      if (declared !== 'IMMUTABLE' || !word || inner.body.use === 'dynamic') continue;
      if (inner.statement.tables.length > 0) {
        report({ at: word, message: 'reads' });
        return;
      }
      const changing = changingCall(inner.statement.tree);
      if (changing === undefined) continue;
      const better =
        changing === 'random' || changing === 'nextval' || changing === 'clock_timestamp' ? 'VOLATILE' : 'STABLE';
      report({ at: word, message: 'time', values: { call: changing, better } });
      return;
    }
  },
});

const WRITES: Readonly<Record<string, string | undefined>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
};

const CHANGING: ReadonlySet<string> = new Set(
  'now random nextval clock_timestamp statement_timestamp transaction_timestamp timeofday gen_random_uuid current_setting'.split(
    ' ',
  ),
);

/** The first call whose value changes. */
function changingCall(tree: unknown): string | undefined {
  let found: string | undefined;
  walk(tree, (type, fields) => {
    if (type === 'SQLValueFunction')
      found ??= String(fields.op)
        .replace(/^SVFOP_/, '')
        .toLowerCase();
    if (type === 'FuncCall' && CHANGING.has(functionName(fields) ?? '')) found ??= functionName(fields);
  });
  return found;
}

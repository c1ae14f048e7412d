import type { PeerRule } from './peerRule';

const COWS = '-- of a connected server\nCREATE TABLE cows (id bigint PRIMARY KEY, tag text, barn_id int);';

/** A function whose body is this. */
function body(statements: string, returns = 'void', options = ''): string {
  return `CREATE FUNCTION work() RETURNS ${returns} LANGUAGE plpgsql ${options} AS $$\n${statements}\n$$;`;
}

export const PLPGSQL_CHECK: readonly PeerRule[] = [
  {
    name: 'query has no destination for result data',
    sql: body('BEGIN SELECT id FROM cows; END'),
    rules: ['function/discarded-result'],
  },
  {
    name: 'column reference is ambiguous',
    schema: COWS,
    sql: 'CREATE FUNCTION find(tag text) RETURNS SETOF bigint LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT id FROM cows WHERE tag = tag; END $$;',
    rules: ['function/ambiguous-variable'],
  },
  {
    name: 'implicit cast in a condition (performance)',
    schema: COWS,
    sql: body('BEGIN PERFORM 1 FROM cows WHERE barn_id = 7.0; END'),
    rules: ['query/implicit-cast-on-column'],
  },
  {
    name: 'routine could be STABLE or IMMUTABLE (performance)',
    sql: "CREATE FUNCTION total(cow bigint) RETURNS numeric LANGUAGE sql AS 'SELECT sum(amount) FROM milkings WHERE cow_id = cow';",
    rules: ['function/could-be-stable'],
  },
  {
    name: 'volatility promised and not kept',
    sql: body('BEGIN RETURN (SELECT count(*) FROM cows); END', 'bigint', 'IMMUTABLE'),
    rules: ['function/volatility-too-strong'],
  },
  {
    name: 'text put into EXECUTE unquoted (security)',
    sql: "CREATE FUNCTION empty(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM ' || name; END $$;",
    rules: ['function/unquoted-dynamic-sql'],
  },
  {
    name: 'transaction control in a function',
    sql: body('BEGIN UPDATE cows SET tag = NULL WHERE id = 3; COMMIT; END'),
    rules: ['function/commit-in-function'],
  },
  {
    name: 'function does not exist with these arguments',
    schema: "CREATE FUNCTION weigh_cow(cow bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';",
    sql: 'SELECT weigh_cow(3, 4);',
    rules: ['function/arguments-do-not-fit'],
  },
  ...['relation does not exist', 'column does not exist'].map(name => ({
    name,
    without: 'a body may use what the migration around it adds, its callers made or its own EXECUTE makes',
  })),
  { name: 'unused variables and arguments', without: 'costs nothing when the function runs' },
  { name: 'shadowed variables', without: 'allowed by the language; a variable named like a column is found' },
  { name: 'dead code after RETURN', without: 'is never run, so it costs nothing' },
  {
    name: 'missing RETURN',
    without: 'needs the flow of the whole body; PostgreSQL reports it when the end is reached',
  },
  { name: 'OUT argument never set', without: 'needs the flow of the whole body; NULL may be meant' },
  { name: 'type modifier of a variable (performance)', without: 'the check of a length costs next to nothing' },
  {
    name: 'obsolete cursor names (compatibility)',
    without: 'about an upgrade past PostgreSQL 15, not about speed or results',
  },
];

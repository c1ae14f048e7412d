import { TokenKind } from '../../sql/lexer';
import { defineRule } from '../defineRule';
import { plpgsqlBody } from '../support/routineBody';

export const swallowedException = defineRule({
  id: 'function/swallowed-exception',
  since: '0.2.0',
  severity: 'warning',
  title: 'WHEN OTHERS that hides the error',
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'The handler catches every error and says nothing about it.',
    why: 'A misspelt function, a full disk or a lost permission looks like success. The block is also a subtransaction, so its changes are rolled back silently.',
    whenToIgnore: 'The result says that it failed, and the caller looks at it.',
  },
  messages: {
    nothing: 'Every error is caught and forgotten here; name the error that is expected, or RAISE it again.',
    value:
      'Every error becomes an ordinary result here, without a word in the log; RAISE WARNING with SQLERRM at least.',
    counted:
      'Every error is only counted here, a misspelt name like a deadlock; keep or RAISE the SQLERRM of one at least.',
  },
  examples: [
    {
      title: 'nothing happens',
      bad: 'DO $$ BEGIN PERFORM refresh_totals(); EXCEPTION WHEN OTHERS THEN NULL; END $$',
      flags: 'WHEN OTHERS THEN NULL',
    },
    {
      title: 'a number instead of an error',
      bad: 'CREATE FUNCTION n() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM x); EXCEPTION WHEN OTHERS THEN RETURN 0; END $$',
      flags: 'WHEN OTHERS THEN RETURN 0',
    },
    {
      title: 'counted and nothing else',
      bad: 'DO $$ DECLARE failed int := 0; BEGIN FOR i IN 1..9 LOOP BEGIN PERFORM probe(i); EXCEPTION WHEN OTHERS THEN failed := failed + 1; END; END LOOP; END $$',
      flags: 'WHEN OTHERS THEN failed := failed + 1',
    },
    {
      title: 'counted, with the last message',
      good: 'DO $$ DECLARE failed int := 0; last text; BEGIN BEGIN PERFORM probe(1); EXCEPTION WHEN OTHERS THEN failed := failed + 1; last := SQLERRM; END; END $$',
    },
    {
      title: 'a certain error counted',
      good: 'DO $$ DECLARE busy int := 0; BEGIN BEGIN PERFORM probe(1); EXCEPTION WHEN lock_not_available THEN busy := busy + 1; END; END $$',
    },
    {
      title: 'raised again',
      good: 'DO $$ BEGIN PERFORM refresh_totals(); EXCEPTION WHEN OTHERS THEN PERFORM unlock(); RAISE; END $$',
    },
    {
      title: 'written to the log',
      good: "DO $$ BEGIN PERFORM refresh_totals(); EXCEPTION WHEN OTHERS THEN RAISE WARNING 'totals: %', SQLERRM; END $$",
    },
    {
      title: 'the expected error only',
      good: 'DO $$ BEGIN CREATE TYPE mood AS ENUM (); EXCEPTION WHEN duplicate_object THEN NULL; END $$',
    },
    {
      title: 'kept in a table',
      good: 'DO $$ BEGIN PERFORM work(); EXCEPTION WHEN OTHERS THEN INSERT INTO failures (message) VALUES (SQLERRM); END $$',
    },
    {
      title: 'a value that is no number',
      good: 'CREATE FUNCTION is_number(v text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM v::numeric; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false; END $$',
    },
  ],
  check({ statement, report }) {
    const body = plpgsqlBody(statement);
    if (!body) return;
    const { tokens } = body;
    for (tokens.at = 0; !tokens.atEnd; tokens.at++) {
      if (tokens.kind() !== TokenKind.word || !tokens.is('when') || tokens.word(1) !== 'others') continue;
      if (tokens.word(2) !== 'then') continue;
      const first = tokens.word(3);
      const start = tokens.start();
      let ahead = 3;
      while (tokens.kind(tokens.at + ahead) !== TokenKind.semicolon && tokens.text(tokens.at + ahead) !== '') ahead++;
      const next = tokens.word(ahead + 1);
      const end = tokens.end(tokens.at + ahead - 1);
      const isOnly = next === 'end' || next === 'when';
      const handler = body.source.slice(start, end);
      if (/\bsql(?:errm|state)\b/i.test(handler)) continue;
      if ((first === 'null' && isOnly) || first === 'end') {
        const to = first === 'end' ? tokens.end(tokens.at + 2) : end;
        report({ at: { start, end: to }, message: 'nothing' });
      } else if (first === 'return' && isOnly && ahead <= 5 && !['false', 'next', 'query'].includes(tokens.word(4))) {
        // A question answered by false is what such a handler is for.
        report({ at: { start, end }, message: 'value', severity: 'info' });
      } else if (isOnly && /\bthen\s+(\w+)\s*:?=\s*\1\s*\+\s*1$/i.test(handler)) {
        report({ at: { start, end }, message: 'counted', severity: 'info' });
      }
    }
    tokens.at = 0;
  },
});

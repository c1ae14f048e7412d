import assert from 'node:assert/strict';
import { splitStatements } from '../../../src/core/sql/splitter';

function split(sql: string): string[] {
  return splitStatements(sql).map(({ start, end }) => sql.slice(start, end));
}

describe('core/sql/splitter', () => {
  const cases: Record<string, [sql: string, expected: string[]]> = {
    'splits at semicolons and leaves comments before a statement out': [
      '-- one\nselect 1; /* two; */ select 2 -- end\n;',
      ['select 1', 'select 2'],
    ],
    'takes a last statement without a semicolon': ['select 1; select 2', ['select 1', 'select 2']],
    'finds nothing in an empty script': [' ;; -- nothing\n', []],
    'skips semicolons in strings, names and dollar quotes': [
      `select ';', ";", $$;$$, $a$;$$;$a$; select 2`,
      [`select ';', ";", $$;$$, $a$;$$;$a$`, 'select 2'],
    ],
    'skips semicolons in nested comments': [
      'select /* ; /* ; */ ; */ 1; select 2',
      ['select /* ; /* ; */ ; */ 1', 'select 2'],
    ],
    'keeps a routine with BEGIN ATOMIC together': [
      'create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3',
      ['create function f() returns int begin atomic select 1; select case when true then 2 end; end', 'select 3'],
    ],
    'splits after BEGIN where it opens a transaction': [
      'begin; select 1; end; select 2',
      ['begin', 'select 1', 'end', 'select 2'],
    ],
    'keeps the commands of a rule together': [
      'create or replace rule r as on insert to t do also (insert into a values (1); delete from b); select 1',
      ['create or replace rule r as on insert to t do also (insert into a values (1); delete from b)', 'select 1'],
    ],
    'splits within parentheses left open': ['select (1; select 2', ['select (1', 'select 2']],
    'skips COPY data': ["copy t from stdin;\n1\tit's\n\\.\nselect 1;", ['copy t from stdin', 'select 1']],
    'skips COPY data with Windows line ends': [
      "copy t from stdin;\r\n1\tit's\r\n\\.\r\nselect 1;",
      ['copy t from stdin', 'select 1'],
    ],
    'takes no data where their end is missing': ['copy t from stdin;\nselect 1;', ['copy t from stdin', 'select 1']],
    'skips the data of \\copy': ["\\copy t from stdin\nit's\n\\.\nselect 1;", ['select 1']],
    'leaves out psql commands': ['\\set x 1\nselect 1;\n\\echo done;\nselect 2;', ['select 1', 'select 2']],
    'ends a statement at \\gset': ['select 1 \\gset\nselect 2;', ['select 1', 'select 2']],
    'forgets a statement at \\r': ['select 1 \\r\nselect 2;', ['select 2']],
    'splits at \\;': ['select 1\\; select 2;', ['select 1', 'select 2']],
  };
  for (const [behaviour, [sql, expected]] of Object.entries(cases)) {
    it(behaviour, () => assert.deepEqual(split(sql), expected));
  }
});

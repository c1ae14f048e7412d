import assert from 'node:assert/strict';
import { defineRule } from '../../../src/core/rules/defineRule';
import { lintText } from '../../rules/lintText';

const SCHEMA = `
  create table site (id int primary key, name text not null);
  create table camera (id int primary key, site_id int not null);`;

/** Says what each column of a statement resolves to. */
const resolving = defineRule({
  id: 'query/resolving',
  since: '0.1.0',
  severity: 'info',
  title: 'Resolves',
  docs: { problem: '', why: '', whenToIgnore: '' },
  messages: { seen: '{name}' },
  examples: [],
  check({ find, rangeOf, resolve, report }) {
    for (const match of find('ColumnRef')) {
      const known = resolve(match);
      const name = known
        ? `${known.relation.name}.${known.column.name}${known.column.notNull ? ' not null' : ''}`
        : '?';
      report({ at: rangeOf(match), message: 'seen', values: { name } });
    }
  },
});

describe('what a rule is told about a column', () => {
  const CASES: readonly (readonly [sql: string, ...columns: string[]])[] = [
    ['select id from site', 'site.id not null'],
    [
      'select s.name from camera c left join site s on s.id = c.site_id',
      'site.name',
      'site.id',
      'camera.site_id not null',
    ],
    [
      'with a as (select name as n from site) select n from a order by n',
      'site.name not null',
      'site.name not null',
      'site.name not null',
    ],
    ['select a.n from (select max(name) as n from site) a', '?', 'site.name not null'],
    ['select id, nowhere.id from nowhere, site', '?', '?'],
    ['select n from (select null as n union select name from site) u', '?', 'site.name not null'],
    [
      'do $$ declare id int; begin perform 1 from site where id = site.id and name = 1; end $$',
      '?',
      'site.id not null',
      'site.name not null',
    ],
  ];

  for (const [sql, ...columns] of CASES) {
    it(sql, async () => {
      const findings = await lintText(sql, { rules: [resolving], schema: SCHEMA });
      assert.deepEqual(
        findings.map(({ message }) => message),
        columns,
      );
    });
  }
});

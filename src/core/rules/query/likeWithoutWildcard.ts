import { defineRule } from '../defineRule';
import { typeFamily } from '../support/columnTypes';
import { asColumn, constantTextMatches, filteredQuery, operatorOf } from '../support/expressions';
import { matchBelow, textOfTree } from '../support/trees';

export const likeWithoutWildcard = defineRule({
  id: 'query/like-without-wildcard',
  since: '0.2.0',
  severity: 'hint',
  title: 'LIKE with a pattern that has no wildcard',
  nodes: ['AEXPR_LIKE', 'AEXPR_ILIKE'],
  docs: {
    problem: 'Without `%` or `_` LIKE asks for equality, or a wildcard has been forgotten.',
    why: '`=` says what is meant, and unlike LIKE it can be used for hash and merge joins and by every index on the column. ILIKE without a wildcard reads the whole table; an index on `lower(column)` serves `lower(column) = ...`.',
    whenToIgnore: 'The pattern is put together by a program and may have wildcards another time.',
  },
  messages: {
    equal: 'The pattern has no wildcard: this is {operator}.',
    ignoringCase: 'The pattern has no wildcard: this compares ignoring case, which an index on lower({column}) serves.',
  },
  examples: [
    {
      title: 'equality',
      bad: "SELECT id FROM cameras WHERE status LIKE 'active'",
      flags: "status LIKE 'active'",
      fixed: "SELECT id FROM cameras WHERE status = 'active'",
    },
    {
      title: 'its opposite',
      bad: "SELECT id FROM cameras WHERE status NOT LIKE 'retired' AND id > 7",
      flags: "status NOT LIKE 'retired'",
      fixed: "SELECT id FROM cameras WHERE status <> 'retired' AND id > 7",
    },
    {
      title: 'ignoring case',
      bad: "SELECT id FROM users WHERE email ILIKE 'ada@example.com'",
      flags: "email ILIKE 'ada@example.com'",
    },
    { title: 'a prefix', good: "SELECT id FROM cameras WHERE status LIKE 'act%'" },
    { title: 'one unknown character', good: "SELECT id FROM cameras WHERE code LIKE 'C_7'" },
    { title: 'a pattern known only at run time', good: 'SELECT id FROM cameras WHERE status LIKE $1' },
    { title: 'an escaped wildcard', good: "SELECT id FROM cameras WHERE code LIKE 'C\\_7'" },
    { title: 'equality', good: "SELECT id FROM cameras WHERE status = 'active'" },
    { title: 'an escape character of its own', good: "SELECT id FROM cameras WHERE code LIKE 'C#7' ESCAPE '#'" },
  ],
  check({ statement, find, rangeOf, resolve, report }) {
    for (const like of find('A_Expr')) {
      const { kind, lexpr, rexpr } = like.fields;
      if (kind !== 'AEXPR_LIKE' && kind !== 'AEXPR_ILIKE') continue;
      const column = asColumn(lexpr);
      if (constantTextMatches(rexpr, WILDCARD) !== false || !column || !filteredQuery(like)) continue;
      const at = rangeOf(like);
      // A placeholder of the host language may stand in the pattern.
      if (!textOfTree(statement, rexpr)?.includes("'")) continue;
      const operator = operatorOf(like.fields)?.startsWith('!') ? '<>' : '=';
      if (kind === 'AEXPR_ILIKE') {
        if (operator === '=' && constantTextMatches(rexpr, LETTER)) {
          report({ at, message: 'ignoringCase', values: { column: column.name } });
        }
        continue;
      }
      const match = matchBelow(like, 'lexpr', lexpr);
      const family = typeFamily(match && resolve(match)?.column.type);
      const newText = `${textOfTree(statement, lexpr)} ${operator} ${textOfTree(statement, rexpr)}`;
      report({
        at,
        message: 'equal',
        values: { operator },
        // char(n) pads for `=`, and citext has its own idea of both.
        fixes: [{ title: `Write ${operator}`, safe: family === 'text', edits: [{ range: at, newText }] }],
      });
    }
  },
});

const WILDCARD = /[%_\\]/;
const LETTER = /[a-z]/i;

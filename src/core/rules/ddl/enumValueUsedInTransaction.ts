import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import type { NodeMatch } from '../nodeIndex';
import { castType, list, stringConstant, stringValue } from '../support/expressions';

export const enumValueUsedInTransaction = defineRule({
  id: 'ddl/enum-value-used-in-transaction',
  since: '0.2.0',
  severity: 'warning',
  needs: ['file'],
  title: 'New enum value used in the transaction that adds it',
  nodes: ['A_Const'],
  docs: {
    problem: 'PostgreSQL refuses it: "unsafe use of new value"; the value must be committed first.',
    why: 'An index could otherwise keep a value that a rollback takes away again. Commit after `ALTER TYPE ... ADD VALUE`. Since PostgreSQL 17 the value of a type created in the same transaction may be used.',
    whenToIgnore: 'The text only happens to be the same as the new value.',
  },
  messages: {
    certain: 'This fails: {value} was added to {type} in this transaction and cannot be used before COMMIT.',
    likely:
      'If this is a value of {type}, it fails: {value} was added in this transaction and cannot be used before COMMIT.',
  },
  examples: [
    {
      title: 'using it at once',
      bad: "BEGIN;\nALTER TYPE mood ADD VALUE 'bored';\nUPDATE people SET mood = 'bored' WHERE id = 1;\nCOMMIT;",
      flags: "'bored'",
    },
    {
      title: 'with its type',
      bad: "BEGIN; ALTER TYPE mood ADD VALUE IF NOT EXISTS 'bored'; ALTER TABLE people ALTER mood SET DEFAULT 'bored'::mood; COMMIT;",
      flags: "'bored'::mood",
    },
    {
      title: 'committed first',
      good: "BEGIN; ALTER TYPE mood ADD VALUE 'bored'; COMMIT; UPDATE people SET mood = 'bored' WHERE id = 1;",
    },
    {
      title: 'a type created in the same transaction',
      good: "BEGIN; CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood ADD VALUE 'bored'; UPDATE people SET mood = 'bored' WHERE id = 1; COMMIT;",
    },
    {
      title: 'another value',
      good: "BEGIN; ALTER TYPE mood ADD VALUE 'bored'; UPDATE people SET mood = 'ok' WHERE id = 1; COMMIT;",
    },
    {
      title: 'a renamed value',
      good: "BEGIN; ALTER TYPE mood RENAME VALUE 'a' TO 'b'; UPDATE people SET mood = 'b' WHERE id = 1; COMMIT;",
    },
    {
      title: 'a comment about it',
      good: "BEGIN; ALTER TYPE mood ADD VALUE 'bored'; COMMENT ON TYPE mood IS 'bored'; COMMIT;",
    },
  ],
  check({ statement, file, serverVersion, find, rangeOf, report }) {
    if (statement.kind === 'AlterEnumStmt') return;
    if (!file.inTransaction || file.earlier(TOPICS.enumValue).length === 0) return;
    const earlier = file.earlierInTransaction();
    const added = new Map<string, string>();
    const created = new Set<string>();
    for (const { kind, tree } of earlier) {
      const fields = unwrap(tree)?.fields;
      const type = list(fields?.typeName).map(stringValue).at(-1) ?? '';
      // Before PostgreSQL 17 even the values of a new type had to be committed.
      if (kind === 'CreateEnumStmt' && (serverVersion === undefined || serverVersion >= 170000)) created.add(type);
      else if (kind === 'AlterEnumStmt' && fields?.oldVal === undefined && !created.has(type)) {
        added.set(String(fields?.newVal), type);
      }
    }
    for (const constant of find('A_Const')) {
      const value = stringConstant({ A_Const: constant.fields });
      const type = value === undefined ? undefined : added.get(value);
      if (type === undefined) continue;
      const cast = castAround(constant);
      const name = cast && castType(cast.fields);
      if (name !== undefined && name !== type) continue;
      const values = { value: `'${value}'`, type };
      if (cast) report({ at: rangeOf(cast), message: 'certain', values, severity: 'error' });
      else report({ at: rangeOf(constant), message: 'likely', values });
    }
  },
});

function castAround(node: NodeMatch): NodeMatch | undefined {
  return node.parent?.type === 'TypeCast' ? node.parent : undefined;
}

import { APPLICATION, shared } from './peerRule';
import type { PeerRule } from './peerRule';
import { PG_INDEX_HEALTH } from './pgIndexHealth';
import { PGRUBIC } from './pgrubic';

export const DATABASE_CONSISTENCY: readonly PeerRule[] = [
  ...shared(PG_INDEX_HEALTH, {
    ForeignKeyTypeChecker: 'foreign keys with unmatched type',
    MissingIndexChecker: 'foreign keys without index',
    PrimaryKeyTypeChecker: 'sequence overflow',
    RedundantIndexChecker: 'intersected indexes',
  }),
  ...shared(PGRUBIC, { ThreeStateBooleanChecker: 'TP017 nullable boolean' }),
  {
    name: 'RedundantUniqueIndexChecker',
    sql: 'CREATE TABLE cows (id bigint PRIMARY KEY, tag text UNIQUE); CREATE UNIQUE INDEX cows_tag_key2 ON cows (tag);',
    rules: ['index/duplicate-index'],
  },
  {
    name: 'ImplicitOrderingChecker',
    sql: 'SELECT id FROM sessions WHERE user_id = 4 LIMIT 20;',
    rules: ['query/limit-without-order-by'],
  },
  {
    name: 'CaseSensitiveUniqueValidationChecker',
    schema: '-- users: 900000 rows\nCREATE TABLE users (id bigint PRIMARY KEY, email text);',
    sql: "SELECT 1 FROM users WHERE lower(email) = 'ada@example.org';",
    rules: ['query/function-on-column'],
  },
  {
    name: 'MissingIndexFindByChecker',
    without: 'which index is missing the advisor tells from the plans of the queries',
  },
  ...[
    'ForeignKeyChecker',
    'ForeignKeyCascadeChecker',
    'MissingAssociationClassChecker',
    'MissingDependentDestroyChecker',
    'PolymorphicAssociationNullabilityChecker',
    'EnumValueChecker',
    'EnumTypeChecker',
    'LengthConstraintChecker',
    'NullConstraintChecker',
    'UniqueIndexChecker',
    'MissingTableChecker',
    'ViewPrimaryKeyChecker',
    'MissingUniqueIndexChecker',
    'ColumnPresenceChecker',
    'NumericalityConstraintChecker',
  ].map(name => ({ name, without: APPLICATION })),
];

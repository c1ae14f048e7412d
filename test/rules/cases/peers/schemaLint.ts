import { ACCESS, NAMING, shared } from './peerRule';
import type { PeerRule } from './peerRule';
import { PGRUBIC } from './pgrubic';

/** Its built-in rules, the types it is told to forbid being those of the wiki's list. */
export const SCHEMALINT: readonly PeerRule[] = [
  ...shared(PGRUBIC, {
    'prefer-jsonb-to-json': 'TP008 json',
    'prefer-text-to-varchar': 'TP005 varchar',
    'prefer-timestamptz-to-timestamp': 'TP001 timestamp without time zone',
    'prefer-identity-to-serial': 'TP007 serial',
    'require-primary-key': 'GN004 missing primary key',
  }),
  {
    name: 'name-casing',
    sql: 'CREATE TABLE "CowsOfFarm" (id bigint PRIMARY KEY);',
    rules: ['schema/quoted-mixed-case'],
  },
  { name: 'name-inflection', without: NAMING },
  { name: 'mandatory-columns', without: NAMING },
  {
    name: 'index-referencing-column',
    sql: 'CREATE TABLE barns (id bigint PRIMARY KEY); CREATE TABLE cows (id bigint PRIMARY KEY, barn_id bigint REFERENCES barns);',
    rules: ['schema/foreign-key-without-index'],
  },
  { name: 'reference-actions', without: 'which action is right the relation decides' },
  { name: 'row-level-security', without: ACCESS },
];

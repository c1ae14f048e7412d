import type { ReviewedSetting } from '../../src/core/profiles/reviewProfile';
import type { KeptRun, ReviewView } from '../../src/protocol/profilePage';

export function settingOf(name: string, more: Partial<ReviewedSetting> = {}): ReviewedSetting {
  return {
    name,
    group: 'Resource Usage / Memory',
    description: `Sets ${name}.`,
    now: '4MB',
    origin: 'PostgreSQL’s default',
    value: '16MB',
    boot: '4MB',
    unit: 'kB',
    takesEffect: 'reload',
    state: 'differs',
    reason: 'a quarter of RAM shared by 100 connections',
    citation: 'Guide 000, Production Performance Tuning, section "PostgreSQL Performance Settings"',
    risk: { level: 'medium', text: 'counts for each sort and hash of each session' },
    refused: null,
    pendingRestart: false,
    caution: null,
    ...more,
  };
}

const RUN: KeptRun = {
  id: 'r1',
  connectionId: 'shop',
  server: '7412',
  database: 'shop',
  profileId: 'camera-production',
  at: '2026-03-04T05:06:07.000Z',
  record: {
    version: 1,
    entriesBefore: [{ name: 'work_mem', value: '4MB' }],
    changes: [
      { name: 'work_mem', wanted: '16MB', outcome: 'effective', shown: '16MB', after: '16MB' },
      { name: 'max_connections', wanted: '200', outcome: 'pending restart', shown: '100', after: '200' },
      { name: 'jit', wanted: 'maybe', outcome: 'refused', reason: 'parameter "jit" requires a Boolean value' },
    ],
  },
};

const UNDONE: KeptRun = {
  ...RUN,
  id: 'r0',
  at: '2026-03-03T05:06:07.000Z',
  record: {
    ...RUN.record,
    scope: { kind: 'table', schema: 'public', table: 'orders' },
    changes: RUN.record.changes.slice(0, 1),
  },
  undone: [{ name: 'work_mem', outcome: 'kept', reason: "it was changed since: '8MB' instead of '16MB'" }],
};

/** A review with something in every place. */
export const REVIEW: ReviewView = {
  state: 'review',
  connection: 'shop',
  role: 'production',
  machine: {},
  file: 'queries.sql',
  runs: [RUN, UNDONE],
  review: {
    profiles: [
      { id: 'ours', title: 'Ours', origin: 'own' },
      { id: 'computed-web', title: 'Computed from the machine: web application', origin: 'computed' },
      { id: 'camera-production', title: 'AI-camera counting, production', origin: 'guide' },
    ],
    profileId: 'camera-production',
    scope: { kind: 'system' },
    databases: ['postgres', 'shop'],
    roles: ['postgres', 'reader'],
    server: { text: '18.4', identifier: '7412', user: 'postgres', database: 'shop', service: null, permission: null },
    machine: {
      ramBytes: 8 * 1024 ** 3,
      cores: 4,
      storage: 'ssd',
      connections: 100,
      known: { ram: 'server', cores: 'server', connections: 'assumed' },
    },
    settings: [
      settingOf('work_mem'),
      settingOf('shared_buffers', { value: '2GB', now: '128MB', boot: '128MB', unit: '8kB', takesEffect: 'restart' }),
      settingOf('maintenance_work_mem', { state: 'same', value: '64MB', now: '64MB', risk: null }),
      settingOf('random_page_cost', {
        group: 'Query Tuning / Planner Cost Constants',
        value: '1.1',
        now: '4',
        boot: '4',
        unit: null,
        caution: 'the server was started with this setting on its command line, which goes before ALTER SYSTEM',
      }),
      settingOf('log_statement', {
        group: 'Reporting and Logging / What to Log',
        value: 'all',
        now: 'none',
        boot: 'none',
        unit: null,
        state: 'refused',
        refused: 'logs every statement with its values: heavy in production and leaks data',
      }),
      settingOf('shared_preload_libraries', {
        group: 'Client Connection Defaults / Shared Library Preloading',
        value: 'pg_stat_statements',
        now: '',
        boot: '',
        unit: null,
        takesEffect: 'restart',
        risk: { level: 'high', text: 'a library that cannot be loaded keeps the server from starting' },
      }),
    ],
    tables: [
      {
        schema: 'public',
        table: 'orders',
        rows: 120_000,
        bytes: 30_000_000,
        activity: '12,000 inserted, 90,000 updated (41 % HOT), 300 deleted, 9,000 dead now',
        parameters: [
          {
            name: 'fillfactor',
            now: '100',
            value: '90',
            by: 'measured',
            reason: '90,000 updates, 41 % of them without a new index entry (HOT)',
            source: 'PostgreSQL manual, CREATE TABLE, fillfactor',
            wrong: null,
            impossible: false,
          },
          {
            name: 'fillfactor',
            now: '100',
            value: '80',
            by: 'guide',
            reason: 'many updates',
            source: 'Guide 002, Smart Dairy, section "3.2 Autovacuum Tuning"',
            wrong: 'it reaches pages written from now on only',
            impossible: false,
          },
        ],
      },
      {
        schema: 'farm',
        table: 'milk',
        rows: 0,
        bytes: 0,
        activity: 'partitioned: its partitions have the rows',
        parameters: [
          {
            name: 'autovacuum_vacuum_scale_factor',
            now: 'as the server',
            value: '0.01',
            by: 'guide',
            reason: 'many inserts',
            source: 'Guide 002',
            wrong: 'the table is partitioned and takes no storage parameters',
            impossible: true,
          },
        ],
      },
    ],
    tableNotes: ['counted over 12 days'],
  },
  trial: {
    source: 'queries.sql',
    prices: { random_page_cost: '1.1' },
    means: { work_mem: '16MB' },
    left: [{ name: 'shared_buffers', why: 'needs a restart' }],
    statements: [
      {
        id: 1,
        sql: 'select * from orders where customer_id between 1 and 130',
        place: 'queries.sql:3',
        calls: 1,
        changed: true,
        nodesBefore: ['Seq Scan on orders'],
        nodesAfter: ['Index Scan using orders_customer_idx on orders'],
        costBefore: 3210,
        costAfter: 4101.5,
        measured: { runs: 3, beforeMs: 21.3, afterMs: 8.2, beforeBlocks: 900, afterBlocks: 120 },
      },
      {
        id: 2,
        sql: 'select 1',
        calls: 1,
        changed: false,
        nodesBefore: [],
        nodesAfter: [],
        costBefore: 0.01,
        costAfter: null,
        notMeasured: 'it has parameters without values',
      },
    ],
    skipped: [{ id: 3, sql: 'select * from nowhere', reason: 'relation "nowhere" does not exist' }],
    notes: [],
  },
};

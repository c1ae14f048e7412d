import { GIB, type Profile } from './profile';

const COMPUTED = [
  'shared_buffers',
  'effective_cache_size',
  'work_mem',
  'maintenance_work_mem',
  'max_connections',
  'max_worker_processes',
  'max_parallel_workers',
  'max_parallel_workers_per_gather',
  'max_wal_size',
  'random_page_cost',
  'effective_io_concurrency',
  'checkpoint_completion_target',
].map(name => ({ name, guideValue: null }));

/** Profiles whose every value is computed from the machine. */
export const COMPUTED_PROFILES: readonly Profile[] = [
  {
    id: 'computed-oltp',
    guide: null,
    title: 'Computed from the machine, many short transactions',
    assumes: { ramBytes: 16 * GIB, cores: 4, connections: 200 },
    settings: COMPUTED,
  },
  {
    id: 'computed-analytics',
    guide: null,
    title: 'Computed from the machine, few long queries',
    assumes: { ramBytes: 64 * GIB, cores: 16, connections: 40 },
    settings: COMPUTED,
  },
];

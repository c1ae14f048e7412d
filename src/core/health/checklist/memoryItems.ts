import { formatBytes, formatCount } from '../../base/units';
import type { ChecklistFinding, ChecklistFacts, ChecklistItem } from './checklist';
import { CHECKLIST } from './section';

/** A share of the machine's memory, beside the range it should be in. */
function share(
  bytes: number,
  { ramBytes }: ChecklistFacts,
  low: number,
  high: number,
  remedy: string,
): ChecklistFinding {
  if (ramBytes === undefined) {
    return {
      verdict: 'cannot be seen',
      figure: `${formatBytes(bytes)}; the server does not say how much memory its machine has`,
      remedy: 'Connect as a member of pg_read_server_files, or compare with --ram: query-tuner profile diff',
    };
  }
  const percent = (100 * bytes) / ramBytes;
  return {
    verdict: percent >= low && percent <= high ? 'pass' : 'fail',
    figure: `${formatBytes(bytes)}, ${formatCount(Math.round(percent))} % of ${formatBytes(ramBytes)}`,
    remedy,
  };
}

const PROFILE =
  'query-tuner profile diff computed-oltp (or another one of profile list) shows the value for this machine';

export const MEMORY_ITEMS: readonly ChecklistItem[] = [
  {
    id: 'shared-buffers',
    title: 'shared_buffers is about a quarter of the memory',
    target: '15 % to 40 % of RAM',
    correction:
      'A starting point, not a target: more than 40 % rarely helps (manual, 19.4.1 Memory), and a small database needs less.',
    guideline: CHECKLIST,
    evaluate: facts => share(facts.sharedBuffersBytes, facts, 15, 40, PROFILE),
  },
  {
    id: 'effective-cache-size',
    title: 'effective_cache_size is about three quarters of the memory',
    target: '50 % to 80 % of RAM',
    correction:
      'It reserves nothing; it only tells the planner what caches may hold. Guides 003 and 004 set all of the memory.',
    guideline: CHECKLIST,
    evaluate: facts => share(facts.effectiveCacheBytes, facts, 50, 80, PROFILE),
  },
  {
    id: 'work-mem',
    title: 'work_mem fits the queries and the memory',
    target: 'few temporary files, and a sort in every session fits into the memory',
    correction:
      'Guide 002 itself sets 256 MB for 500 connections: 125 GB on a machine of 64 GB, and twice that for hashes. Rather more for one role or one query.',
    guideline: CHECKLIST,
    evaluate: workMem,
  },
];

function workMem({
  workMemBytes,
  maxConnections,
  hashMemMultiplier,
  ramBytes,
  sharedBuffersBytes,
  checks,
}: ChecklistFacts): ChecklistFinding {
  const files = checks.get('temporary-files');
  const most = workMemBytes * hashMemMultiplier * maxConnections;
  const demand = `${formatBytes(workMemBytes)} x ${formatCount(maxConnections)} connections x ${hashMemMultiplier} for hashes = ${formatBytes(most)}`;
  const figure = [
    ramBytes === undefined ? demand : `${demand} of ${formatBytes(ramBytes)}`,
    files ? `temporary files: ${files.shown || files.detail}` : '',
  ];
  const told = figure.filter(Boolean).join('; ');
  if (ramBytes !== undefined && most + sharedBuffersBytes > ramBytes) {
    return {
      verdict: 'fail',
      figure: told,
      remedy: 'Lower work_mem or max_connections, with a pooler before the server.',
    };
  }
  if (files?.status === 'warning' || files?.status === 'critical') {
    return {
      verdict: 'fail',
      figure: told,
      remedy: 'ALTER ROLE ... SET work_mem for the role whose queries write them.',
    };
  }
  // Without the size of the machine nobody knows whether so much is there.
  return {
    verdict: ramBytes === undefined ? 'cannot be seen' : 'pass',
    figure: told,
    remedy: 'Compare with --ram: query-tuner profile diff',
  };
}

import type { Catalog } from '../../../catalog/catalog';
import type { ExplainStep } from '../../../plan/nextStep';
import type { PlanTree } from '../../../plan/planTree';

/** ExplainSQL's silence: temporary files this small stay in the operating system's cache. */
const SMALL_BYTES = 10 * 1024 * 1024;
const SMALL_SHARE = 0.05;
/** Ours: such a file is never worth a word, however little else the statement does. */
const TINY_BYTES = 1024 * 1024;

/** True if neither the size of a spill nor the time of its node is worth a word. */
export function isSmallSpill(bytes: number, timeShare: number): boolean {
  return bytes < TINY_BYTES || (bytes < SMALL_BYTES && timeShare < SMALL_SHARE);
}

const MEGABYTE = 1024 * 1024;
/** Ours: more for one node of one statement is nothing to try on somebody's server. */
const MOST_MEGABYTES = 2048;

/** The value of work_mem, a power of two in MB, that holds so many bytes; undefined beyond 2 GB. */
export function workMemFor(bytes: number): string | undefined {
  const megabytes = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / MEGABYTE)));
  return megabytes > MOST_MEGABYTES ? undefined : `${megabytes}MB`;
}

/** Run once more with so much work_mem, by SET LOCAL. */
export function tryWorkMem(bytes: number): ExplainStep[] {
  const workMem = workMemFor(bytes);
  if (workMem === undefined) return [];
  return [{ kind: 'explain', title: `Try with work_mem = ${workMem}`, settings: { work_mem: workMem } }];
}

/** What to say about it in a sentence. */
export function workMemAdvice(bytes: number, otherwise: string): string {
  const workMem = workMemFor(bytes);
  if (workMem === undefined) return `It would need more than 2 GB of work_mem: ${otherwise}.`;
  return `Try SET LOCAL work_mem = '${workMem}' for this statement, or ${otherwise}.`;
}

/**
 * In memory a sorted row has a fixed part beside its columns: the array's entry (24 bytes, SortTuple), the tuple's header
 * (16) and the allocator's (8 to 16). The array doubles when it is full.
 */
export function sortMemory(rows: number, width: number): number {
  const row = 8 * Math.ceil(width / 8) + 56;
  return rows * row * 1.25;
}

/** hash_mem_multiplier, as far as is known: 2 from 15 on, 1 before; it came with 13. */
export function hashMemMultiplier(tree: PlanTree, catalog: Catalog | undefined): number {
  const set = tree.settings['hash_mem_multiplier'] ?? catalog?.settings['hash_mem_multiplier'];
  const value = Number(set);
  if (set !== undefined && Number.isFinite(value) && value >= 1) return value;
  return (catalog?.serverVersion ?? 0) >= 150000 ? 2 : 1;
}

/** tbm_calculate_entries: a page of a bitmap takes 64 bytes in its hash table; twice for the table's growth. */
export function bitmapMemory(pages: number): number {
  return pages * 64 * 2;
}

/** ExplainSQL's silence: temporary files this small stay in the operating system's cache. */
const SMALL_BYTES = 10 * 1024 * 1024;
const SMALL_SHARE = 0.05;

/** True if neither the size of a spill nor the time of its node is worth a word. */
export function isSmallSpill(bytes: number, timeShare: number): boolean {
  return bytes < SMALL_BYTES && timeShare < SMALL_SHARE;
}

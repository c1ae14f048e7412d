/** Steps of a walk: each is counted and printed; the first that fails ends the walk. */

export class Steps {
  passed = 0;
  failed = 0;

  /** @param onFailure called before the failure is passed on, for a screenshot. */
  constructor(onFailure) {
    this.onFailure = onFailure;
  }

  /** Runs one step and returns its result. */
  async run(title, work) {
    const startedAt = Date.now();
    try {
      const result = await work();
      this.passed++;
      console.log(`  ✓ ${title} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
      return result;
    } catch (error) {
      this.failed++;
      console.log(`  ✗ ${title}\n${String(error?.stack ?? error).replace(/^/gm, '      ')}`);
      await this.onFailure?.(title);
      throw error;
    }
  }
}

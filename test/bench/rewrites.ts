import { GUIDE_PAIRS } from '../database/rewrites/guidePairs';
import { startGuides } from '../database/rewrites/guideRun';

const MAJOR = 18;
/** Rows of the largest tables, as in the measurements of the guides. */
const ROWS = Number(process.env['REWRITE_ROWS'] ?? 300_000);

/** Every query of the guides, as they write it and as we do, on tables of their size. */
export async function benchRewrites(): Promise<void> {
  console.log(`rewrites: pairs of the guides, ${ROWS.toLocaleString('en-US')} rows, PostgreSQL ${MAJOR}`);
  const guides = await startGuides(MAJOR, ROWS);
  try {
    for (const pair of GUIDE_PAIRS) {
      try {
        await guides.tryPair(pair);
      } catch (error) {
        console.log(`        ${pair.place} ${pair.title}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await guides.stop();
  }
}

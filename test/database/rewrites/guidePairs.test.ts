import { installedMajors } from '../../../src/database/embeddedBinaries';
import { GUIDE_PAIRS } from './guidePairs';
import { startGuides, type GuideServer } from './guideRun';

const MAJOR = 18;
/** Enough for an index to matter, few enough for a test. `npm run bench -- rewrites` takes more. */
const ROWS = 12_000;

/** Every query that the guides show as slow, optimized or exemplary: what we make of it, and what that gains. */
describe('pairs of the guides', function () {
  this.timeout(120_000);
  let guides: GuideServer | undefined;

  before(async function () {
    if (!installedMajors().includes(MAJOR)) {
      if (process.env['CI']) throw new Error(`PostgreSQL ${MAJOR} is not installed`);
      console.warn(`      skipped: no embedded PostgreSQL ${MAJOR} is installed`);
      this.skip();
    }
    guides = await startGuides(MAJOR, ROWS);
  });

  after(() => guides?.stop());

  for (const pair of GUIDE_PAIRS) it(`${pair.place} ${pair.title}`, () => guides!.tryPair(pair));
});

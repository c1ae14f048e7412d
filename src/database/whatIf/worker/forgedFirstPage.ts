import type { GinCounters } from '../../../core/advisor/indexes/ginSize';

/** PageGetContents: behind the page's header. */
const CONTENTS = 24;

// Names and numbers of PostgreSQL's ginblock.h and brin_page.h.
const GIN_CURRENT_VERSION = 2;
const BRIN_META_MAGIC = 0xa8109cfa;
/** Entries on a page of a BRIN index's range map: REVMAP_PAGE_MAXITEMS, for pages of 8 kB. */
const REVMAP_ITEMS = 1360;

/** Edits the first page of an index in place, if it is what it should be. */
export type EditPage = (page: DataView) => void;

/** Gives a GIN index of `pages` blocks the counters that its build or the last VACUUM would have left (GinMetaPageData). */
export function withGinCounters({ entries, entryPages, dataPages }: GinCounters, pages: number): EditPage {
  return page => {
    if (page.getInt32(CONTENTS + 48, true) !== GIN_CURRENT_VERSION) return;
    page.setUint32(CONTENTS + 24, pages, true);
    page.setUint32(CONTENTS + 28, entryPages, true);
    page.setUint32(CONTENTS + 32, dataPages, true);
    page.setBigInt64(CONTENTS + 40, BigInt(Math.round(entries)), true);
  };
}

/** Gives a BRIN index the length of range map that a table of so many blocks needs (BrinMetaPageData). */
export function withRangeMap(tablePages: number): EditPage {
  return page => {
    if (page.getUint32(CONTENTS, true) !== BRIN_META_MAGIC) return;
    const ranges = Math.ceil(tablePages / Math.max(1, page.getUint32(CONTENTS + 8, true)));
    page.setUint32(CONTENTS + 12, Math.max(1, Math.ceil(ranges / REVMAP_ITEMS)), true);
  };
}

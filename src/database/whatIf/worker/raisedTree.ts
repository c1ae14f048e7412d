const PAGE_BYTES = 8192;
/** Where the special space of a B-tree page begins: its last 16 bytes. */
const SPECIAL = PAGE_BYTES - 16;
const LINE_POINTERS = 24;

// Names and numbers of PostgreSQL's nbtree.h and itup.h.
const BTREE_MAGIC = 0x053162;
const BTP_LEAF = 1;
const BTP_ROOT = 2;
const INDEX_ALT_TID_MASK = 0x2000;
const LP_NORMAL = 1;

/**
 * The file of a B-tree without entries that is `height` levels tall: its first page, given as PostgreSQL made it,
 * then one inner page per level with a single downlink, then an empty leaf. Undefined if the page is no B-tree's.
 */
export function raisedTree(metaPage: Uint8Array, height: number): Uint8Array | undefined {
  const file = new Uint8Array((height + 2) * PAGE_BYTES);
  file.set(metaPage.subarray(0, PAGE_BYTES));
  const meta = new DataView(file.buffer, 0, PAGE_BYTES);
  if (meta.getUint32(LINE_POINTERS, true) !== BTREE_MAGIC) return undefined;
  // btm_root, btm_level, btm_fastroot, btm_fastlevel
  [1, height, 1, height].forEach((value, i) => meta.setUint32(LINE_POINTERS + 8 + 4 * i, value, true));
  for (let level = height; level >= 0; level--) {
    const block = height - level + 1;
    const page = new DataView(file.buffer, block * PAGE_BYTES, PAGE_BYTES);
    const isLeaf = level === 0;
    writeHeader(page, isLeaf ? 0 : 8);
    if (!isLeaf) writeDownlink(page, block + 1);
    page.setUint32(SPECIAL + 8, level, true);
    page.setUint16(SPECIAL + 12, (isLeaf ? BTP_LEAF : 0) | (level === height ? BTP_ROOT : 0), true);
  }
  return file;
}

function writeHeader(page: DataView, itemBytes: number): void {
  page.setUint16(12, LINE_POINTERS + (itemBytes > 0 ? 4 : 0), true); // pd_lower
  page.setUint16(14, SPECIAL - itemBytes, true); // pd_upper
  page.setUint16(16, SPECIAL, true); // pd_special
  page.setUint16(18, PAGE_BYTES | 4, true); // page size and layout version 4
}

/** The leftmost entry of an inner page has no key: it stands for "less than everything". */
function writeDownlink(page: DataView, block: number): void {
  const offset = SPECIAL - 8;
  page.setUint32(LINE_POINTERS, (offset | (LP_NORMAL << 15) | (8 << 17)) >>> 0, true);
  page.setUint16(offset, block >>> 16, true);
  page.setUint16(offset + 2, block & 0xffff, true);
  page.setUint16(offset + 6, 8 | INDEX_ALT_TID_MASK, true);
}

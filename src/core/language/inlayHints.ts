import type { SourceRange } from '../base/sourceRange';
import { formatCount } from '../base/units';
import type { Catalog } from '../catalog/catalog';
import type { LanguageScript } from './place';
import { occurrencesAt, placesIn } from './place';

export interface InlayHint {
  /** Offset of the document that it stands behind. */
  readonly offset: number;
  readonly label: string;
  readonly tooltip: string;
}

/** How many rows each table of the statements in a range is thought to have. */
export function inlayHints(script: LanguageScript, within: SourceRange, catalog: Catalog | undefined): InlayHint[] {
  if (!catalog) return [];
  const hints: InlayHint[] = [];
  for (const place of placesIn(script, within)) {
    for (const { thing, role, range } of occurrencesAt(place, catalog)) {
      if (thing.kind !== 'relation' || role === 'definition' || thing.relation?.rowEstimate === undefined) continue;
      const offset = place.start + range.end;
      if (offset < within.start || offset > within.end || isQualifier(place.statement.text, range.end)) continue;
      const rows = thing.relation.rowEstimate;
      hints.push({
        offset,
        label: `≈ ${shortCount(rows)} rows`,
        tooltip: `${formatCount(rows)} rows when the table was last analysed or vacuumed`,
      });
    }
  }
  return hints;
}

function isQualifier(text: string, end: number): boolean {
  return /^\s*\./.test(text.slice(end, end + 20));
}

/** "830", "12 k", "1.4 M", "2 G". */
function shortCount(rows: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let value = rows;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(value < 10 && unit > 0 ? 2 : 3))}${units[unit]}`;
}

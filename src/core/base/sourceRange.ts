/** A half-open stretch of text, in UTF-16 code units from the start of the document or statement it belongs to. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** The same range seen from a text that begins `by` code units earlier. */
export function shiftRange(range: SourceRange, by: number): SourceRange {
  return { start: range.start + by, end: range.end + by };
}

/** True if the two ranges share at least one code unit, or one is an empty range inside the other. */
export function rangesOverlap(a: SourceRange, b: SourceRange): boolean {
  return a.start < b.end && b.start < a.end;
}

/** True if `offset` lies in the range or at either of its ends. */
export function rangeContains(range: SourceRange, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

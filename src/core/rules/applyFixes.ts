import { rangesOverlap } from '../base/sourceRange';
import type { Edit, Finding } from './finding';

/**
 * The edits of the safe fixes of findings, one fix a finding, in the order of the text. A fix that touches what an
 * earlier one changes is left for the next round.
 */
export function safeEdits(findings: readonly Finding[]): Edit[] {
  const taken: Edit[] = [];
  for (const finding of findings) {
    const fix = finding.fixes.find(({ safe }) => safe);
    if (!fix || fix.edits.some(edit => taken.some(other => touches(edit, other)))) continue;
    taken.push(...fix.edits);
  }
  return taken.sort((a, b) => a.range.start - b.range.start);
}

/** The text after edits that do not overlap; offsets are those of the text before. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { range, newText } of [...edits].sort((a, b) => a.range.start - b.range.start)) {
    parts.push(text.slice(at, range.start), newText);
    at = range.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** Two insertions at one place touch too: which comes first would be chance. */
function touches(a: Edit, b: Edit): boolean {
  return rangesOverlap(a.range, b.range) || a.range.start === b.range.start;
}

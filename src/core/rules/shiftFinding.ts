import { shiftRange } from '../base/sourceRange';
import type { SourceRange } from '../base/sourceRange';
import type { Finding, Fix } from './finding';

/** The finding as seen from a text that begins `by` code units earlier. Runs for every finding shown after an edit. */
export function shiftFinding(finding: Finding, by: number): Finding {
  if (by === 0) return finding;
  const { rule, severity, message, guideline, related, fixes, evidence } = finding;
  return {
    rule,
    severity,
    message,
    range: shiftRange(finding.range, by),
    guideline,
    related: related?.map(place => ({ ...place, range: shiftRange(place.range, by) })),
    fixes: fixes.length === 0 ? fixes : fixes.map(fix => shiftFix(fix, by)),
    evidence,
  };
}

function shiftFix({ title, edits, safe, facts }: Fix, by: number): Fix {
  return {
    title,
    edits: edits.map(({ range, newText }) => ({ range: shiftRange(range, by), newText })),
    safe,
    ...(facts && { facts }),
  };
}

/** The finding with each of its ranges at another place; undefined if one of them has none. */
export function placeFinding(
  finding: Finding,
  place: (range: SourceRange) => SourceRange | undefined,
): Finding | undefined {
  let isPlaced = true;
  const move = (range: SourceRange): SourceRange => {
    const moved = place(range);
    isPlaced &&= moved !== undefined;
    return moved ?? range;
  };
  const { range, related, fixes } = finding;
  const placed: Finding = {
    ...finding,
    range: move(range),
    related: related?.map(each => ({ ...each, range: move(each.range) })),
    fixes: fixes.map(fix => ({ ...fix, edits: fix.edits.map(edit => ({ ...edit, range: move(edit.range) })) })),
  };
  return isPlaced ? placed : undefined;
}

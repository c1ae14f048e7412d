import { shiftRange } from '../base/sourceRange';
import type { SourceRange } from '../base/sourceRange';
import type { Finding } from './finding';

/** The finding as seen from a text that begins `by` code units earlier. Runs for every finding shown after an edit. */
export function shiftFinding(finding: Finding, by: number): Finding {
  return by === 0 ? finding : moveFinding(finding, range => shiftRange(range, by));
}

/** The finding with each of its ranges at another place. */
export function moveFinding(finding: Finding, move: (range: SourceRange) => SourceRange): Finding {
  const { rule, severity, message, guideline, related, fixes, evidence } = finding;
  return {
    rule,
    severity,
    message,
    range: move(finding.range),
    guideline,
    related: related?.map(place => ({ ...place, range: move(place.range) })),
    fixes:
      fixes.length === 0
        ? fixes
        : fixes.map(({ title, edits, safe, facts }) => ({
            title,
            edits: edits.map(({ range, newText }) => ({ range: move(range), newText })),
            safe,
            ...(facts && { facts }),
          })),
    evidence,
  };
}

/** All ranges that {@link moveFinding} moves. */
export function rangesOf({ range, related = [], fixes }: Finding): SourceRange[] {
  return [range, ...[...related, ...fixes.flatMap(({ edits }) => edits)].map(each => each.range)];
}

import { shiftRange } from '../base/sourceRange';
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

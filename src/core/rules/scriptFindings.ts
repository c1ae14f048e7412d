import type { SourceRange } from '../base/sourceRange';
import { rangeContains, rangesOverlap } from '../base/sourceRange';
import { SEVERITIES } from './finding';
import type { Finding, Severity } from './finding';
import { shiftFinding } from './shiftFinding';

/** Findings of one stretch of a document, relative to its start and in the order of the text. */
export interface FindingGroup {
  /** Asked where it is only when somebody looks. */
  readonly place: { readonly range: SourceRange };
  readonly findings: readonly Finding[];
}

export type SeverityCounts = Readonly<Record<Severity, number>>;

/**
 * The findings of a document. They are kept where they were found and moved to their place in the document only when
 * somebody looks: of many thousands an editor shows few.
 */
export class ScriptFindings {
  constructor(
    private readonly groups: readonly FindingGroup[],
    /** The severity to show, or nothing for a rule that is off. */
    private readonly severityOf: (finding: Finding) => Severity | undefined,
    /** How many there are, if somebody knows. */
    private readonly counts?: SeverityCounts,
  ) {}

  /** All, in the order of the text, with offsets of the document. */
  all(): Finding[] {
    return this.collect(this.groups, () => true);
  }

  /** Those that touch a range: overlap it, or have one of its ends at one of theirs. */
  touching(range: SourceRange): Finding[] {
    const near = this.groups.filter(({ place: { range: own } }) => own.start <= range.end && range.start <= own.end);
    return this.collect(near, () => true).filter(
      finding =>
        rangesOverlap(finding.range, range) ||
        rangeContains(finding.range, range.start) ||
        rangeContains(range, finding.range.start),
    );
  }

  /** The most serious ones in the order of the text, and how many are left out. */
  mostSerious(limit: number): { readonly findings: Finding[]; readonly more: number } {
    const counts = this.counts ?? countBySeverity(this.groups, this.severityOf);
    const total = counts.error + counts.warning + counts.info + counts.hint;
    if (total <= limit) return { findings: this.all(), more: 0 };
    const quota = { ...counts };
    let room = limit;
    for (const severity of SEVERITIES) {
      quota[severity] = Math.min(quota[severity], room);
      room -= quota[severity];
    }
    return { findings: this.collect(this.groups, severity => quota[severity]-- > 0, limit), more: total - limit };
  }

  private collect(
    groups: readonly FindingGroup[],
    wanted: (severity: Severity) => boolean,
    limit = Infinity,
  ): Finding[] {
    const found: Finding[] = [];
    for (const { place, findings } of groups) {
      for (const finding of findings) {
        const severity = this.severityOf(finding);
        if (severity === undefined || !wanted(severity)) continue;
        const shown = severity === finding.severity ? finding : { ...finding, severity };
        found.push(shiftFinding(shown, place.range.start));
        if (found.length === limit) return found;
      }
    }
    return found;
  }
}

/**
 * A function of its own with nothing behind its loop: within a longer one the engine would compile the loop anew, and
 * throw the code away at its end, each time.
 */
export function countBySeverity(
  groups: readonly FindingGroup[],
  severityOf: (finding: Finding) => Severity | undefined,
): SeverityCounts {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  for (let i = 0; i < groups.length; i++) {
    const { findings } = groups[i]!;
    for (let k = 0; k < findings.length; k++) {
      const severity = severityOf(findings[k]!);
      if (severity !== undefined) counts[severity]++;
    }
  }
  return counts;
}

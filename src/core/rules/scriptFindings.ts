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
    return this.collect(this.groups);
  }

  /** Those that touch a range: overlap it, or have one of its ends at one of theirs. */
  touching(range: SourceRange): Finding[] {
    const near = this.groups.filter(({ place: { range: own } }) => own.start <= range.end && range.start <= own.end);
    return this.collect(near).filter(
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
    const findings: Finding[] = [];
    pick(this.groups, this.severityOf, quota, limit, findings);
    return { findings, more: total - limit };
  }

  private collect(groups: readonly FindingGroup[]): Finding[] {
    const found: Finding[] = [];
    pick(
      groups,
      this.severityOf,
      { error: Infinity, warning: Infinity, info: Infinity, hint: Infinity },
      Infinity,
      found,
    );
    return found;
  }
}

/** Adds findings, moved to their place, as long as there is room for their severity and in all. */
function pick(
  groups: readonly FindingGroup[],
  severityOf: (finding: Finding) => Severity | undefined,
  room: Record<Severity, number>,
  limit: number,
  into: Finding[],
): void {
  for (let i = 0; i < groups.length && into.length < limit; i++) {
    const { findings } = groups[i]!;
    for (let k = 0; k < findings.length; k++) {
      const severity = severityOf(findings[k]!);
      if (severity === undefined || room[severity] <= 0) continue;
      room[severity]--;
      into.push(placed(findings[k]!, severity, groups[i]!.place.range.start));
    }
  }
}

function placed(finding: Finding, severity: Severity, start: number): Finding {
  return shiftFinding(severity === finding.severity ? finding : { ...finding, severity }, start);
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

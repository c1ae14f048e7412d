import type { SourceRange } from '../base/sourceRange';
import { rangeContains, rangesOverlap, shiftRange } from '../base/sourceRange';
import type { Likeness } from '../sql/likeStatements';
import { SEVERITIES } from './finding';
import type { Finding, Severity } from './finding';
import { moveFinding, shiftFinding } from './shiftFinding';

/** Findings of one stretch of a document, relative to its start and in the order of the text. */
export interface FindingGroup {
  /** Asked where it is only when somebody looks. */
  readonly place: { readonly range: SourceRange };
  readonly findings: readonly Finding[];
  /** The stretch is a statement and the findings are those of one it is like, relative to that one. */
  readonly like?: Likeness | undefined;
}

export type SeverityCounts = Readonly<Record<Severity, number>>;

/** A bit for each severity to show among the findings of a group; a byte a group. */
export type SeverityBits = Uint8Array;

const BIT: Readonly<Record<Severity, number>> = { error: 1, warning: 2, info: 4, hint: 8 };

/** What was counted of the findings of a document. */
export interface FindingCounts {
  readonly bySeverity: SeverityCounts;
  readonly bits: SeverityBits;
}

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
    private readonly counts?: FindingCounts,
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
    const { bySeverity: counts, bits } = this.counts ?? countFindings(this.groups, this.severityOf);
    const total = counts.error + counts.warning + counts.info + counts.hint;
    if (total <= limit) return { findings: this.all(), more: 0 };
    const quota = { ...counts };
    let room = limit;
    for (const severity of SEVERITIES) {
      quota[severity] = Math.min(quota[severity], room);
      room -= quota[severity];
    }
    const findings: Finding[] = [];
    for (let i = nextWith(bits, roomIn(quota), 0); i < bits.length; i = nextWith(bits, roomIn(quota), i + 1)) {
      pick(this.groups[i]!, this.severityOf, quota, findings);
    }
    return { findings, more: total - limit };
  }

  private collect(groups: readonly FindingGroup[]): Finding[] {
    const found: Finding[] = [];
    const quota = { error: Infinity, warning: Infinity, info: Infinity, hint: Infinity };
    for (const group of groups) pick(group, this.severityOf, quota, found);
    return found;
  }
}

/** Adds the findings of a group, moved to their place, as long as there is room for their severity. */
function pick(
  { findings, place, like }: FindingGroup,
  severityOf: (finding: Finding) => Severity | undefined,
  room: Record<Severity, number>,
  into: Finding[],
): void {
  const { start } = place.range;
  for (const finding of findings) {
    const severity = severityOf(finding);
    if (severity === undefined || room[severity] <= 0) continue;
    room[severity]--;
    into.push(placed(finding, severity, start, like));
  }
}

/** The bits of the severities there is room for. */
function roomIn(quota: SeverityCounts): number {
  let bits = 0;
  for (const severity of SEVERITIES) if (quota[severity] > 0) bits |= BIT[severity];
  return bits;
}

/** The next group from a number on that has one of the severities. Most of many thousands are passed over here. */
function nextWith(bits: SeverityBits, wanted: number, from: number): number {
  let i = from;
  while (i < bits.length && (bits[i]! & wanted) === 0) i++;
  return i;
}

function placed(finding: Finding, severity: Severity, start: number, like: Likeness | undefined): Finding {
  const shown = severity === finding.severity ? finding : { ...finding, severity };
  return like ? moveFinding(shown, range => shiftRange(like.place(range)!, start)) : shiftFinding(shown, start);
}

/**
 * A function of its own with nothing behind its loop: within a longer one the engine would compile the loop anew, and
 * throw the code away at its end, each time.
 */
export function countFindings(
  groups: readonly FindingGroup[],
  severityOf: (finding: Finding) => Severity | undefined,
): FindingCounts {
  const bySeverity: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  const bits = new Uint8Array(groups.length);
  for (let i = 0; i < groups.length; i++) bits[i] = countGroup(groups[i]!.findings, severityOf, bySeverity);
  return { bySeverity, bits };
}

function countGroup(
  findings: readonly Finding[],
  severityOf: (finding: Finding) => Severity | undefined,
  counts: Record<Severity, number>,
): number {
  let bits = 0;
  for (const finding of findings) {
    const severity = severityOf(finding);
    if (severity === undefined) continue;
    counts[severity]++;
    bits |= BIT[severity];
  }
  return bits;
}

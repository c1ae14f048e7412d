import type { LocatedStatement } from '../sql/statement';
import type { Finding, Severity } from './finding';
import { countFindings, ScriptFindings } from './scriptFindings';
import type { FindingCounts, FindingGroup } from './scriptFindings';

/** What changed since the last run: these statements are new, or are to be asked again. */
export interface Change {
  readonly start: number;
  readonly end: number;
  /** The statements that are no longer there. */
  readonly gone: readonly LocatedStatement[];
}

/** The statements with findings, in the order of the text, and how many findings there are. */
export class FlaggedStatements {
  private counts: FindingCounts | undefined;

  constructor(
    private readonly groups: readonly FindingGroup[],
    private readonly severityOf: (finding: Finding) => Severity | undefined,
  ) {}

  findings(): ScriptFindings {
    this.counts ??= countFindings(this.groups, this.severityOf);
    return new ScriptFindings(this.groups, this.severityOf, this.counts);
  }

  /** Those of another version of the script; `collect` gives the groups of some of its statements. */
  replace(
    statements: readonly LocatedStatement[],
    { start, end, gone }: Change,
    collect: (start: number, end: number) => FindingGroup[],
  ): FlaggedStatements {
    const replaced = new Set<FindingGroup['place']>([...gone, ...statements.slice(start, end)]);
    const before = start > 0 ? statements[start - 1]!.range.start : -1;
    const from = firstBeyond(this.groups, before);
    let to = from;
    while (to < this.groups.length && replaced.has(this.groups[to]!.place)) to++;
    const fresh = collect(start, end);
    const groups = this.groups.slice(0, from).concat(fresh, this.groups.slice(to));
    const flagged = new FlaggedStatements(groups, this.severityOf);
    flagged.counts = this.counts && this.recount(this.counts, from, to, fresh);
    return flagged;
  }

  private recount({ bySeverity, bits }: FindingCounts, from: number, to: number, fresh: FindingGroup[]): FindingCounts {
    const { bySeverity: less } = countFindings(this.groups.slice(from, to), this.severityOf);
    const { bySeverity: more, bits: freshBits } = countFindings(fresh, this.severityOf);
    const { error, warning, info, hint } = bySeverity;
    const joined = new Uint8Array(bits.length - (to - from) + freshBits.length);
    joined.set(bits.subarray(0, from));
    joined.set(freshBits, from);
    joined.set(bits.subarray(to), from + freshBits.length);
    return {
      bySeverity: {
        error: error - less.error + more.error,
        warning: warning - less.warning + more.warning,
        info: info - less.info + more.info,
        hint: hint - less.hint + more.hint,
      },
      bits: joined,
    };
  }
}

/** Number of the first group that begins behind an offset. */
function firstBeyond(groups: readonly FindingGroup[], offset: number): number {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (groups[middle]!.place.range.start <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

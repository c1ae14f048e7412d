import type { SourceRange } from '../base/sourceRange';

/** error: will fail or lose data; warning: will be slow; info and hint: worth knowing. */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** Severities from the most to the least serious. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

/** A section of one of the five performance guides. */
export interface GuidelineRef {
  readonly guide: '000' | '001' | '002' | '003' | '004';
  readonly section: string;
}

/** A replacement of one stretch of text. */
export interface Edit {
  readonly range: SourceRange;
  readonly newText: string;
}

/** Text edits that remove a finding. `safe` only if the meaning of the statement provably stays. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly safe: boolean;
  /** Of a safe fix: what the catalog says that makes it so, "orders.customer_id is NOT NULL". */
  readonly facts?: readonly string[];
}

export interface RelatedRange {
  readonly range: SourceRange;
  readonly message: string;
}

/** What a rule reports about a text. Offsets are relative to the text the linter was given. */
export interface Finding {
  /** Rule id `group/slug`, or `syntax`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range: SourceRange;
  readonly guideline?: GuidelineRef;
  readonly related?: readonly RelatedRange[];
  readonly fixes: readonly Fix[];
  /** The facts that decided, with units: "counting_results: 1,000,000 rows, no index on camera_id". */
  readonly evidence?: string;
}

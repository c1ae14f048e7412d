import type { Equality } from '../core/advisor/rewrites/rewrite';
import type { Verification } from '../core/advisor/rewrites/verification';
import type { SourceRange } from '../core/base/sourceRange';
import type { PlanView } from './planPanel';
import type { RawPlan, TextSpan } from './server';

/** The requests of rewrites: which there are for a statement, and whether one gives the same rows. */
export interface RewriteRequests {
  /** Needs no database; with the catalog of the document's connection more can be proved. */
  'queryTuner/rewrite/list': { params: RewriteListParams; result: RewriteList | null };
  /** Runs both forms read-only. Nothing is kept in the server. */
  'queryTuner/rewrite/verify': { params: RewriteVerifyParams; result: RewriteVerified };
}

/** Opens the preview of a rewrite; with arguments of {@link RewriteChoice}, that one. */
export const SHOW_REWRITE = 'queryTuner.rewrite.show';

/** Arguments of {@link SHOW_REWRITE}: the document, the statement's span, and the rewrite by {@link RewriteInfo.key}. */
export type RewriteChoice = readonly [uri: string, span: TextSpan, key?: string];

export interface RewriteListParams {
  readonly uri: string;
  /** An empty span is a cursor. */
  readonly span: TextSpan;
}

/** A statement and its rewrites, those that are proved first. */
export interface RewriteList {
  readonly title: string;
  readonly rewrites: readonly RewriteInfo[];
}

export interface RewriteInfo {
  /** Tells the rewrites of a statement apart, as long as its text stays. */
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly equality: Equality;
  /** The statement; of a rewrite that joins several, all of them. */
  readonly original: string;
  readonly rewritten: string;
  /** Where {@link original} stands in the document, UTF-16. */
  readonly range: SourceRange;
  /** What makes the one of the other, relative to {@link original}. */
  readonly edits: readonly { readonly range: SourceRange; readonly newText: string }[];
}

export interface RewriteVerifyParams {
  readonly connectionId: string;
  /** Name shown with the plans. */
  readonly connection: string;
  readonly title: string;
  readonly original: string;
  readonly rewritten: string;
  /** For the comparison, and as long again for the timing. */
  readonly timeoutMs?: number;
  /** How often each form is timed. */
  readonly runs?: number;
  readonly progressToken?: string;
}

export interface RewriteVerified {
  readonly verification: Verification;
  /** The verdict with what decided it, for a message. */
  readonly summary: string;
  /** The verification in sentences, the verdict first. */
  readonly sentences: readonly string[];
  /** The plan of the rewritten form beside that of the original; absent if they were not run. */
  readonly plans?: { readonly view: PlanView; readonly rawPlan: RawPlan };
}

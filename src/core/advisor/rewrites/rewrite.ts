import type { SourceRange } from '../../base/sourceRange';
import type { Edit, GuidelineRef } from '../../rules/finding';
import type { StatementView } from '../../rules/statementView';
import type { Thresholds } from '../../rules/thresholds';
import type { ParsedStatement } from '../../sql/statement';

/** Whether a rewritten statement gives the same rows, and how that is known. */
export type Equality =
  /** The same rows whatever the tables hold, by these facts: `orders.customer_id is NOT NULL`. */
  | { readonly kind: 'provably equal'; readonly facts: readonly string[] }
  /** The rows can differ in these ways; the user has to say whether that matters, or compare both forms. */
  | { readonly kind: 'needs checking'; readonly differences: readonly string[] };

/** Another way to write a statement that PostgreSQL runs faster. Offsets are those of the document. */
export interface Rewrite {
  /** `offset-to-keyset`; of a rule's fix the id of the rule, `query/not-in-subquery`. */
  readonly id: string;
  /** What it does, as an imperative: `Continue after the last row instead of OFFSET`. */
  readonly title: string;
  /** The stretch of the statement it is about: where it is offered. It ends in a later one if that is joined to it. */
  readonly range: SourceRange;
  /** Text edits that do not overlap; all text they do not name stays as the user wrote it. */
  readonly edits: readonly Edit[];
  readonly equality: Equality;
  /** What gets faster and why, one or two sentences. */
  readonly why: string;
  readonly guideline?: GuidelineRef;
}

/** What a rewrite sees: the statement as rules see it. Ranges are relative to the statement. */
export interface RewriteContext extends StatementView {
  readonly thresholds: Thresholds;
  /** The statement of the script before this one, and the text between them. */
  readonly before: Omit<FollowingStatement, 'start'> | undefined;
  /** Those after it, one after the other. */
  following(): Iterable<FollowingStatement>;
}

/** A statement of the script after the one looked at. */
export interface FollowingStatement {
  readonly statement: ParsedStatement;
  /** Where it begins, relative to the statement looked at. */
  readonly start: number;
  /** The text between it and the statement before it: a semicolon, blanks, perhaps comments. */
  readonly between: string;
}

/** One place where a rewrite can be made, with offsets relative to the statement. */
export interface FoundRewrite {
  readonly range: SourceRange;
  readonly edits: readonly Edit[];
  readonly equality: Equality;
  /** Instead of the definition's own. */
  readonly title?: string;
  readonly why?: string;
}

/** What the author of a rewrite writes. */
export interface RewriteDefinition {
  /** A slug that is not that of a rule; the file has its name in camel case. */
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly guideline?: GuidelineRef;
  /** Node types without which it finds nothing, as for rules: `SubLink`, or `AEXPR_IN` for a kind of `A_Expr`. */
  readonly nodes?: readonly string[];
  /** Text without which it finds nothing, likewise. */
  readonly mentions?: RegExp;
  /** Also looked for in the bodies of routines, where a bare name may be a variable. Off unless it takes care of that. */
  readonly inBodies?: boolean;
  find(context: RewriteContext): readonly FoundRewrite[];
}

/** Declares a rewrite. */
export function defineRewrite(definition: RewriteDefinition): RewriteDefinition {
  return definition;
}

/** `facts` make it equal; without any it is equal by its form alone. */
export function provablyEqual(...facts: readonly string[]): Equality {
  return { kind: 'provably equal', facts };
}

/** At least one difference, as a sentence without a full stop: `rows that tie may come in another order`. */
export function needsChecking(...differences: readonly [string, ...string[]]): Equality {
  return { kind: 'needs checking', differences };
}

/** Equal if nothing that could differ was found. */
export function equalUnless(differences: readonly string[], facts: readonly string[]): Equality {
  return differences.length === 0 ? { kind: 'provably equal', facts } : { kind: 'needs checking', differences };
}

/** True for a rewrite that a rule's quick fix makes too. */
export function isRuleFix({ id }: Pick<Rewrite, 'id'>): boolean {
  return id.includes('/');
}

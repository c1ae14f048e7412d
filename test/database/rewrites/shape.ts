import type { Random } from './random';

/**
 * One shape of statement that rewrites can change, over the tables of `schema.ts`. The property test makes statements
 * of it by chance, applies every rewrite that is offered, and runs both on PostgreSQL. A shape lives in a file of
 * `shapes/` and is listed in `shapes/index.ts`.
 */
export interface RewriteShape {
  /** `NOT IN with a subquery`. */
  readonly title: string;
  /** Ids of the rewrites that must be offered for some of its statements, and be compared there. */
  readonly rewrites: readonly string[];
  /** How many statements are made; {@link STATEMENTS} where it does not say. */
  readonly statements?: number;
  /** One statement by chance: with the clauses around the shape that users write, and its nearest look-alikes. */
  generate(random: Random): GeneratedStatement | string;
}

export const STATEMENTS = 150;

export interface GeneratedStatement {
  readonly sql: string;
  /** Values of `$1`, `$2`... as text; null is NULL. A rewrite may leave some unused. */
  readonly parameters?: readonly (string | null)[];
  /** What a rewrite that needs checking, by its id, names as differences. */
  readonly differences?: Readonly<Record<string, readonly NamedDifference[]>>;
}

/**
 * A difference that a rewrite must name. Where none applies to the rows at hand, the rewrite must give the same rows;
 * a difference that the rewrite names and the shape does not fails the test.
 */
export interface NamedDifference {
  /** Matches the sentence in `equality.differences`. */
  readonly says: RegExp;
  /** An SQL condition, without parameters: true if the difference applies to the rows at hand, so that rows may differ. */
  readonly applies: string;
}

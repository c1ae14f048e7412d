/**
 * A statement beside the examples of the rules, near the edge of what a safe fix may take for granted. A rule may have
 * no fix for it; what it has is run.
 */
export interface FurtherStatement {
  readonly sql: string;
  readonly schema?: string;
}

/** Statements on tables that are as DDL makes them. */
export function over(schema: string, ...texts: readonly string[]): FurtherStatement[] {
  return texts.map(sql => ({ sql, schema }));
}

/** Statements on tables that are guessed, in several ways. */
export function guessed(...texts: readonly string[]): FurtherStatement[] {
  return texts.map(sql => ({ sql }));
}

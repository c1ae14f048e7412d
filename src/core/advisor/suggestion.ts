import type { GuidelineRef } from '../rules/finding';

/** How a claim is known; always shown with it. */
export type EvidenceKind = 'measured' | 'what-if (hypopg)' | 'what-if (shadow)' | 'trial' | 'statistics' | 'guideline';

export interface Evidence {
  readonly how: EvidenceKind;
  /** One sentence with figures and units. */
  readonly text: string;
  /** Planner cost units. */
  readonly costBefore?: number;
  readonly costAfter?: number;
}

/** Statements that change a database, shown before they run. */
export interface Change {
  readonly sql: readonly string[];
  readonly runsInTransaction: boolean;
  /** The strongest lock taken and what it blocks, in words. */
  readonly locks: string;
  readonly expectedSeconds?: number;
  /** Statements that undo it; empty when it cannot be undone. */
  readonly inverse: readonly string[];
}

export interface Suggestion {
  readonly kind: 'index' | 'drop index' | 'statistics' | 'partition' | 'rewrite' | 'materialized view' | 'setting';
  readonly title: string;
  readonly change: Change;
  readonly evidence: Evidence;
  /** What having it costs: size, writes. */
  readonly cost: string;
  readonly guideline?: GuidelineRef;
  readonly index?: IndexDefinition;
}

/** An index that could exist. */
export interface IndexDefinition {
  readonly schema: string;
  readonly relation: string;
  readonly method: 'btree' | 'gin' | 'gist' | 'brin' | 'hash' | 'spgist';
  /** Keys as they stand in CREATE INDEX: quoted column names or parenthesised expressions, with DESC / NULLS / operator class. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly where?: string;
  readonly unique?: boolean;
}

/** Why nothing is suggested: "no index: 412 rows, a scan reads 5 pages". */
export interface Refusal {
  readonly reason: string;
}

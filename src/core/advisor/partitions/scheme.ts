/** How a table is cut: the method and the key that an advice proposes, and what its maintenance needs to know. */
export type PartitionScheme = RangeScheme | ListScheme | HashScheme;

export type PeriodUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** What a column's values tell about time, which decides how a bound is written. */
export type KeyKind =
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'epoch seconds'
  | 'epoch milliseconds'
  | 'epoch microseconds'
  /** Its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7), and PostgreSQL orders uuids byte by byte. */
  | 'uuid v7';

export interface RangeScheme {
  readonly method: 'range';
  readonly column: string;
  readonly keyKind: KeyKind;
  readonly period: PeriodUnit;
  /**
   * Whose midnight begins a period. Of a key without time zone: the zone whose clock its values were read from.
   */
  readonly timeZone: string;
}

export interface ListScheme {
  readonly method: 'list';
  readonly column: string;
  /** Values as text, one partition each; the rest goes to a DEFAULT partition. */
  readonly values: readonly string[];
}

export interface HashScheme {
  readonly method: 'hash';
  readonly column: string;
  readonly modulus: number;
}

/** Lengths as SQL intervals. Weeks begin on Monday, as those of `date_trunc` do. */
export const PERIOD_INTERVALS: Readonly<Record<PeriodUnit, string>> = {
  day: '1 day',
  week: '7 days',
  month: '1 month',
  quarter: '3 months',
  year: '1 year',
};

/** Mean lengths: the Gregorian year has 365.2425 days. */
export const PERIOD_DAYS: Readonly<Record<PeriodUnit, number>> = {
  day: 1,
  week: 7,
  month: 365.2425 / 12,
  quarter: 365.2425 / 4,
  year: 365.2425,
};

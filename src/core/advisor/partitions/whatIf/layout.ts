import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import type { KeyFacts, TableFacts } from '../partitionFacts';
import { rowsBetween } from '../rowsPerPeriod';
import type { HashScheme, KeyKind, ListScheme, RangeScheme } from '../scheme';

/** A partition of the model. */
export interface ModelPartition {
  readonly name: string;
  /** `FOR VALUES …` or `DEFAULT`. */
  readonly bound: string;
  /** Its part of the table's rows, from 0 to 1. */
  readonly share: number;
  /** Of a range: its ends in seconds since 1970. */
  readonly range?: { readonly from: number; readonly to: number };
  /** Of a list: the one value. */
  readonly value?: string;
}

export interface PartitionLayout {
  /** `RANGE (created_at)` */
  readonly clause: string;
  readonly column: string;
  readonly partitions: readonly ModelPartition[];
}

/**
 * Partitions of a range. `edges` are where periods begin, ascending, the last one's end included, in seconds since 1970
 * (for a key without time zone: of its clock, read as UTC).
 */
export function rangeLayout(
  scheme: RangeScheme,
  table: TableFacts,
  key: KeyFacts,
  edges: readonly number[],
): PartitionLayout {
  const partitions = edges.slice(1).map((to, i): ModelPartition => {
    const from = edges[i]!;
    // what lies on an edge belongs to the later one; a microsecond is what timestamps tell apart
    const rows = rowsBetween(table, key, from, to - 1e-6);
    return {
      name: `${table.relation.name}_p${i}`,
      bound: `FOR VALUES FROM (${quoteLiteral(keyText(scheme.keyKind, from))}) TO (${quoteLiteral(keyText(scheme.keyKind, to))})`,
      share: table.rows === 0 ? 0 : rows / table.rows,
      range: { from, to },
    };
  });
  return { clause: `RANGE (${quoteIdentifier(scheme.column)})`, column: scheme.column, partitions };
}

export function listLayout(scheme: ListScheme, { relation }: TableFacts): PartitionLayout {
  const statistics = relation.columns.find(({ name }) => name === scheme.column)?.statistics;
  const shares = scheme.values.map(value => {
    const place = statistics?.mostCommonValues?.indexOf(value) ?? -1;
    return statistics?.mostCommonFrequencies?.[place] ?? 0;
  });
  const rest = Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0));
  return {
    clause: `LIST (${quoteIdentifier(scheme.column)})`,
    column: scheme.column,
    partitions: [
      ...scheme.values.map((value, i) => ({
        name: `${relation.name}_p${i}`,
        bound: `FOR VALUES IN (${quoteLiteral(value)})`,
        share: shares[i]!,
        value,
      })),
      { name: `${relation.name}_rest`, bound: 'DEFAULT', share: rest },
    ],
  };
}

export function hashLayout({ column, modulus }: HashScheme, { relation }: TableFacts): PartitionLayout {
  return {
    clause: `HASH (${quoteIdentifier(column)})`,
    column,
    partitions: Array.from({ length: modulus }, (_, i) => ({
      name: `${relation.name}_p${i}`,
      bound: `FOR VALUES WITH (MODULUS ${modulus}, REMAINDER ${i})`,
      share: 1 / modulus,
    })),
  };
}

/** A moment as a value of the key; keys without time zone by the clock that was read as UTC. */
export function keyText(kind: KeyKind, at: number): string {
  const iso = new Date(Math.round(at * 1000)).toISOString();
  switch (kind) {
    case 'date':
      return iso.slice(0, 10);
    case 'timestamp':
      return iso.slice(0, -1).replace('T', ' ');
    case 'timestamptz':
      return iso;
    case 'uuid v7': {
      const digits = Math.round(at * 1000)
        .toString(16)
        .padStart(12, '0');
      return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`;
    }
    default:
      return String(Math.round(at * EPOCH_UNITS[kind]));
  }
}

const EPOCH_UNITS = { 'epoch seconds': 1, 'epoch milliseconds': 1_000, 'epoch microseconds': 1_000_000 } as const;

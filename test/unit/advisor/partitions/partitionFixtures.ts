import { advisePartitioning } from '../../../../src/core/advisor/partitions/advise';
import type { AdvisedStatement } from '../../../../src/core/advisor/partitions/keyUse';
import type { PartitionAdvice } from '../../../../src/core/advisor/partitions/partitionAdvice';
import type { KeyFacts, PartitionFacts, TableFacts } from '../../../../src/core/advisor/partitions/partitionFacts';
import type { PartitionThresholds } from '../../../../src/core/advisor/partitions/thresholds';
import type { Catalog, Relation } from '../../../../src/core/catalog/catalog';
import { loadGrammar } from '../../../../src/core/sql/grammar';
import { parseStatement } from '../../../../src/core/sql/parseStatement';
import { catalogOf, column, primaryKey, table } from '../advisorFixtures';

export const GB = 1024 ** 3;
export const DAY = 86_400;
/** 2026-01-01 00:00 UTC. */
export const NOW = 1_767_225_600;

export const EVENTS = table('events', [
  column('id', 'bigint', -1),
  column('camera_id', 'integer', 1_000),
  column('kind', 'text', 4, {
    statistics: {
      nullFraction: 0,
      averageWidthBytes: 8,
      distinct: 4,
      mostCommonValues: ['motion', 'person', 'car', 'fault'],
      mostCommonFrequencies: [0.5, 0.3, 0.15, 0.05],
    },
  }),
  column('created_at', 'timestamp with time zone', -0.9),
]);

/** A key whose values are spread evenly over the last `days`. */
export function evenKey(name: string, days: number, more: Partial<KeyFacts> = {}): KeyFacts {
  const bounds = Array.from({ length: 101 }, (_, i) => NOW - days * DAY + (i / 100) * days * DAY);
  return {
    column: name,
    kind: 'timestamptz',
    nullFraction: 0,
    bounds,
    mostCommon: [],
    first: bounds[0]!,
    last: NOW,
    endsFrom: 'index',
    ...more,
  };
}

export function factsOf(relation: Relation, more: Partial<TableFacts>, memoryBytes = 32 * GB): PartitionFacts {
  const rows = more.rows ?? 500_000_000;
  return {
    serverVersion: 180000,
    memoryBytes,
    memorySource: 'effective_cache_size',
    now: NOW,
    timeZone: 'UTC',
    extensions: [],
    tables: [
      {
        relation,
        rows,
        tableBytes: 60 * GB,
        indexBytes: 20 * GB,
        inserts: 0,
        updates: 0,
        deletes: 0,
        referencedBy: [],
        keys: [evenKey('created_at', 730)],
        ...more,
      },
    ],
  };
}

/** Statements with their weights, parsed; `[sql, weight]`. */
export async function statementsOf(
  ...given: readonly (readonly [sql: string, weight: number, cost?: number])[]
): Promise<AdvisedStatement[]> {
  const grammar = await loadGrammar();
  return given.map(([sql, weight, cost], i) => ({
    id: i + 1,
    sql,
    statement: parseStatement(grammar, sql),
    weight,
    ...(cost === undefined ? {} : { cost }),
  }));
}

export async function adviceFor(
  facts: PartitionFacts,
  statements: readonly (readonly [sql: string, weight: number, cost?: number])[],
  thresholds: Partial<PartitionThresholds> = {},
  catalog: Catalog = catalogOf(...facts.tables.map(({ relation }) => relation)),
): Promise<PartitionAdvice> {
  return advisePartitioning(facts, { statements: await statementsOf(...statements), catalog }, thresholds)[0]!;
}

export { primaryKey };

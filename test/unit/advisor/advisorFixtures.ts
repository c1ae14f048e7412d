import { readAccessPaths } from '../../../src/core/advisor/indexes/accessPaths';
import { candidateIndexes } from '../../../src/core/advisor/indexes/candidates';
import { indexInWords } from '../../../src/core/advisor/indexes/describeIndex';
import type { Catalog, Column, Index, Relation } from '../../../src/core/catalog/catalog';
import type { CostEstimator } from '../../../src/core/ports';
import type { Grammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';

export function column(name: string, type: string, distinct: number, more: Partial<Column> = {}, width = 8): Column {
  return { name, type, notNull: true, statistics: { nullFraction: 0, averageWidthBytes: width, distinct }, ...more };
}

export function primaryKey(table: string, ...keys: string[]): Index {
  return {
    name: `${table}_pkey`,
    method: 'btree',
    unique: true,
    primary: true,
    valid: true,
    keys,
    include: [],
    definition: '',
  };
}

export function table(name: string, columns: readonly Column[], more: Partial<Relation> = {}): Relation {
  return {
    schema: 'public',
    name,
    kind: 'table',
    columns,
    indexes: [primaryKey(name, 'id')],
    constraints: [],
    rowEstimate: 1_000_000,
    pages: 40_000,
    isPartition: false,
    ...more,
  };
}

export function catalogOf(...relations: Relation[]): Catalog {
  return {
    source: 'server',
    searchPath: ['public'],
    relations,
    extensions: [{ name: 'pg_trgm', version: '1.6' }],
    settings: {},
  };
}

/** The cost of a statement (the first whose text it contains) with the indexes that help it, in the words of `indexInWords`. */
export interface PlannedCosts {
  readonly statement: string;
  readonly scan: number;
  /** Further members of the plan, as EXPLAIN prints them. */
  readonly plan?: Readonly<Record<string, unknown>>;
  readonly indexes?: Readonly<Record<string, number>>;
}

/** A planner by table: takes the cheapest index offered. What it `refuses` makes it fail, as HypoPG does for GIN. */
export function tablePlanner(
  costs: readonly PlannedCosts[],
  options: { readonly refuses?: RegExp; readonly bytes?: Readonly<Record<string, number>> } = {},
): CostEstimator & { calls: number } {
  return {
    how: 'what-if (shadow)',
    calls: 0,
    async cost(sql, configuration) {
      this.calls++;
      const offered = configuration.map(indexInWords);
      const refused = offered.find(words => options.refuses?.test(words));
      if (refused !== undefined) throw new Error(`cannot plan with ${refused}`);
      const known = costs.find(({ statement }) => sql.includes(statement));
      if (!known) return { totalCost: 1, usedIndexes: [], plan: {} };
      const best = Object.entries(known.indexes ?? {})
        .filter(([words, cost]) => offered.includes(words) && cost < known.scan)
        .sort((a, b) => a[1] - b[1])[0];
      if (!best) return { totalCost: known.scan, usedIndexes: [], plan: known.plan ?? {} };
      return { totalCost: best[1], usedIndexes: [offered.indexOf(best[0])], plan: known.plan ?? {} };
    },
    estimateBytes: async index =>
      options.bytes?.[indexInWords(index)] ?? 1e6 * (index.keys.length + index.include.length),
    dispose: async () => undefined,
  };
}

/** The candidates for a statement, in words, as often as a mention of a table asks for them. */
export function candidatesInWords(grammar: Grammar, sql: string, catalog: Catalog): string[] {
  return readAccessPaths(parseStatement(grammar, sql), catalog)
    .flatMap(access => candidateIndexes(access, catalog, { maxWidth: 3 }))
    .map(({ index }) => indexInWords(index));
}

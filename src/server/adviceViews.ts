import type { AdvisedIndex, WorkloadAdvice } from '../core/advisor/indexes/adviseWorkload';
import { createIndexSql } from '../core/advisor/indexes/createIndexSql';
import type { IndexDefinition } from '../core/advisor/suggestion';
import type { Catalog } from '../core/catalog/catalog';
import type { PlannedEntry } from '../core/workload/planningTexts';
import type { ReadWorkload } from '../database/workload/readStatStatements';
import type { AdvisedIndexView, AdviceView, DesignView } from '../protocol/advice';

export const NO_WORKLOAD: AdviceView = {
  source: null,
  whatIf: null,
  timeLimitReached: false,
  costBefore: 0,
  costAfter: 0,
  indexes: [],
  statements: [],
  redundant: [],
  existing: [],
  skipped: [],
  notes: [],
};

/** The view of an advice on a workload, without the review of the existing indexes. */
export function adviceView(
  advice: WorkloadAdvice,
  workload: ReadWorkload,
  entries: readonly PlannedEntry[],
  catalog: Catalog,
): AdviceView {
  const planned = new Map(entries.map(entry => [entry.id, entry]));
  const observed = new Map(workload.entries.map(entry => [entry.id, entry]));
  return {
    ...NO_WORKLOAD,
    source: workload.source,
    whatIf: advice.whatIf,
    costBefore: advice.workload.costBefore,
    costAfter: advice.workload.costAfter,
    indexes: indexViews(advice, entries, catalog),
    statements: advice.workload.queries.map(({ id, sql, costBefore, costAfter, reason }) => {
      const entry = observed.get(id);
      const statement = planned.get(id)?.statement;
      return {
        id,
        sql,
        ...(entry?.place !== undefined && { place: entry.place }),
        calls: entry?.calls ?? 1,
        ...(entry?.totalMs !== undefined && { totalMs: entry.totalMs }),
        costBefore,
        costAfter,
        ...(reason !== undefined && { reason }),
        measurable: statement !== undefined && !statement.writes && statement.placeholders.length === 0,
      };
    }),
    redundant: advice.redundant,
    skipped: advice.skipped.map(each => ({ ...each, sql: observed.get(each.id)?.sql ?? '' })),
  };
}

/** What {@link adviceView} would say other than before, for indexes somebody chose. */
export function designView(advice: WorkloadAdvice, entries: readonly PlannedEntry[], catalog: Catalog): DesignView {
  return {
    costAfter: advice.workload.costAfter,
    indexes: indexViews(advice, entries, catalog),
    redundant: advice.redundant,
    statements: advice.workload.queries.map(({ id, costAfter, reason }) => ({
      id,
      costAfter,
      ...(reason !== undefined && { reason }),
    })),
    skipped: advice.skipped,
  };
}

/** "public.orders (customer_id) INCLUDE (amount)" */
export function titleOf(definition: IndexDefinition): string {
  return titleIn(createIndexSql(definition, { concurrently: false }).sql);
}

function indexViews(advice: WorkloadAdvice, entries: readonly PlannedEntry[], catalog: Catalog): AdvisedIndexView[] {
  const planned = new Map(entries.map(entry => [entry.id, entry]));
  const { queries } = advice.workload;
  const dearer = queries.filter(({ costBefore, costAfter }) => costAfter > costBefore);
  const cheaper = new Set(queries.filter(({ costBefore, costAfter }) => costAfter < costBefore).map(({ id }) => id));
  return advice.indexes.map(index => ({
    title: titleIn(index.sql),
    relation: index.relation,
    definition: definitionOf(index, catalog),
    change: index.change,
    estimatedBytes: index.estimatedBytes,
    why: index.why,
    gains: index.queries.filter(id => cheaper.has(id)),
    loses: dearer.filter(({ id }) => writesTo(planned.get(id), index.relation)).map(({ id }) => id),
  }));
}

function definitionOf({ relation, method, columns, include, where }: AdvisedIndex, catalog: Catalog): IndexDefinition {
  const found = catalog.relations.find(({ schema, name }) => `${schema}.${name}` === relation);
  return {
    schema: found?.schema ?? '',
    relation: found?.name ?? relation,
    method: method as IndexDefinition['method'],
    keys: columns,
    include,
    ...(where !== null && { where }),
  };
}

function titleIn(sql: string): string {
  return sql.replace(/^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?\S+ ON /, '');
}

function writesTo(entry: PlannedEntry | undefined, relation: string): boolean {
  const name = relation.slice(relation.lastIndexOf('.') + 1);
  return entry?.statement.tables.some(table => table.use !== 'read' && table.name === name) ?? false;
}

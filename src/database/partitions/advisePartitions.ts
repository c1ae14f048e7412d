import { advisePartitioning } from '../../core/advisor/partitions/advise';
import type { StatementForecast } from '../../core/advisor/partitions/describeAdvice';
import { enginePlans, type EnginePlan } from '../../core/advisor/partitions/enginePlans';
import type { AdvisedStatement } from '../../core/advisor/partitions/keyUse';
import type { PartitionAdvice, PartitionIt } from '../../core/advisor/partitions/partitionAdvice';
import type { PartitionFacts } from '../../core/advisor/partitions/partitionFacts';
import type { PartitionThresholds } from '../../core/advisor/partitions/thresholds';
import { throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { DatabaseError, type Database } from '../../core/ports';
import { planPartitioned } from '../whatIf/partitionWhatIf';
import type { ShadowOptions } from '../whatIf/shadow';
import { readPartitionFacts, type PartitionFactsOptions } from './readPartitionFacts';

export interface PartitionsRequest extends PartitionFactsOptions {
  /** Placeholders as `$1`, `$2`...; without a cost they are weighed by the server's own estimate. */
  readonly statements: readonly AdvisedStatement[];
  readonly thresholds?: Partial<PartitionThresholds>;
  /** Plans the statements before and after in a shadow of the server. */
  readonly whatIf?: boolean;
  readonly shadow?: ShadowOptions;
}

export interface AdvisedPartitions {
  readonly facts: PartitionFacts;
  readonly tables: readonly {
    readonly advice: PartitionAdvice;
    readonly forecast: readonly StatementForecast[];
    /** What the forecast leaves out. */
    readonly notes: readonly string[];
  }[];
  /** What engines that are installed would do instead. */
  readonly engines: readonly EnginePlan[];
  /** Statements that the server does not plan: they are not weighed. */
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
}

/** Which tables of a server to partition, weighed by what their statements cost there. Only reads. */
export async function advisePartitions(
  db: Database,
  catalog: Catalog,
  request: PartitionsRequest,
): Promise<AdvisedPartitions> {
  const { signal } = request;
  const facts = await readPartitionFacts(db, catalog, request);
  const { costed: statements, skipped } = await withCosts(db, request.statements, signal);
  const advised = advisePartitioning(facts, { statements, catalog }, request.thresholds);
  const tables = [];
  for (const advice of advised) {
    throwIfCancelled(signal);
    const planned =
      request.whatIf && advice.verdict === 'partition'
        ? await forecastOf(db, catalog, facts, advice, request)
        : { forecast: [], notes: [] };
    tables.push({ advice, ...planned });
  }
  return { facts, tables, engines: enginePlans(facts, advised, { statements, catalog }), skipped };
}

/**
 * Costs by EXPLAIN. Calls and costs are not mixed: a statement the server does not plan is left out, unless it plans
 * none of them.
 */
async function withCosts(
  db: Database,
  statements: readonly AdvisedStatement[],
  signal: CancelSignal | undefined,
): Promise<{ costed: readonly AdvisedStatement[]; skipped: readonly { id: number; reason: string }[] }> {
  const costed: AdvisedStatement[] = [];
  const skipped: { id: number; reason: string }[] = [];
  for (const statement of statements) {
    throwIfCancelled(signal);
    if (statement.cost !== undefined) {
      costed.push(statement);
      continue;
    }
    try {
      const { sql } = statement;
      const request = { sql, analyze: false, parameters: [], writes: statement.statement.writes };
      const { plan } = await db.explain(request, signal);
      const root = (plan[0]?.['Plan'] ?? {}) as Readonly<Record<string, unknown>>;
      costed.push({ ...statement, cost: Number(root['Total Cost'] ?? 0) });
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind === 'connection') throw error;
      skipped.push({ id: statement.id, reason: error.message });
    }
  }
  return costed.length === 0 ? { costed: statements, skipped: [] } : { costed, skipped };
}

async function forecastOf(
  db: Database,
  catalog: Catalog,
  facts: PartitionFacts,
  advice: PartitionIt,
  { signal, shadow }: PartitionsRequest,
): Promise<{ forecast: StatementForecast[]; notes: readonly string[] }> {
  const table = facts.tables.find(
    ({ relation }) => relation.schema === advice.schema && relation.name === advice.table,
  )!;
  const statements = advice.uses.map(({ statement }) => statement);
  try {
    const { plans, notes } = await planPartitioned(
      db,
      catalog,
      {
        facts,
        table,
        scheme: advice.scheme,
        statements: statements.map(({ sql }) => sql),
        ...(signal ? { signal } : {}),
      },
      shadow,
    );
    const forecast = plans.map((plan, i): StatementForecast => {
      const { id } = statements[i]!;
      if ('reason' in plan) return { id, reason: plan.reason };
      const { costBefore, costAfter, scanned, total, isGeneric } = plan;
      return { id, costBefore, costAfter, scanned: scanned.length, total, isGeneric };
    });
    return { forecast, notes };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== 'unsupported') throw error;
    return { forecast: [], notes: [`not planned before and after: ${error.message}`] };
  }
}

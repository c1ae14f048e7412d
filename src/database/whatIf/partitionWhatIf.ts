import type { PartitionScheme } from '../../core/advisor/partitions/scheme';
import { PERIOD_INTERVALS } from '../../core/advisor/partitions/scheme';
import type { PartitionFacts, TableFacts } from '../../core/advisor/partitions/partitionFacts';
import { hashLayout, listLayout, rangeLayout, type PartitionLayout } from '../../core/advisor/partitions/whatIf/layout';
import { throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { DatabaseError, type Database } from '../../core/ports';
import { withoutExplain } from '../explain';
import { partitionedModel } from './model/partitionedModel';
import { readShadowModel } from './model/readShadowModel';
import { ShadowContents } from './model/shadowContents';
import { partitionsScanned, prunedCost } from './partitionScans';
import { openShadow, type ShadowOptions } from './shadow';
import { ShadowThread, shadowWorkerPath } from './shadowThread';

/** A statement before and after partitioning, planned in the shadow; or why it cannot be. */
export type PartitionedPlan =
  | {
      readonly sql: string;
      /** Planner cost of the table as it is, and cut; what is pruned only when the statement begins is not counted. */
      readonly costBefore: number;
      readonly costAfter: number;
      /** Names of the model's partitions that are read; `total` is how many there are. */
      readonly scanned: readonly string[];
      readonly total: number;
      readonly plan: Readonly<Record<string, unknown>>;
      /** Its parameters are unknown: any partition may be the one, and none is pruned. */
      readonly isGeneric: boolean;
    }
  | { readonly sql: string; readonly reason: string };

export interface PartitionWhatIfRequest {
  readonly facts: PartitionFacts;
  readonly table: TableFacts;
  readonly scheme: PartitionScheme;
  readonly statements: readonly string[];
  readonly signal?: CancelSignal;
}

/** More partitions than this are not modelled: loading them takes longer than it tells. */
const MOST_PARTITIONS = 500;

/**
 * Plans statements as if the table were partitioned, in a planner of its own on copied statistics that are divided
 * among the partitions. The server is only read.
 * @throws DatabaseError `unsupported` if the model cannot be made at all.
 */
export async function planPartitioned(
  db: Database,
  catalog: Catalog,
  request: PartitionWhatIfRequest,
  options: ShadowOptions = {},
): Promise<{
  readonly layout: PartitionLayout;
  readonly plans: readonly PartitionedPlan[];
  readonly notes: readonly string[];
}> {
  const { statements, table, signal } = request;
  const layout = await readLayout(db, request);
  const thread = new ShadowThread(options.workerFile ?? shadowWorkerPath());
  const today = openShadow(db, catalog, options);
  let contents = new ShadowContents();
  const notes = new Set<string>();
  const plans: PartitionedPlan[] = [];
  try {
    for (const text of statements) {
      throwIfCancelled(signal);
      const { sql } = withoutExplain(text);
      try {
        const before = await today.cost(sql, [], signal);
        const { model, added, names } = await readShadowModel(db, catalog, sql, contents, signal);
        const hasTable = model.storage.some(
          ({ schema, name }) => schema === table.relation.schema && name === table.relation.name,
        );
        if (model.steps.length + model.storage.length > 0) {
          const cut = hasTable ? partitionedModel(model, table, layout) : model;
          try {
            for (const note of (await thread.call({ kind: 'load', model: cut }, signal)).notes ?? []) notes.add(note);
          } catch (error) {
            // half a model would plan something else: the next statement begins with an empty one
            contents = new ShadowContents();
            await thread.end(new DatabaseError('cancelled', 'the model is made anew'));
            throw error;
          }
        }
        contents.add(added, names);
        const { plan } = await thread.call({ kind: 'explain', sql, indexes: [], among: [] }, signal);
        const all = new Set(layout.partitions.map(({ name }) => name));
        plans.push({
          sql: text,
          costBefore: before.totalCost,
          costAfter: prunedCost(plan!),
          scanned: partitionsScanned(plan!, all),
          total: layout.partitions.length,
          plan: plan!,
          isGeneric: /\$\d/.test(sql),
        });
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.kind === 'connection') throw error;
        plans.push({ sql: text, reason: error.message });
      }
    }
    return { layout, plans, notes: [...notes] };
  } finally {
    await today.dispose();
    await thread.end(new DatabaseError('cancelled', 'the model was closed'));
  }
}

async function readLayout(db: Database, { scheme, table, signal }: PartitionWhatIfRequest): Promise<PartitionLayout> {
  if (scheme.method === 'list') return listLayout(scheme, table);
  if (scheme.method === 'hash') return hashLayout(scheme, table);
  const key = table.keys.find(({ column }) => column === scheme.column);
  if (!key)
    throw new DatabaseError(
      'unsupported',
      `cannot model partitions by ${scheme.column}: it has no statistics of times`,
    );
  const isInstant = scheme.keyKind !== 'date' && scheme.keyKind !== 'timestamp';
  const zone = isInstant ? '$3' : `'UTC'`;
  // one more period than there are rows for: it is there in advance
  const rows = await db.query<{ at: number }>(
    `select extract(epoch from l at time zone ${zone})::float8 as at
     from generate_series(date_trunc($4, to_timestamp($1) at time zone ${zone}),
       (to_timestamp($2) at time zone ${zone}) + 2 * $5::interval, $5::interval) l
     ${isInstant ? '' : 'where $3::text is not null'} order by 1`,
    [key.first, key.last, scheme.timeZone, scheme.period, PERIOD_INTERVALS[scheme.period]],
    signal,
  );
  const edges = rows.map(({ at }) => at);
  if (edges.length - 1 > MOST_PARTITIONS)
    throw new DatabaseError('unsupported', `cannot model ${edges.length - 1} partitions; a longer period makes fewer`);
  return rangeLayout(scheme, table, key, edges);
}

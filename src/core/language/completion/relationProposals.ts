import { formatCount } from '../../base/units';
import type { Catalog, Relation } from '../../catalog/catalog';
import { isAlive } from '../../catalog/systemCatalog/lifespan';
import { systemRelations } from '../../catalog/systemCatalog/systemCatalog';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { indexOf } from './catalogIndex';
import type { Tier } from './collector';
import type { Completion } from './completion';
import type { CompletionContext } from './context';
import { inCase } from './context';
import { wholeJoins } from './joins';
import type { RelationWish } from './utilitySpots';

const WRITABLE = new Set(['table', 'partitioned table', 'foreign table', 'view']);

/** WITH queries, tables and views, and schemas to find more in; behind JOIN first what foreign keys lead to. */
export function addRelations(context: CompletionContext, wish: RelationWish): void {
  const { collector, catalog, scope, quote } = context;
  const reads = wish.use === 'read' || wish.use === 'join';
  if (wish.use === 'join' && catalog && quote === '') addWholeJoins(context, catalog);
  if (reads) {
    for (const { name } of scope.ctes) {
      const build = (): Completion => ({
        label: name,
        kind: 'cte',
        insertText: quoteIdentifier(name),
        detail: 'WITH query',
      });
      collector.add(name, 'fitting', build, `cte ${name}`);
    }
  }
  if (catalog) {
    const { visible, hidden, schemas } = indexOf(catalog);
    for (const relation of visible) addRelation(context, relation, wish, relation.isPartition ? 'far' : 'own', false);
    // Those of other schemas are found by their name too, but nobody wants them all listed.
    for (const relation of hidden) addRelation(context, relation, wish, relation.isPartition ? 'last' : 'other', true);
    for (const schema of schemas) addSchema(context, schema);
  }
  if (reads) addSystemRelations(context, false);
}

/** The tables and views of one schema. */
export function addRelationsOf(context: CompletionContext, schema: string, wish: RelationWish): void {
  const { catalog } = context;
  const own = catalog ? indexOf(catalog).bySchema.get(schema) : undefined;
  for (const relation of own ?? []) addRelation(context, relation, wish, relation.isPartition ? 'far' : 'own', false);
  if (schema === 'pg_catalog') addSystemRelations(context, true);
}

export function addSchema({ collector }: CompletionContext, schema: string): void {
  const build = (): Completion => ({
    label: schema,
    kind: 'schema',
    insertText: quoteIdentifier(schema),
    detail: 'schema',
  });
  collector.add(schema, 'far', build, `schema ${schema}`);
}

function addRelation(
  { collector }: CompletionContext,
  relation: Relation,
  wish: RelationWish,
  tier: Tier,
  isQualified: boolean,
): void {
  const { kind, name, schema } = relation;
  if (wish.kinds ? !wish.kinds.includes(kind) : wish.use === 'write' && !WRITABLE.has(kind)) return;
  const build = (): Completion => relationProposal(relation, isQualified);
  collector.add(name, tier, build);
  if (isQualified && collector.hasPrefix && !name.toLowerCase().startsWith(schema.toLowerCase()))
    collector.add(
      `${schema}.${name}`,
      'last',
      () => ({ ...build(), filterText: `${schema}.${name}` }),
      `relation ${schema}.${name}`,
    );
}

export function relationProposal(relation: Relation, isQualified: boolean): Completion {
  const { schema, name, kind, rowEstimate } = relation;
  const rows = rowEstimate === undefined ? '' : ` · ≈ ${formatCount(rowEstimate)} rows`;
  return {
    label: isQualified ? `${schema}.${name}` : name,
    kind: kind === 'view' || kind === 'materialized view' ? 'view' : 'table',
    insertText: isQualified ? quoteQualified(schema, name) : quoteIdentifier(name),
    detail: `${relation.isPartition ? 'partition' : kind}${rows}`,
    ...(isQualified && { filterText: name }),
    subject: { kind: 'relation', schema, name },
  };
}

function addWholeJoins(context: CompletionContext, catalog: Catalog): void {
  const { collector, scope } = context;
  for (const { relation, text } of wholeJoins(catalog, scope.sources)) {
    const insertText = text.replace(/ (on|and) /g, (_, word: string) => ` ${inCase(context, word)} `);
    const detail = `${relation.kind} by foreign key`;
    const subject = { kind: 'relation', schema: relation.schema, name: relation.name } as const;
    const build = (): Completion => ({ label: insertText, kind: 'join', insertText, detail, subject });
    collector.add(relation.name, 'best', build, `join ${text}`);
  }
}

/** Catalogs and statistics views, once their beginning is typed. */
function addSystemRelations({ collector, major }: CompletionContext, isAsked: boolean): void {
  if (!collector.hasPrefix && !isAsked) {
    collector.isIncomplete = true;
    return;
  }
  for (const relation of systemRelations().values()) {
    if (!isAlive(relation, major)) continue;
    const { name } = relation;
    collector.add(
      name,
      'far',
      () => ({ label: name, kind: 'view', insertText: name, detail: 'system catalog' }),
      `system ${name}`,
    );
  }
}

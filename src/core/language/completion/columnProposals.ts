import { quoteIdentifier } from '../../sql/identifiers';
import type { Tier } from './collector';
import type { Completion, Subject } from './completion';
import type { CompletionContext } from './context';
import type { ScopeColumn, ScopeSource } from './cursorScope';
import type { Compared } from './cursorSpot';
import { partnersOf } from './joins';

/** The columns that can be named in an expression, then the names that qualify them. */
export function addColumns(context: CompletionContext, compared?: Compared): void {
  const { scope, collector, catalog } = context;
  const all = scope.levels.flatMap(({ sources }) => sources);
  const partners = compared && catalog ? partnersOf(catalog, compared.column, all) : new Set<ScopeColumn>();
  for (const [depth, { sources }] of scope.levels.entries()) {
    const counts = countNames(sources);
    for (const source of sources) {
      for (const column of source.columns()) {
        if (column === compared?.column && source === compared.source) continue;
        const isHidden = scope.levels.slice(0, depth).some(level => countNames(level.sources).has(column.name));
        const isAmbiguous = (counts.get(column.name) ?? 0) > 1 || isHidden;
        if (isAmbiguous && source.name === undefined) continue;
        const tier = partners.has(column) ? 'best' : tierOf(depth, column, compared);
        const qualifier = isAmbiguous ? source.name : undefined;
        collector.add(column.name, tier, () => columnProposal(column, source, qualifier));
        // What is typed may be the qualifier: `o` finds o.id too.
        if (collector.hasPrefix && source.name !== undefined && isAmbiguous) {
          const build = (): Completion => ({
            ...columnProposal(column, source, qualifier),
            filterText: `${source.name}.${column.name}`,
          });
          if (!column.name.toLowerCase().startsWith(source.name.toLowerCase()))
            collector.add(`${source.name}.${column.name}`, 'other', build);
        }
      }
    }
  }
  for (const [depth, { sources }] of scope.levels.entries()) {
    for (const source of sources) {
      const { name } = source;
      if (name !== undefined)
        collector.add(name, depth === 0 ? 'common' : 'other', () => aliasProposal(name, source), `alias ${name}`);
    }
  }
  for (const name of rowNames(context)) {
    collector.add(
      name,
      'common',
      () => ({ label: name, kind: 'alias', insertText: name, detail: 'row' }),
      `alias ${name}`,
    );
  }
  for (const [name, type] of context.variables) {
    const insertText = quoteIdentifier(name);
    collector.add(name, type === compared?.column.type ? 'fitting' : 'own', () => ({
      label: name,
      kind: 'variable',
      insertText,
      detail: type,
    }));
  }
}

function tierOf(depth: number, column: ScopeColumn, compared: Compared | undefined): Tier {
  if (depth > 0) return 'outer';
  return compared?.column.type !== undefined && column.type === compared.column.type ? 'fitting' : 'own';
}

/** EXCLUDED behind ON CONFLICT, OLD and NEW in RETURNING since 18. */
function rowNames({ scope, major, tokens }: CompletionContext): string[] {
  const clauses = scope.block?.clauses.filter(({ from }) => from < tokens.cursor) ?? [];
  const names: string[] = [];
  if (clauses.some(({ keyword }) => keyword === 'on conflict') && clauses.at(-1)?.keyword !== 'returning')
    names.push('excluded');
  if (clauses.at(-1)?.keyword === 'returning' && major !== undefined && major >= 18) names.push('old', 'new');
  return names;
}

/** The columns behind a qualifier that means an item of FROM. */
export function addMembers({ collector }: CompletionContext, source: ScopeSource, compared?: Compared): void {
  for (const column of source.columns()) {
    collector.add(column.name, tierOf(0, column, compared), () => columnProposal(column, source, undefined));
  }
}

export function columnProposal(
  column: ScopeColumn,
  source: ScopeSource | undefined,
  qualifier: string | undefined,
): Completion {
  const own = quoteIdentifier(column.name);
  const insertText = qualifier === undefined ? own : `${quoteIdentifier(qualifier)}.${own}`;
  const label = qualifier === undefined ? column.name : `${qualifier}.${column.name}`;
  const detail = [
    column.type === 'unknown' ? undefined : column.type,
    column.base?.column.notNull === true ? 'not null' : undefined,
  ].filter(part => part !== undefined);
  const where = column.base?.relation.name ?? source?.name;
  const text = [detail.join(' '), where].filter(part => part !== undefined && part !== '').join(' · ');
  const subject: Subject | undefined = column.base && {
    kind: 'column',
    schema: column.base.relation.schema,
    relation: column.base.relation.name,
    name: column.base.column.name,
  };
  return {
    label,
    kind: 'column',
    insertText,
    ...(text !== '' && { detail: text }),
    ...(qualifier !== undefined && { filterText: column.name }),
    ...(subject && { subject }),
  };
}

function aliasProposal(name: string, { relation, cte }: ScopeSource): Completion {
  const detail = relation ? `${relation.kind} ${relation.name}` : cte ? 'WITH query' : 'subquery';
  return {
    label: name,
    kind: 'alias',
    insertText: quoteIdentifier(name),
    detail,
    ...(relation && { subject: { kind: 'relation', schema: relation.schema, name: relation.name } }),
  };
}

function countNames(sources: readonly ScopeSource[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const source of sources) {
    for (const { name } of source.columns()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

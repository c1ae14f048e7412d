import { quoteIdentifier, quoteLiteral } from '../../../sql/identifiers';
import type { Migration } from './migrationOptions';

/** What the old table stops doing at the swap: writing it anew for the way back must fire and publish nothing. */
export function detachments({ table, q }: Migration): string[] {
  const name = q(table.name);
  return [
    ...table.triggers.map(each => `alter table ${name} disable trigger ${quoteIdentifier(each.name)}`),
    ...table.rules.map(each => `alter table ${name} disable rule ${quoteIdentifier(each.name)}`),
    ...table.publications
      .filter(each => !each.implicit)
      .map(each => `alter publication ${quoteIdentifier(each.name)} drop table ${name}`),
  ];
}

/** What hangs on the table, made from PostgreSQL's own texts, which name it by the name that it has by then. */
export function attachments(migration: Migration): string[] {
  const { table, q } = migration;
  const name = q(table.name);
  const commentOn = (kind: string, each: { readonly name: string; readonly comment: string | null }): string[] =>
    each.comment === null
      ? []
      : [`comment on ${kind} ${quoteIdentifier(each.name)} on ${name} is ${quoteLiteral(each.comment)}`];
  return [
    ...table.constraints
      .filter(each => !each.validated && (each.kind === 'c' || each.kind === 'n'))
      .flatMap(each => [
        `alter table ${name} add constraint ${quoteIdentifier(each.name)} ${each.definition.replace(' NO INHERIT', '')}`,
        ...commentOn('constraint', each),
      ]),
    ...table.triggers.flatMap(each => [each.definition, ...commentOn('trigger', each)]),
    ...enabledStates(name, 'trigger', table.triggers, false),
    ...table.rules.flatMap(each => [each.definition, ...commentOn('rule', each)]),
    ...enabledStates(name, 'rule', table.rules, false),
    ...(table.rowSecurity.enabled ? [`alter table ${name} enable row level security`] : []),
    ...(table.rowSecurity.forced ? [`alter table ${name} force row level security`] : []),
    ...table.policies.flatMap(each => [
      [
        `create policy ${quoteIdentifier(each.name)} on ${name} as ${each.permissive ? 'permissive' : 'restrictive'}`,
        `for ${each.command} to ${each.roles.join(', ')}`,
        ...(each.using === null ? [] : [`using (${each.using})`]),
        ...(each.check === null ? [] : [`with check (${each.check})`]),
      ].join(' '),
      ...commentOn('policy', each),
    ]),
    ...table.publications
      .filter(each => !each.implicit)
      .map(each => `alter publication ${quoteIdentifier(each.name)} add table ${name}${each.suffix}`),
  ];
}

/** Views and SQL functions hold on to the table they were made for; replacing them by themselves binds them anew. */
export function boundAnew({ table }: Migration): string[] {
  return [
    ...table.dependents.views.map(view => {
      const options = view.options.length > 0 ? ` with (${view.options.join(', ')})` : '';
      return `create or replace view ${view.name}${options} as ${view.definition.trim()}`;
    }),
    ...table.dependents.functions.map(each => each.definition.trim().replace(/;$/, '')),
  ];
}

const STATES = { O: 'enable', D: 'disable', R: 'enable replica', A: 'enable always' } as const;

/** Sets which triggers or rules fire. New ones fire by default, so only the others need a word unless `all`. */
export function enabledStates(
  table: string,
  kind: 'trigger' | 'rule',
  states: readonly { readonly name: string; readonly enabled: keyof typeof STATES }[],
  all: boolean,
): string[] {
  return states
    .filter(each => all || each.enabled !== 'O')
    .map(each => `alter table ${table} ${STATES[each.enabled]} ${kind} ${quoteIdentifier(each.name)}`);
}

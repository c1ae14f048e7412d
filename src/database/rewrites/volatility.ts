import type { CancelSignal } from '../../core/base/cancelSignal';
import { quoteQualified } from '../../core/sql/identifiers';
import type { Grammar } from '../../core/sql/grammar';
import { parseStatement } from '../../core/sql/parseStatement';
import type { ParsedStatement } from '../../core/sql/statement';
import { unwrap, walk, wrappedNodes } from '../../core/sql/walk';
import type { Session } from '../session';

/** What keeps two runs of statements from being comparable, as far as their text and the catalog show it. */
export interface Comparability {
  /** In one clause, with what to do; absent if they can be compared. */
  readonly refusal?: string;
  readonly remarks: readonly string[];
}

/** A relation below the statements, through views. */
interface UsedRelation {
  readonly name: string;
  readonly kind: string;
  /** Queries of views and conditions of row security, as PostgreSQL prints them. */
  readonly texts: readonly string[] | null;
}

const RELATIONS = `
  with recursive used as (
    select to_regclass(name)::oid as oid from unnest($1::text[]) as name
    union
    select d.refobjid from used
      join pg_class v on v.oid = used.oid and v.relkind = 'v'
      join pg_rewrite w on w.ev_class = v.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> v.oid
  )
  select c.oid::regclass::text as name, c.relkind as kind, array(
    select pg_get_viewdef(c.oid) where c.relkind = 'v'
    union all
    select 'select ' || pg_get_expr(polqual, polrelid) from pg_policy
      where polrelid = c.oid and c.relrowsecurity and polqual is not null
  ) as texts
  from used join pg_class c on c.oid = used.oid`;

const VOLATILE = `
  select distinct p.proname as name, n.nspname as schema
  from unnest($1::text[], $2::text[], $3::int[]) as call (schema, name, arguments)
  join pg_proc p on p.proname = call.name and p.provolatile = 'v'
  join pg_namespace n on n.oid = p.pronamespace
  where (n.nspname = call.schema or call.schema is null and pg_function_is_visible(p.oid))
    and (call.arguments between p.pronargs - p.pronargdefaults and p.pronargs
      or p.provariadic <> 0 and call.arguments >= p.pronargs - 1)
  order by 1`;

/**
 * Refuses what gives other rows each time, or might write: volatile functions, also those in views and row security,
 * and samples. A function of the user's own is what it is declared to be.
 */
export async function comparability(
  session: Session,
  grammar: Grammar,
  statements: readonly ParsedStatement[],
  signal: CancelSignal,
): Promise<Comparability> {
  const names = statements.flatMap(({ tables }) => tables.map(({ schema, name }) => quoteQualified(schema, name)));
  const relations = await session.query<UsedRelation & Record<string, unknown>>(RELATIONS, [[...new Set(names)]], {
    signal,
  });
  const hidden = relations.flatMap(({ texts }) => texts ?? []).map(text => parseStatement(grammar, text));
  const all = [...statements, ...hidden];
  if (all.some(takesSample)) {
    return { refusal: 'TABLESAMPLE takes other rows each time; give it REPEATABLE (seed)', remarks: [] };
  }
  const calls = all.flatMap(callsOf);
  const parameters = [calls.map(each => each.schema), calls.map(each => each.name), calls.map(each => each.arguments)];
  const volatile = await session.query<{ name: string; schema: string }>(VOLATILE, parameters, { signal });
  if (volatile.length > 0) return { refusal: refuseVolatile(volatile), remarks: [] };
  const foreign = relations.filter(({ kind }) => kind === 'f').map(({ name }) => name);
  return {
    remarks:
      foreign.length === 0
        ? []
        : [`${foreign.join(', ')}: a foreign table need not be part of the snapshot, so its rows may have changed.`],
  };
}

function refuseVolatile(functions: readonly { readonly name: string; readonly schema: string }[]): string {
  const names = functions.map(({ schema, name }) => (schema === 'pg_catalog' ? `${name}()` : `${schema}.${name}()`));
  const own = functions.some(({ schema }) => schema !== 'pg_catalog');
  const advice = own ? '; declare a function that only reads STABLE' : '';
  const verb = names.length === 1 ? 'is' : 'are';
  return `${names.join(', ')} ${verb} volatile and may give something else each time${advice}`;
}

function takesSample({ tree }: ParsedStatement): boolean {
  let found = false;
  walk(tree, (type, fields) => {
    found ||= type === 'RangeTableSample' && fields['repeatable'] === undefined;
  });
  return found;
}

interface Call {
  readonly schema: string | null;
  readonly name: string;
  readonly arguments: number;
}

function callsOf({ tree }: ParsedStatement): Call[] {
  const calls: Call[] = [];
  walk(tree, (type, fields) => {
    if (type !== 'FuncCall') return;
    const parts = wrappedNodes(fields['funcname']).map(part => String(part.fields['sval']));
    const given = Array.isArray(fields['args']) ? (fields['args'] as unknown[]).filter(each => unwrap(each)) : [];
    calls.push({ schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '', arguments: given.length });
  });
  return calls;
}

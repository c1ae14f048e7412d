import type { Routine } from '../../catalog/catalog';
import { isAlive } from '../../catalog/systemCatalog/lifespan';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { builtins, VALUE_WORDS } from './builtins';
import type { Builtin } from './builtins';
import type { Tier } from './collector';
import type { Completion } from './completion';
import type { CompletionContext } from './context';
import { addKeywords } from './context';

/** What is listed before anything is typed. */
const FREQUENT = new Set(
  'count sum avg min max coalesce now date_trunc lower upper extract string_agg array_agg'.split(' '),
);

export interface FunctionWish {
  readonly procedures?: boolean;
  /** In FROM: those that give rows. */
  readonly rows?: boolean;
  /** Without aggregates and window functions. */
  readonly scalar?: boolean;
  /** Their names only, as behind EXECUTE FUNCTION. */
  readonly bare?: boolean;
}

/** Users' functions, then PostgreSQL's own. */
export function addFunctions(context: CompletionContext, wish: FunctionWish, tier: Tier = 'common'): void {
  const { collector, catalog, quote } = context;
  for (const routine of catalog?.functions ?? []) {
    const isVisible = catalog?.searchPath.includes(routine.schema) ?? false;
    addRoutine(context, routine, wish, isVisible ? tier : 'far', !isVisible);
  }
  if (wish.procedures === true || wish.bare === true || quote !== '') return;
  for (const [name, signatures] of builtins()) {
    const alive = signatures.filter(builtin => isAlive(builtin, context.major));
    const [first] = alive;
    if (!first || (wish.rows === true && !first.result.startsWith('SETOF'))) continue;
    if (wish.scalar === true && (first.kind === 'aggregate' || first.kind === 'window')) continue;
    const isFrequent = FREQUENT.has(name) || wish.rows === true;
    if (!collector.hasPrefix && !isFrequent) {
      collector.isIncomplete = true;
      continue;
    }
    collector.add(
      name,
      FREQUENT.has(name) ? tier : 'other',
      () => builtinProposal(name, alive, first),
      `function ${name}`,
    );
  }
  if (wish.rows !== true && collector.hasPrefix) addKeywords(context, VALUE_WORDS, 'other');
}

/** The functions of one schema. */
export function addFunctionsOf(context: CompletionContext, schema: string, wish: FunctionWish): void {
  for (const routine of context.catalog?.functions ?? []) {
    if (routine.schema === schema) addRoutine(context, routine, wish, 'common', false);
  }
}

function addRoutine(
  { collector }: CompletionContext,
  routine: Routine,
  wish: FunctionWish,
  tier: Tier,
  isQualified: boolean,
): void {
  const { schema, name, kind, returns, parameters } = routine;
  if ((kind === 'procedure') !== (wish.procedures ?? false)) return;
  if (wish.scalar === true && (kind === 'aggregate' || kind === 'window')) return;
  const givesRows =
    returns?.startsWith('SETOF') === true ||
    returns?.startsWith('TABLE') === true ||
    parameters.some(({ mode }) => mode === 'table');
  if (wish.rows === true && !givesRows) return;
  if (returns === 'trigger' ? wish.bare !== true : wish.bare === true) return;
  const text = isQualified ? quoteQualified(schema, name) : quoteIdentifier(name);
  const takes = parameters.some(({ mode }) => mode === 'in' || mode === 'inout' || mode === 'variadic');
  collector.add(
    name,
    tier,
    () => ({
      ...call(text, takes && wish.bare !== true),
      label: isQualified ? `${schema}.${name}` : name,
      kind: 'function',
      detail: `${kind}${returns === undefined ? '' : ` → ${returns}`}`,
      ...(isQualified && { filterText: name }),
      subject: { kind: 'routine', schema, name },
    }),
    `routine ${schema}.${name}`,
  );
}

function builtinProposal(name: string, alive: readonly Builtin[], first: Builtin): Completion {
  const takes = alive.some(builtin => builtin.arguments !== '');
  const results = new Set(alive.map(({ result }) => result));
  const more = alive.length > 1 ? ` (+${alive.length - 1})` : '';
  const what = first.kind === 'syntax' ? '' : `${first.kind} `;
  const window = first.kind === 'window' ? ' over ($0)' : undefined;
  return {
    ...(window !== undefined && !takes
      ? { insertText: `${name}()${window}`, isSnippet: true as const }
      : call(name, takes)),
    label: name,
    kind: 'function',
    detail: `${what}→ ${results.size === 1 ? first.result : 'depends on the arguments'}${more}`,
    subject: { kind: 'builtin', name },
  };
}

function call(name: string, takes: boolean): Pick<Completion, 'insertText' | 'isSnippet'> {
  if (!takes || name.includes('$') || name.includes('}')) return { insertText: `${name}()` };
  return { insertText: `${name}($0)`, isSnippet: true };
}

import type { Catalog, Routine } from '../catalog/catalog';
import { findRoutines } from '../catalog/lookup';
import { builtinsNamed } from './completion/builtins';
import type { Builtin } from './completion/builtins';
import type { CursorTokens } from './completion/cursorTokens';
import { cursorStatementAt } from './completion/cursorText';
import { majorOf } from './completion/documentation';
import type { LanguageScript } from './place';
import { readParameters } from './signatureParameters';
import type { SignatureParameter } from './signatureParameters';

/** One way to call a function. */
export interface Signature {
  readonly label: string;
  readonly parameters: readonly SignatureParameter[];
  /** The parameter at the cursor; undefined if the call has more arguments than this signature takes. */
  readonly activeParameter?: number;
  readonly documentation?: string;
}

export interface SignatureList {
  readonly signatures: readonly Signature[];
  /** The first that takes the arguments written so far. */
  readonly activeSignature: number;
}

/** How the function around an offset can be called, and which argument stands at the offset. */
export function signatureHelpAt(
  script: LanguageScript,
  offset: number,
  catalog: Catalog | undefined,
): SignatureList | undefined {
  // A cursor behind a number or in a string is in an argument all the same.
  const tokens = tokensAround(script, offset);
  if (!tokens) return undefined;
  for (let open = tokens.parent(tokens.cursor); open >= 0; open = tokens.parent(open)) {
    if (tokens.is(open + 1, 'select', 'with')) return undefined;
    if (!tokens.isName(open - 1)) continue;
    const qualifier = tokens.qualifierBefore(open - 1);
    const found = signaturesOf(tokens.name(open - 1), qualifier.at(-1), catalog);
    if (found.length === 0) {
      // Names before parentheses that are no functions: IN (, VALUES (, a table's columns.
      if (tokens.is(open - 1, 'in', 'any', 'all', 'some', 'array', 'row', 'and', 'or', 'not', 'then', 'else', 'when'))
        continue;
      return undefined;
    }
    if (isDefinition(tokens, open - 1 - 2 * qualifier.length)) return undefined;
    return choose(found, argumentsIn(tokens, open));
  }
  return undefined;
}

function tokensAround(script: LanguageScript, offset: number): CursorTokens | undefined {
  const own = cursorStatementAt(script, offset);
  if (own) return own.tokens;
  // Inside a number or a string: the token's own place is as good.
  const { text } = script;
  const behind = /^[\w.]+/.exec(text.slice(offset))?.[0].length ?? 0;
  const before = /[\w.$:]+$/.exec(text.slice(Math.max(0, offset - 100), offset))?.[0].length ?? 0;
  const without = `${text.slice(0, offset - before)}${' '.repeat(before + behind)}${text.slice(offset + behind)}`;
  return behind + before === 0
    ? undefined
    : cursorStatementAt({ ...withStatements(script), text: without }, offset)?.tokens;
}

function withStatements(script: LanguageScript): LanguageScript {
  return { text: script.text, statements: script.statements, statementAt: at => script.statementAt(at) };
}

/** CREATE TABLE name (, INSERT INTO name (. */
function isDefinition(tokens: CursorTokens, name: number): boolean {
  return tokens.is(name - 1, 'table', 'into', 'index', 'exists', 'function', 'procedure', 'references', 'replace');
}

interface Callable {
  readonly head: string;
  readonly list: string;
  readonly tail: string;
  readonly documentation?: string;
}

function signaturesOf(name: string, schema: string | undefined, catalog: Catalog | undefined): Callable[] {
  const own = catalog ? findRoutines(catalog, name, schema).map(routineSignature) : [];
  const builtin = schema === undefined || schema === 'pg_catalog' ? builtinsNamed(name, majorOf(catalog)) : [];
  return [...own, ...builtin.map(builtinSignature)];
}

function routineSignature({ schema, name, parameters, returns, comment }: Routine): Callable {
  const list = parameters
    .filter(({ mode }) => mode !== 'out' && mode !== 'table')
    .map(({ name: own, type, mode, hasDefault }) =>
      [
        ...(mode === 'variadic' ? ['VARIADIC'] : []),
        ...(own === undefined ? [] : [own]),
        type,
        ...(hasDefault ? ['DEFAULT …'] : []),
      ].join(' '),
    );
  return {
    head: `${schema}.${name}(`,
    list: list.join(', '),
    tail: `)${returns === undefined ? '' : ` → ${returns}`}`,
    ...(comment !== undefined && { documentation: comment }),
  };
}

function builtinSignature({ name, arguments: list, result, description }: Builtin): Callable {
  const documentation = description === '' ? {} : { documentation: description };
  return { head: `${name}(`, list, tail: `) → ${result}`, ...documentation };
}

interface Arguments {
  readonly count: number;
  /** The one at the cursor. */
  readonly active: number;
  /** Its name in named notation. */
  readonly name?: string;
}

function argumentsIn(tokens: CursorTokens, open: number): Arguments {
  let count = 0;
  let active = 0;
  let name: string | undefined;
  let first = open + 1;
  const close = tokens.close(open);
  for (let i = open + 1; i <= close; i = tokens.after(i)) {
    if (i < close && !tokens.is(i, ',')) continue;
    if (first <= tokens.cursor && tokens.cursor < i) {
      active = count;
      if (tokens.isName(first) && tokens.is(first + 1, '=>', ':=')) name = tokens.name(first);
    }
    count++;
    first = i + 1;
    if (i >= close) break;
  }
  return { count, active, ...(name !== undefined && { name }) };
}

function choose(callables: readonly Callable[], call: Arguments): SignatureList {
  const signatures = callables.map(({ head, list, tail, documentation }): Signature => {
    const parameters = readParameters(list, head.length);
    const active = activeIn(parameters, call);
    return {
      label: `${head}${list}${tail}`,
      parameters,
      ...(active !== undefined && { activeParameter: active }),
      ...(documentation !== undefined && { documentation }),
    };
  });
  const fits = ({ parameters, activeParameter }: Signature): boolean =>
    activeParameter !== undefined && (call.count <= parameters.length || parameters.at(-1)?.isVariadic === true);
  const fitting = signatures.findIndex(fits);
  return { signatures, activeSignature: Math.max(0, fitting) };
}

function activeIn(parameters: readonly SignatureParameter[], { active, name }: Arguments): number | undefined {
  if (name !== undefined) {
    const named = parameters.findIndex(parameter => parameter.name === name);
    return named < 0 ? undefined : named;
  }
  if (active < parameters.length) return active;
  const last = parameters.length - 1;
  return parameters[last]?.isVariadic === true ? last : undefined;
}

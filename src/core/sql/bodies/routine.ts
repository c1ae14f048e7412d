import type { SourceRange } from '../../base/sourceRange';
import { TokenKind, tokenize } from '../lexer';
import type { BodyContext, ParseNode } from '../statement';
import { unwrap } from '../walk';
import { unquote } from './quotedText';

/** A routine whose body is a string. */
export interface Routine {
  readonly language: string;
  readonly routine: BodyContext['routine'];
  /** Parameters and, for a trigger, what it is told. */
  readonly variables: ReadonlySet<string>;
  /** The body's place in the statement. */
  readonly range: SourceRange;
  /** The statement with the body as its language reads it: quotes and escapes are replaced, lengths kept. */
  readonly source: string;
}

const TRIGGER_VARIABLES = `new old tg_name tg_when tg_level tg_op tg_relid tg_relname tg_table_name tg_table_schema
  tg_nargs tg_argv`.split(/\s+/);
const EVENT_TRIGGER_VARIABLES = ['tg_event', 'tg_tag'];

/** The routine that CREATE FUNCTION, CREATE PROCEDURE or DO is about; undefined for any other statement. */
export function readRoutine(tree: ParseNode, text: string): Routine | undefined {
  const root = unwrap(tree);
  if (root?.type === 'DoStmt') {
    const language = optionText(root.fields['args'], 'language') ?? 'plpgsql';
    const token = stringToken(text, previous => previous !== 'language');
    return token && withBody(text, token, { language, routine: 'do', variables: specials(language) });
  }
  if (root?.type !== 'CreateFunctionStmt' || root.fields['sql_body'] !== undefined) return undefined;
  const language = optionText(root.fields['options'], 'language');
  const token = stringToken(text, previous => previous === 'as');
  if (language === undefined || !token) return undefined;
  const returns = returnTypeName(root.fields['returnType']);
  const variables = specials(language);
  if (returns === 'trigger') for (const name of TRIGGER_VARIABLES) variables.add(name);
  if (returns === 'event_trigger') for (const name of EVENT_TRIGGER_VARIABLES) variables.add(name);
  for (const parameter of list(root.fields['parameters'])) {
    const name = unwrap(parameter)?.fields['name'];
    if (typeof name === 'string') variables.add(name);
  }
  const routine = root.fields['is_procedure'] === true ? 'procedure' : 'function';
  return withBody(text, token, { language, routine, variables });
}

function specials(language: string): Set<string> {
  return new Set(language === 'plpgsql' ? ['found'] : []);
}

function withBody(text: string, token: SourceRange, about: Omit<Routine, 'range' | 'source'>): Routine | undefined {
  const body = unquote(text, token);
  if (!body) return undefined;
  const { start, end } = body.range;
  // Most bodies are dollar-quoted and need no copy.
  const isPlain = text.startsWith(body.text, start);
  const source = isPlain ? text : text.slice(0, start) + body.text + text.slice(end);
  return { ...about, language: about.language.toLowerCase(), range: body.range, source };
}

/** The first string outside parentheses that follows a fitting word. */
function stringToken(text: string, fits: (previousWord: string) => boolean): SourceRange | undefined {
  const { kinds, starts, ends } = tokenize(text, { comments: false });
  let depth = 0;
  for (let i = 1; i < kinds.length; i++) {
    const token = text.slice(starts[i], ends[i]);
    if (token === '(') depth++;
    else if (token === ')') depth--;
    if (depth > 0 || (kinds[i] !== TokenKind.string && kinds[i] !== TokenKind.dollarString)) continue;
    if (fits(text.slice(starts[i - 1], ends[i - 1]).toLowerCase())) return { start: starts[i]!, end: ends[i]! };
  }
  return undefined;
}

function optionText(options: unknown, name: string): string | undefined {
  for (const option of list(options)) {
    const fields = unwrap(option)?.fields;
    if (fields?.['defname'] !== name) continue;
    const value = unwrap(fields['arg'])?.fields['sval'];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

function returnTypeName(type: unknown): string | undefined {
  const names = list((type as { names?: unknown } | undefined)?.names);
  const last = unwrap(names.at(-1))?.fields['sval'];
  return typeof last === 'string' ? last : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

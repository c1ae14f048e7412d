import { TokenKind, tokenize } from './lexer';
import { quotingNameEnd, quotingValueEnd } from './clientSyntax';
import type { Placeholder, PlaceholderStyle } from './statement';

/** A text of the same length that may stand for a placeholder, and what it then is to the grammar. */
interface Stand {
  readonly text: string;
  readonly fills: NonNullable<Placeholder['fills']>;
}

/** A placeholder with the texts to try in its place, likeliest first. `$1` needs none. */
export interface Hole {
  readonly placeholder: Placeholder;
  readonly stands: readonly Stand[];
}

/** What may stand in a hole whose style does not tell. */
export type HoleUse = 'any' | 'name' | 'literal';

const NAME_FOLLOWS =
  /^(?:table|from|into|update|on|index|view|only|exists|schema|database|role|user|join|analyze|vacuum|to|for|owner|of|references|function|call|tablespace|as|\.)$/i;

/** Every placeholder and every psql command has one of these; most statements have none and need not be read. */
const MAY_HAVE_HOLES = /[$:@#%?{\\]/;

/**
 * The holes of a statement, those given among them, and the statement with psql commands within it blanked out;
 * lengths are kept.
 */
export function findHoles(
  statement: string,
  given: readonly Hole[] = [],
): { readonly holes: readonly Hole[]; readonly text: string } {
  if (given.length === 0 && !MAY_HAVE_HOLES.test(statement)) return { holes: given, text: statement };
  const holes: Hole[] = [];
  const numbers = new ParameterNumbers();
  let text = statement;
  let previous = '';
  let anonymous = 0;
  const { kinds, starts, ends } = tokenize(statement, { comments: false });
  for (let i = 0; i < kinds.length; i++) {
    const start = starts[i]!;
    const end = ends[i]!;
    const token = statement.slice(start, end);
    if (kinds[i] === TokenKind.metaCommand) text = text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
    if (kinds[i] === TokenKind.string && token.includes('{{'))
      text = text.slice(0, start) + withoutInnerQuotes(token) + text.slice(end);
    if (kinds[i] === TokenKind.quotedIdentifier && quotingNameEnd(statement, start) === end)
      text = `${text.slice(0, start)}"${token.slice(1, -1).replace(/"/g, ' ')}"${text.slice(end)}`;
    if (kinds[i] === TokenKind.parameter) {
      const name = token.slice(1);
      numbers.reserve(Number(name));
      holes.push({ placeholder: { style: 'dollar', name, range: { start, end }, fills: 'value' }, stands: [] });
    }
    if (kinds[i] === TokenKind.placeholder) {
      const { style, name } = nameOf(token);
      const placeholder = { style, name: name === '' ? String(++anonymous) : name, range: { start, end } };
      const number = numbers.of(`${style === 'psql-literal' ? 'colon' : style} ${placeholder.name}`);
      const glued = isNamePart(statement[start - 1]) || isNamePart(statement[end]);
      holes.push({
        placeholder,
        stands: standsFor(token.length, style, number, statement[end] === '.' ? '.' : previous, glued),
      });
    }
    previous = token;
  }
  if (given.length === 0) return { holes, text };
  const all = [...holes, ...given];
  return { holes: all.sort((a, b) => a.placeholder.range.start - b.placeholder.range.start), text };
}

/** Quotes within `{{ }}` do not end the string for the template, but would for the server. */
function withoutInnerQuotes(token: string): string {
  let text = token;
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at + 2)) {
    const end = quotingValueEnd(text, at);
    if (end > 0) text = text.slice(0, at) + text.slice(at, end).replace(/'/g, ' ') + text.slice(end);
  }
  return text;
}

/** A hole found by other means than the lexer: what is before and behind it tells whether it is part of a name. */
export function makeHole(placeholder: Placeholder, use: HoleUse, number: number, before: string, after: string): Hole {
  const { range, style } = placeholder;
  const glued = isNamePart(before.at(-1)) || isNamePart(after[0]);
  const previous = /[\p{L}\p{N}_]+\s*$|\.\s*$/u.exec(before)?.[0].trim() ?? '';
  const stands = standsFor(range.end - range.start, style, number, previous, glued);
  return { placeholder, stands: use === 'any' || glued ? stands : stands.filter(({ fills }) => fits(fills, use)) };
}

function fits(fills: Stand['fills'], use: HoleUse): boolean {
  return use === 'name' ? fills === 'name' : fills === 'literal' || fills === 'value';
}

/** The statement with one of its stands in each hole; `choices` are indexes into `stands`, 0 for `$1`. */
export function fillHoles(text: string, holes: readonly Hole[], choices: readonly number[]): string {
  const parts: string[] = [];
  let at = 0;
  holes.forEach(({ placeholder: { range }, stands }, i) => {
    const stand = stands[choices[i] ?? 0];
    if (!stand) return;
    parts.push(text.slice(at, range.start), stand.text);
    at = range.end;
  });
  parts.push(text.slice(at));
  return parts.join('');
}

function standsFor(width: number, style: PlaceholderStyle, number: number, previous: string, glued: boolean): Stand[] {
  const name: Stand = { text: 'x'.repeat(width), fills: 'name' };
  // A part of a longer name can be nothing else.
  if (glued) return [name];
  if (style === 'psql-identifier') return [{ text: ` "${'x'.repeat(width - 3)}"`, fills: 'name' }];
  const parameter =
    width > String(number).length ? `$${number}` : width > 1 ? `$${number % 9}`.replace('$0', '$9') : '1';
  const stands: Stand[] = [
    { text: parameter.padEnd(width), fills: 'value' },
    { text: '1'.padEnd(width), fills: 'literal' },
  ];
  if (width > 1) stands.push({ text: `'${'x'.repeat(width - 2)}'`, fills: 'literal' });
  if (NAME_FOLLOWS.test(previous) && style !== 'psql-literal') stands.unshift(name);
  else stands.push(name);
  stands.push({ text: ' '.repeat(width), fills: 'nothing' });
  return stands;
}

function nameOf(token: string): { style: PlaceholderStyle; name: string } {
  if (token === '?') return { style: 'question', name: '' };
  if (token === '%s') return { style: 'format', name: '' };
  if (token.startsWith('%')) return { style: 'pyformat', name: token.slice(2, -2) };
  if (/^(?:[$#]?\{|@ext|@database_owner@)/.test(token)) return { style: 'template', name: templateName(token) };
  if (token.startsWith('@') || token.startsWith('$')) return { style: 'named', name: token.slice(1) };
  if (token.startsWith(":'")) return { style: 'psql-literal', name: token.slice(2, -1) };
  if (token.startsWith(':"')) return { style: 'psql-identifier', name: token.slice(2, -1) };
  if (token.startsWith(':{')) return { style: 'colon', name: token.slice(3, -1) };
  return { style: 'colon', name: token.slice(1) };
}

/** `orders` for `{{ ref('orders') }}`, `id` for `#{id}` and `{{ id }}`. */
function templateName(token: string): string {
  const inner = token.replace(/^(?:[$#]?\{\{?[-~]?|@)|(?:[-~]?\}?\}|@)$/g, '').trim();
  return /(['"])([^'"]+)\1\s*\)$/.exec(inner)?.[2] ?? inner;
}

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

/** Gives each name its own parameter number, so that two placeholders are equal in the tree only if their names are. */
class ParameterNumbers {
  private readonly byName = new Map<string, number>();
  private highest = 0;

  reserve(number: number): void {
    this.highest = Math.max(this.highest, number);
  }

  of(name: string): number {
    const number = this.byName.get(name) ?? ++this.highest;
    this.byName.set(name, number);
    return number;
  }
}

import type { SourceRange } from '../../base/sourceRange';
import type { FindFragments, Fragment } from './fragment';
import { blank } from './fragment';
import { findInJavaScript } from './javascript';
import { findInMarkdown } from './markdown';
import { findInGo, findInJava, findInRust } from './markedStrings';
import { findInPython } from './python';
import { findInRuby } from './ruby';

/** Languages that SQL is found in, by the name VS Code knows them under, and the endings of their files. */
const HOSTS: Readonly<Record<string, { readonly find: FindFragments; readonly endings: readonly string[] }>> = {
  javascript: { find: findInJavaScript, endings: ['js', 'mjs', 'cjs'] },
  javascriptreact: { find: findInJavaScript, endings: ['jsx'] },
  typescript: { find: findInJavaScript, endings: ['ts', 'mts', 'cts'] },
  typescriptreact: { find: findInJavaScript, endings: ['tsx'] },
  python: { find: findInPython, endings: ['py', 'pyi'] },
  markdown: { find: findInMarkdown, endings: ['md', 'markdown'] },
  go: { find: findInGo, endings: ['go'] },
  java: { find: findInJava, endings: ['java'] },
  kotlin: { find: findInJava, endings: ['kt', 'kts'] },
  ruby: { find: findInRuby, endings: ['rb', 'rake'] },
  rust: { find: findInRust, endings: ['rs'] },
};

/** A text of a host language with only its SQL left. */
export interface HostText {
  /** As long as the text, with its line breaks; each fragment ends with a semicolon where its closing quote was. */
  readonly masked: string;
  /** In the order of the text. */
  readonly fragments: readonly Fragment[];
}

/** The languages that SQL is found in. */
export const HOST_LANGUAGES: readonly string[] = Object.keys(HOSTS);

/** Undefined if the language is none that SQL is looked for in: then the text is SQL itself. */
export function readHost(languageId: string, text: string): HostText | undefined {
  const host = Object.hasOwn(HOSTS, languageId) ? HOSTS[languageId] : undefined;
  if (!host) return undefined;
  const fragments = host.find(text);
  const parts: string[] = [];
  let at = 0;
  for (const { range, text: sql } of fragments) {
    parts.push(blank(text.slice(at, range.start)), sql, ';');
    at = range.end + 1;
  }
  parts.push(blank(text.slice(at)));
  return { masked: parts.join(''), fragments };
}

/** The text with everything that is not SQL blanked out; undefined for a language that is no host. */
export function maskHost(languageId: string, text: string): string | undefined {
  return readHost(languageId, text)?.masked;
}

/** The language of a file by its name's ending; `sql` for all that are no host. */
export function languageOfFile(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return HOST_LANGUAGES.find(language => HOSTS[language]!.endings.includes(ending)) ?? 'sql';
}

/** True if edits to the fragments leave the host's text whole and copy nothing that only stands for something else. */
export function editsKeepHost(
  host: HostText,
  text: string,
  edits: readonly { readonly range: SourceRange; readonly newText: string }[],
): boolean {
  return edits.every(({ range, newText }) => {
    const fragment = host.fragments.find(({ range: own }) => own.start <= range.start && range.end <= own.end);
    if (!fragment || text.slice(range.start, range.end) !== host.masked.slice(range.start, range.end)) return false;
    const { quote } = fragment;
    if (
      quote !== '' &&
      (newText.includes(quote[0]!) || (quote.length === 1 && quote !== '`' && newText.includes('\n')))
    )
      return false;
    return !/[`\\{}]/.test(newText);
  });
}

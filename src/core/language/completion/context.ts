import type { Catalog } from '../../catalog/catalog';
import type { Collector, Tier } from './collector';
import type { Completion } from './completion';
import type { CursorScope } from './cursorScope';
import type { CursorTokens } from './cursorTokens';

/** What the proposals for one cursor are made of. */
export interface CompletionContext {
  readonly tokens: CursorTokens;
  readonly scope: CursorScope;
  readonly catalog: Catalog | undefined;
  /** Major version of the server, if it is known. */
  readonly major: number | undefined;
  readonly collector: Collector;
  readonly quote: '' | '"' | "'";
  readonly upperCase: boolean;
  readonly variables: ReadonlyMap<string, string>;
}

/** Keywords as the statement writes them. */
export function inCase({ upperCase }: CompletionContext, words: string): string {
  return upperCase ? words.toUpperCase() : words.toLowerCase();
}

/** Proposes a text made of names and keywords; the keywords are those in small letters between blanks that SQL has. */
export function addKeywords(context: CompletionContext, words: readonly string[], tier: Tier): void {
  if (context.quote !== '') return;
  for (const word of words) {
    const text = inCase(context, word);
    const build = (): Completion => ({ label: text, kind: 'keyword', insertText: text });
    context.collector.add(word, tier, build, `keyword ${word}`);
  }
}

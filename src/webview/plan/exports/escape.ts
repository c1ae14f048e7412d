import { showHidden } from '../../shared/shownText';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Text for HTML and SVG, fit for elements and quoted attributes alike. Characters that turn the reading direction
 * around or cannot be seen are written out; surrogates without a partner would break the file's encoding.
 */
export function escapeMarkup(text: string): string {
  return showHidden(wellFormed(text)).replace(/[&<>"'`]/g, character => ENTITIES[character]!);
}

/**
 * One line of text for Markdown, shown as it stands: no formatting, no link, no HTML. A character without width parts
 * what would call somebody by name or link to an issue, for which an escape is not enough.
 */
export function escapeMarkdown(text: string): string {
  return showHidden(wellFormed(text))
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]#|~$]/g, '\\$&')
    .replace(/[&<>]/g, character => ENTITIES[character]!)
    .replace(/(?<=@|\\#)(?=\w)/g, '&#8203;')
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/\bwww\./gi, match => `${match.slice(0, -1)}&#46;`)
    .replace(/^( ?\d+)([.)])/, '$1\\$2')
    .replace(/^ ?[-+=]/, '\\$&');
}

/** A block of code that its own content cannot end. */
export function fence(text: string, language = ''): string {
  const shown = showHidden(wellFormed(text)).replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${shown}\n${ticks}`;
}

/** With a sign in place of every half of a pair whose other half is missing. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

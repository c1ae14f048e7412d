import type { Fragment } from './fragment';
import { blank } from './fragment';

const FENCE = /^([ \t>]*)(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n/gm;
const SQL_LANGUAGE = /^(?:sql|postgres|postgresql|pgsql|plpgsql)$/i;
/** A prompt of psql: a session with its output, no script. */
const PROMPT = /^\s*[\w-]*[=(-][#>]\s/m;

/** Fenced blocks of SQL. */
export function findInMarkdown(text: string): Fragment[] {
  const fragments: Fragment[] = [];
  FENCE.lastIndex = 0;
  for (let match = FENCE.exec(text); match; match = FENCE.exec(text)) {
    const [opening, indent = '', fence = '', language = ''] = match;
    const start = match.index + opening.length;
    const closing = new RegExp(`^[ \\t>]*${fence[0]}{${fence.length},}[ \\t]*\\r?$`, 'gm');
    closing.lastIndex = start;
    const found = closing.exec(text);
    if (!found) return fragments;
    FENCE.lastIndex = closing.lastIndex;
    const content = text.slice(start, found.index);
    if (!SQL_LANGUAGE.test(language) || PROMPT.test(content)) continue;
    // In a quotation each line begins with its sign.
    const sql = indent.includes('>') ? content.replace(/^[ \t]*>+/gm, blank) : content;
    if (/\\/.test(sql) || !isClosed(sql)) continue;
    fragments.push({ range: { start, end: found.index }, text: sql, quote: '' });
  }
  return fragments;
}

/** Quotes come in pairs; an excerpt that is cut off within one would take the text after it along. */
function isClosed(sql: string): boolean {
  return (sql.match(/'/g)?.length ?? 0) % 2 === 0 && (sql.match(/\$\$/g)?.length ?? 0) % 2 === 0;
}

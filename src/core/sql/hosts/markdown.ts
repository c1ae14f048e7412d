import { splitStatements } from '../splitter';
import type { Fragment } from './fragment';
import { blank, looksLikeSql } from './fragment';

const FENCE = /^([ \t>]*)(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n/gm;
const SQL_LANGUAGE = /^(?:sql|postgres|postgresql|pgsql|plpgsql)$/i;
/** A session of psql with its output, no script: prompts, lines under headings, row counts, command tags, messages. */
const SESSION = new RegExp(
  [
    '[\\w-]*[=(-][#>]\\s',
    '-{3,}[-+]*',
    '\\(\\d+ rows?\\)',
    '-\\[ RECORD ',
    '(?:INSERT \\d+|UPDATE|DELETE|SELECT|COPY|MERGE|FETCH) \\d+',
    '(?:CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|TRUNCATE|VACUUM|ANALYZE|SET|DO|CALL|BEGIN|COMMIT)(?: [A-Z]+)*',
    '(?:ERROR|NOTICE|DETAIL|HINT|WARNING|INFO|LOG|FATAL|PANIC):\\s',
  ]
    .map(line => `^[ \\t>]*(?:${line})${/\\s$|RECORD $/.test(line) ? '' : '[ \\t]*\\r?$'}`)
    .join('|'),
  'm',
);
/** What stands around others. */
const SHORT_STATEMENT =
  /^(?:begin|commit|rollback|start\s+transaction|set\s+(?:local\s+|session\s+)?[\w.]+\s*(?:=|to\b)|reset\s|show\s)/i;
/** Left out by whoever wrote the text. */
const ELLIPSIS = /\.\.\.|…|<[a-z][\w -]*>|<<<|\[\s*,/i;

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
    if (!SQL_LANGUAGE.test(language) || SESSION.test(content)) continue;
    // In a quotation each line begins with its sign.
    const sql = indent.includes('>') ? content.replace(/^[ \t]*>+/gm, blank) : content;
    if (/\\/.test(sql) || !isClosed(sql)) continue;
    const statements = onlyStatements(sql);
    if (statements.trim() !== '') fragments.push({ range: { start, end: found.index }, text: statements, quote: '' });
  }
  return fragments;
}

/** Texts about SQL show signatures and sketches too. */
function onlyStatements(sql: string): string {
  let text = sql;
  for (const { start, end } of splitStatements(sql)) {
    const statement = sql.slice(start, end);
    if ((looksLikeSql(statement, true) || SHORT_STATEMENT.test(statement)) && !ELLIPSIS.test(statement)) continue;
    text = text.slice(0, start) + blank(statement) + text.slice(end);
  }
  return text;
}

/** Quotes come in pairs; an excerpt that is cut off within one would take the text after it along. */
function isClosed(sql: string): boolean {
  return (sql.match(/'/g)?.length ?? 0) % 2 === 0 && (sql.match(/\$\$/g)?.length ?? 0) % 2 === 0;
}

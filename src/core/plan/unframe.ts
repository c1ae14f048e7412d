/** Between two plans of one text: psql prints a header above each result. */
export const PLAN_BREAK = '\f';

/**
 * Takes the EXPLAIN output out of what surrounds it when copied: psql's table frames in all its formats and line
 * styles, CSV quoting, HTML, server log prefixes. Where a header tells that a new result begins, a line with
 * {@link PLAN_BREAK} is left.
 */
export function unframe(text: string): string {
  let lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n');
  if (/,LOG,\d{5},"duration: /.test(text)) lines = fromCsvLog(lines);
  else if (/<td\b/i.test(text)) lines = fromHtml(text);
  else if (lines.some(line => /^\|={3,}\s*$/.test(line))) lines = fromAsciiDoc(lines);
  else if (lines.some(line => /^"(.*"|\s*[[{-].*)?$/.test(line)) && !/^\s*[[{]/.test(text)) lines = fromCsv(lines);
  // Some tools quote every line in single quotes.
  else if (lines.some(line => /^'.*'$/.test(line))) lines = lines.map(line => line.replace(/^'(.*)'$/, '$1'));
  return joinWrapped(lines.map(stripLogPrefix).flatMap(stripFrame)).join('\n');
}

function fromHtml(text: string): string[] {
  const cells = [...text.matchAll(/<t([dh])\b[^>]*>([\s\S]*?)<\/t\1>/gi)];
  return cells.flatMap(cell => decodeEntities((cell[2] ?? '').replace(/<br\s*\/?>\n?/gi, '\n')).split('\n'));
}

/** The five entities of XML, `&nbsp;` and numeric references. */
export function decodeEntities(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function fromAsciiDoc(lines: readonly string[]): string[] {
  const first = lines.findIndex(line => /^\|={3,}\s*$/.test(line));
  const body = lines.slice(first + 1);
  return body
    .filter(line => !/^\|={3,}\s*$/.test(line) && !/^\.{4}$/.test(line) && !line.startsWith('[options='))
    .map(line => line.replace(/^[\^<>.]*l?\|/, '').replace(/\\\|/g, '|'));
}

/** One column of CSV: quoted records may span lines, unquoted ones are a line each. */
function fromCsv(lines: readonly string[]): string[] {
  const result: string[] = [];
  let open: string[] | undefined;
  for (const line of lines) {
    if (open === undefined && !line.startsWith('"')) {
      result.push(line);
      continue;
    }
    open = [...(open ?? []), line];
    const quotes = open.reduce((sum, part) => sum + (part.match(/"/g)?.length ?? 0), 0);
    if (quotes % 2 !== 0 || !/"[;,]?\s*$/.test(line)) continue;
    const record = open.join('\n').replace(/[;,]?\s*$/, '');
    result.push(...record.slice(1, -1).replaceAll('""', '"').split('\n'));
    open = undefined;
  }
  return open === undefined ? result : [...result, ...open];
}

/** In a csvlog the plan is a field in the middle of a record: only its quoting and the fields after it have to go. */
function fromCsvLog(lines: readonly string[]): string[] {
  return lines.map(line => line.replaceAll('""', '"').replace(/",{3,}.*$/, ''));
}

/** auto_explain indents the plan by a tab; the line that opens it carries the log prefix and a duration. */
function stripLogPrefix(line: string): string {
  if (/\bduration: [\d.]+ ms\s+plan:\s*$/.test(line)) return PLAN_BREAK;
  const inline = /\bduration: [\d.]+ ms\s+plan:\s*(\S.*)$/.exec(line);
  if (inline) return inline[1] ?? '';
  return line.replace(/^\t/, '').replace(/\t/g, '        ');
}

const RULE_LINE = /^\s*[-+=|─-╿]{3,}\s*$/;

function stripFrame(line: string): string[] {
  if (line === PLAN_BREAK) return [line];
  if (/^-\[ RECORD \d+ \][-+]*\s*$/.test(line) || /^\s*\(\d+ (rows?|Zeilen?|lignes?)\)\s*$/.test(line)) return [];
  if (RULE_LINE.test(line) && !/^\s*-\s*$/.test(line)) return [];
  const inner = line
    .replace(/^QUERY PLAN\s*[|│║] ?/, '')
    .replace(/^\s{6,}[|│║] /, '')
    .replace(/^\s*[|│║]/, '')
    .replace(/\s*[|│║]\s*$/, '');
  if (/^\s*"?QUERY PLAN"?\s*$/i.test(inner)) return [PLAN_BREAK];
  return [inner.replace(/(^|\s*)[+↵¤]\s*$/, '')];
}

/** psql `\pset format wrapped` cuts long lines and marks both sides of the cut. */
function joinWrapped(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (const line of lines) {
    const before = result.at(-1);
    const mark = line.trimStart().slice(0, 1);
    if (before !== undefined && (mark === '.' || mark === '…') && before.endsWith(mark)) {
      result[result.length - 1] = before.slice(0, -1) + line.trimStart().slice(1);
    } else {
      result.push(line);
    }
  }
  return result;
}

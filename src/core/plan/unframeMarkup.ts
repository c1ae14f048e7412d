import type { SourceLine } from './sourceLine';
import { linesFrom, relabel } from './sourceLine';

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' };

/** The five entities of XML, `&nbsp;` and numeric references; entities a document defines itself stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,8}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).replace('\u00A0', ' ') : String(whole);
  });
}

/** The cells of an HTML table, or an HTML page without its tags. */
export function fromHtml(lines: readonly SourceLine[]): SourceLine[] {
  const result: SourceLine[] = [];
  let cell: string[] | undefined;
  let cellLine = 0;
  const hasCells = lines.some(line => /<t[dh][\s>]/i.test(line.text));
  for (const { text, line } of lines) {
    if (!hasCells) {
      result.push(...linesFrom(decodeEntities(withoutTags(text)), line));
      continue;
    }
    // psql writes at most one cell a line; its text may go on over further lines.
    let rest = text;
    while (rest !== '') {
      if (cell === undefined) {
        const start = /<t[dh](?:\s[^<>]*)?>/i.exec(rest);
        if (!start) break;
        cell = [];
        cellLine = line;
        rest = rest.slice(start.index + start[0].length);
      }
      const end = rest.search(/<\/t[dh]>/i);
      if (end < 0) {
        cell.push(rest);
        break;
      }
      cell.push(rest.slice(0, end));
      rest = rest.slice(end + 5);
      result.push(...cellLines(cell, cellLine));
      cell = undefined;
    }
  }
  return cell === undefined ? result : [...result, ...cellLines(cell, cellLine)];
}

function cellLines(parts: readonly string[], line: number): SourceLine[] {
  return parts
    .map((part, index) => ({
      text: decodeEntities(part.replace(/<br\s{0,4}\/?>\s*$/i, '').replace(/<br\s{0,4}\/?>/gi, '\n')),
      line: line + index,
    }))
    .flatMap(part => linesFrom(part.text, part.line).map(each => ({ text: each.text, line: part.line })));
}

function withoutTags(text: string): string {
  return text
    .replace(/<br\s{0,4}\/?>/gi, '\n')
    .replace(/<\/?(?:pre|code|p|div|span|html|body|tt|b|i|font)(?:\s[^<>]*)?>/gi, '');
}

const ASCIIDOC_RULE = /^\|={3,}\s*$/;

export function isAsciiDoc(lines: readonly SourceLine[]): boolean {
  return lines.some(line => ASCIIDOC_RULE.test(line.text));
}

/** psql's `\pset format asciidoc`. */
export function fromAsciiDoc(lines: readonly SourceLine[]): SourceLine[] {
  return lines
    .filter(({ text }) => !ASCIIDOC_RULE.test(text) && !/^\.{4}$/.test(text) && !text.startsWith('[options='))
    .map(line => relabel(line, line.text.replace(/^[\^<>.]*l?\|/, '').replace(/\\\|/g, '|')));
}

const LATEX: Readonly<Record<string, string>> = {
  '\\textbackslash{}': '\\',
  '\\textless{}': '<',
  '\\textgreater{}': '>',
  '\\textbar{}': '|',
  '\\^{}': '^',
  '\\~{}': '~',
};

export function isLatex(lines: readonly SourceLine[]): boolean {
  return lines.some(line => /^\\begin\{(?:tabular|longtable)\}/.test(line.text));
}

/** psql's `latex` and `latex-longtable` formats. */
export function fromLatex(lines: readonly SourceLine[]): SourceLine[] {
  return lines
    .filter(
      ({ text }) =>
        !/^\\(?:begin|end|hline|toprule|midrule|bottomrule|endhead|endfirsthead|small|raggedright$|noindent)/.test(
          text,
        ),
    )
    .map(line => {
      const row = line.text.replace(/\s?(?:\\\\|\\tabularnewline)\s*$/, '');
      const cell = row.replace(/^\\raggedright\{(.*)\}$/, '$1');
      const plain = cell.replace(/^\\text(?:it|bf)\{\\?(?:textbf\{)?(.*?)\}+$/, '$1');
      return relabel(
        line,
        plain.replace(/\\text\w+\{\}|\\[\^~]\{\}|\\[#$%&_{}]/g, mark => LATEX[mark] ?? mark.slice(1)),
      );
    });
}

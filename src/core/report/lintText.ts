import { SEVERITIES } from '../rules/finding';
import type { LintedFile, LintReport, ReportedFinding } from './lintReport';

/** Words that a terminal shows in colour. */
export type Paint = (what: 'error' | 'warning' | 'info' | 'hint' | 'place' | 'rule' | 'caret', text: string) => string;

/** Longest piece of a line that is shown, in characters; the flagged text is kept in sight. */
const SHOWN_CHARACTERS = 120;

/**
 * `file:line:column: severity rule: message`, below it the line with carets under the place and the fix if there is
 * one, and a closing count.
 */
export function lintText(report: LintReport, sources: readonly LintedFile[], paint: Paint = (_, text) => text): string {
  const parts: string[] = [];
  for (const [i, { file, findings }] of report.files.entries()) {
    const text = sources[i]?.text ?? '';
    for (const finding of findings) {
      const { start, severity, rule, message } = finding;
      const place = paint('place', `${file}:${start.line}:${start.column}:`);
      parts.push(`${place} ${paint(severity, severity)} ${paint('rule', rule)}: ${message}`);
      parts.push(...quote(text, finding, paint));
      const [fix] = finding.fixes;
      if (fix) parts.push(`    fix: ${fix.title}${fix.safe ? '' : ' (check the result)'}`);
      parts.push('');
    }
  }
  const counts = SEVERITIES.filter(s => report.summary[s] > 0).map(s => `${report.summary[s]} ${s}`);
  const files = report.files.length === 1 ? '1 file' : `${report.files.length} files`;
  parts.push(counts.length ? `${counts.join(', ')} in ${files}` : `nothing found in ${files}`);
  return parts.join('\n');
}

/** The line a finding begins on, and carets under the part of it that is flagged. */
export function quote(text: string, { start, end }: ReportedFinding, paint: Paint): string[] {
  const lineStart = start.offset - (start.column - 1);
  const lineBreak = text.slice(lineStart).search(/[\r\n]/);
  const line = lineBreak < 0 ? text.slice(lineStart) : text.slice(lineStart, lineStart + lineBreak);
  if (line.trim() === '') return [];
  const from = start.column - 1;
  const to = Math.max(from + 1, end.line === start.line ? end.column - 1 : line.trimEnd().length);
  const cut = from > SHOWN_CHARACTERS / 2 && line.length > SHOWN_CHARACTERS ? from - SHOWN_CHARACTERS / 4 : 0;
  const shown = line.slice(cut, cut + SHOWN_CHARACTERS);
  const before = widthOf(shown.slice(0, from - cut));
  const carets = Math.max(1, widthOf(shown.slice(from - cut, to - cut)));
  const number = String(start.line);
  const margin = ' '.repeat(number.length);
  return [
    `  ${number} | ${shown.replace(/\t/g, ' ')}`,
    `  ${margin} | ${' '.repeat(before)}${paint('caret', '^'.repeat(carets))}`,
  ];
}

const BEYOND_ASCII = /[^\x20-\x7e]/;

/** Columns a text takes in a terminal: two for wide East Asian characters and emoji, none for combining marks. */
function widthOf(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

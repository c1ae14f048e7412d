import type { SourceLine } from './sourceLine';
import { relabel } from './sourceLine';
import { PLAN_BREAK } from './unframe';

/** What mail, comments and chat programs put before each line of what they quote. */
const QUOTING = [/^\s{0,40}(?:> ?)+/, /^\s{0,40}-- ?(?!-)/, /^\s{0,40}(?:\/\/|[#*]) ?/, /^\+(?![-+])/];
const SYSLOG = /^(?!\s{0,40}[{<])[^\t]{0,200}?\[\d+-\d+\] ?/;
const NUMBER = /^\s{0,12}(\d{1,7})(?:[:.|)\]│]|\s)[ \t]?/;
/** What stands around a plan in Markdown, in trackers and in comments of programs. */
const FENCE = /^\s{0,40}(?:```|~~~|\{code|\{noformat|\[\/?code\]|\/\*+\s*$|\*+\/\s*$)/i;
/** How many of the lines must bear a prefix before it is one. */
const MOST = 0.8;

/**
 * Takes off what was put before every line after EXPLAIN printed it: mail quoting, comment marks, line numbers,
 * syslog and container names, the fences of Markdown.
 */
export function stripLinePrefixes(lines: readonly SourceLine[]): SourceLine[] {
  const kept = lines.map(line => (FENCE.test(line.text) ? relabel(line, PLAN_BREAK) : line));
  const content = kept.filter(line => line.text !== PLAN_BREAK && line.text.trim() !== '');
  if (content.length === 0) return kept;
  if (share(content, SYSLOG) >= MOST) {
    return kept.map(line => relabel(line, line.text.replace(SYSLOG, '').replace(/#011/g, '\t')));
  }
  for (const prefix of QUOTING) {
    if (content.length > 1 && share(content, prefix) >= MOST) {
      return kept.map(line => relabel(line, line.text.replace(prefix, '')));
    }
  }
  if (areNumbered(content)) return kept.map(line => relabel(line, line.text.replace(NUMBER, '')));
  const common = commonPrefix(content);
  return common === 0 ? kept : kept.map(line => relabel(line, line.text.slice(common)));
}

function share(lines: readonly SourceLine[], prefix: RegExp): number {
  return lines.filter(line => prefix.test(line.text)).length / lines.length;
}

/** True if most lines start with a number one above the line before. */
function areNumbered(lines: readonly SourceLine[]): boolean {
  if (lines.length < 2) return false;
  const numbers = lines.map(line => Number(NUMBER.exec(line.text)?.[1] ?? NaN));
  const following = numbers.filter((number, i) => number === (numbers[i - 1] ?? NaN) + 1).length;
  return following / (lines.length - 1) >= MOST;
}

/** The length of what all lines begin with, digits aside, if it is more than blanks: a time, a host, a container. */
function commonPrefix(lines: readonly SourceLine[]): number {
  if (lines.length < 3 || lines.some(line => /^\s*[[{<"'|┌+]/.test(line.text))) return 0;
  const shapes = lines.map(line => line.text.slice(0, 80).replace(/\d/g, '0'));
  const first = shapes[0] ?? '';
  let length = first.length;
  for (const shape of shapes) {
    while (length > 0 && shape.slice(0, length) !== first.slice(0, length)) length--;
  }
  const prefix = first.slice(0, length);
  const end = prefix.trimEnd().length;
  // A prefix ends in a blank, a bracket or a bar; otherwise the lines only happen to begin with the same letters.
  const separated = /[\])|:>]$/.test(prefix.trimEnd()) || prefix.length > end;
  return end >= 2 && separated ? Math.min(end + 1, length) : 0;
}

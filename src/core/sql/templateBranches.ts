import type { SourceRange } from '../base/sourceRange';
import { TokenKind, tokenize } from './lexer';

/** A tag that opens, divides or closes a block of a template. */
interface Tag {
  readonly range: SourceRange;
  readonly does: 'opens' | 'divides' | 'closes' | 'nothing';
  readonly word: string;
}

/** A block whose end has not been seen. `otherFrom` is where its second branch begins, -1 if it has one only. */
interface Block {
  readonly word: string;
  readonly from: number;
  otherFrom: number;
}

const TAG_HINT = /\{[%#{]|<\/?[a-z]|\\(?:if|endif)\b/i;
const BLOCKS =
  /^(?:if|unless|for|foreach|range|with|macro|call|filter|define|block|choose|when|otherwise|trim|each|where|set)$/;
const DIVIDERS = /^(?:else|elif|elsif|elseif)$/;

/**
 * The statement as it may come out of its template: without the tags; then with only the first branch of each
 * condition; without conditions inside loops (the comma between the rounds); without any conditional part. Lengths are
 * kept. Undefined if there are no tags.
 */
export function templateReadings(text: string): readonly string[] | undefined {
  if (!TAG_HINT.test(text)) return undefined;
  const tags = findTags(text);
  if (tags.length === 0) return undefined;
  const { otherBranches, inLoops, conditional } = regionsOf(tags, text.length);
  const bare = withTagsBlank(text, tags);
  const readings = [otherBranches, [...otherBranches, ...inLoops], conditional].map(regions => blank(bare, regions));
  return [...new Set([bare, ...readings])];
}

function findTags(text: string): Tag[] {
  const tags: Tag[] = [];
  const { kinds, starts, ends } = tokenize(text);
  for (let i = 0; i < kinds.length; i++) {
    const range = { start: starts[i]!, end: ends[i]! };
    const token = text.slice(range.start, range.end);
    if (kinds[i] === TokenKind.templateTag) tags.push({ range, ...classify(token) });
    else if (kinds[i] === TokenKind.metaCommand && /^\\(?:if|elif|else|endif)\b/.test(token)) {
      const word = /\w+/.exec(token)![0];
      tags.push({ range, word, does: word === 'if' ? 'opens' : word === 'endif' ? 'closes' : 'divides' });
    }
  }
  return tags;
}

function classify(token: string): Pick<Tag, 'does' | 'word'> {
  const word = /[A-Za-z]+/.exec(token)?.[0].toLowerCase() ?? '';
  if (token.startsWith('{#') || token.endsWith('/>')) return { word, does: 'nothing' };
  if (token.startsWith('</') || /^\{\{[-~]?\s*\//.test(token) || word.startsWith('end'))
    return { word, does: 'closes' };
  if (DIVIDERS.test(word)) return { word, does: 'divides' };
  // `{% set x = 1 %}` has no end.
  if (word === 'set' && token.includes('=')) return { word, does: 'nothing' };
  return { word, does: BLOCKS.test(word) || /^\{\{[-~]?\s*#/.test(token) ? 'opens' : 'nothing' };
}

/** A statement may begin or end within a block. */
function regionsOf(
  tags: readonly Tag[],
  textEnd: number,
): Record<'otherBranches' | 'inLoops' | 'conditional', SourceRange[]> {
  const regions = {
    otherBranches: [] as SourceRange[],
    inLoops: [] as SourceRange[],
    conditional: [] as SourceRange[],
  };
  const open: Block[] = [];
  const close = (end: number): void => {
    const block = open.pop();
    if (!block) return;
    if (block.otherFrom >= 0) regions.otherBranches.push({ start: block.otherFrom, end });
    if (!/^(?:if|unless|when|otherwise)$/.test(block.word)) return;
    const inside = { start: block.from, end };
    regions.conditional.push(inside);
    if (open.some(({ word }) => /^(?:for|foreach|range|each)$/.test(word))) regions.inLoops.push(inside);
  };
  for (const { range, does, word } of tags) {
    if (does === 'opens') open.push({ word, from: range.end, otherFrom: word === 'otherwise' ? range.end : -1 });
    else if (does === 'closes') close(range.start);
    else if (does === 'divides') {
      if (open.length === 0) open.push({ word: '', from: 0, otherFrom: -1 });
      const around = open.at(-1)!;
      if (around.otherFrom < 0) around.otherFrom = range.end;
    }
  }
  while (open.length > 0) close(textEnd);
  return regions;
}

/** MyBatis writes the words of `<where>` and `<set>` itself. */
function withTagsBlank(text: string, tags: readonly Tag[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { range } of tags) {
    const tag = text.slice(range.start, range.end);
    const word = /^<(where|set)\s*>/.exec(tag)?.[1] ?? '';
    parts.push(text.slice(at, range.start), word, blanks(tag.slice(word.length)));
    at = range.end;
  }
  return parts.join('') + text.slice(at);
}

/** The regions may lie within each other. */
function blank(text: string, regions: readonly SourceRange[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of [...regions].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(at, start);
    parts.push(text.slice(at, from), blanks(text.slice(from, end)));
    at = end;
  }
  return parts.join('') + text.slice(at);
}

function blanks(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

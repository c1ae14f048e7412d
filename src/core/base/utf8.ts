/** Bytes of a text in UTF-8, in which PostgreSQL measures names. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += bytesOf(character);
  return bytes;
}

/** The beginning of a text that fits into so many bytes of UTF-8; no character is cut in two. */
export function cutToUtf8(text: string, limit: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

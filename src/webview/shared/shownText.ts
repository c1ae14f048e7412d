/**
 * Characters that change the order of what stands around them, or that no font draws. Left as they are, a name or a
 * comment could make SQL look like other SQL.
 */
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The text with every hidden character written out: `[U+202E]`. */
export function showHidden(text: string): string {
  return text.replace(HIDDEN, character => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `[U+${code}]`;
  });
}

/** At most `most` characters of a text from elsewhere, made safe to show in a line. Cuts no surrogate pair in two. */
export function clip(text: string, most = 300): string {
  if (text.length <= most) return showHidden(text);
  const last = text.charCodeAt(most - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return `${showHidden(text.slice(0, isHalf ? most - 1 : most))}…`;
}

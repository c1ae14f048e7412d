/**
 * Characters that a terminal obeys instead of showing them, and those that turn the reading direction around: the names
 * in a plan come from anywhere.
 */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text as a terminal may have it, such characters written out: `[U+001B]`. */
export function terminalText(text: string): string {
  return text.replace(
    OBEYED,
    character => `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
}

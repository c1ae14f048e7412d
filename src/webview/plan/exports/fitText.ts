import { clip } from '../../shared/shownText';

/** Widths of characters in ems, roughly those of the sans-serif fonts that editors use; measuring would cost layout. */
function emsOf(character: string): number {
  if (/[ijlt.,:;'|!()[\]f ]/.test(character)) return 0.34;
  if (/[mwMW@%]/.test(character)) return 0.88;
  if (/[A-Z_↑↓×]/.test(character)) return 0.7;
  return character.charCodeAt(0) < 0x2000 ? 0.59 : 1;
}

/** About how wide the text is in pixels. Errs to the wide side. */
export function textWidth(text: string, fontSize: number, isBold = false): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * fontSize * (isBold ? 1.08 : 1);
}

/** The text, or as much of its beginning as fits and an ellipsis; empty where not even three characters do. */
export function fitText(text: string, width: number, fontSize: number, isBold = false): string {
  const whole = clip(text.slice(0, 400), 200);
  const most = width / (fontSize * (isBold ? 1.08 : 1));
  let ems = 0;
  let end = 0;
  let fitting = 0;
  for (const character of whole) {
    ems += emsOf(character);
    end += character.length;
    if (ems + 1 <= most) fitting = end;
    if (ems > most) return fitting < 3 ? '' : `${whole.slice(0, fitting).trimEnd()}…`;
  }
  return whole;
}

import type { FindFragments, Fragment } from './fragment';
import { asPlaceholder, fragmentOf, isMarked, isMarkingComment, withoutEscapes } from './fragment';

/** How a language writes its comments and strings, tried in this order; the first group of a string is its content. */
interface Notation {
  readonly comment: RegExp;
  readonly strings: readonly { readonly form: RegExp; readonly escapes: boolean; readonly quote: string }[];
}

const SLASH_COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;
const DOUBLE_QUOTED = { form: /"((?:[^"\\\n]|\\[^])*)"/dy, escapes: true, quote: '"' };
const CHARACTER = { form: /'((?:[^'\\\n]|\\[^])[^'\n]{0,8})'/dy, escapes: true, quote: "'" };
const TRIPLE_QUOTED = { form: /"""((?:[^"\\]|\\[^]|"(?!""))*)"""/dy, escapes: true, quote: '"""' };

/** Raw strings and others that begin with `-- sql`. */
export const findInGo = finder({
  comment: SLASH_COMMENT,
  strings: [{ form: /`([^`]*)`/dy, escapes: false, quote: '`' }, DOUBLE_QUOTED, CHARACTER],
});
/** Text blocks; for Kotlin's `${x}` see {@link asPlaceholder}. */
export const findInJava = finder({ comment: SLASH_COMMENT, strings: [TRIPLE_QUOTED, DOUBLE_QUOTED, CHARACTER] });
/** Raw strings `r#"..."#` and plain ones. */
export const findInRust = finder({
  comment: SLASH_COMMENT,
  strings: [
    { form: /r##"([^]*?)"##/dy, escapes: false, quote: '"##' },
    { form: /r#"([^]*?)"#/dy, escapes: false, quote: '"#' },
    { form: /r"([^"]*)"/dy, escapes: false, quote: '"' },
    { form: /"((?:[^"\\]|\\[^])*)"/dy, escapes: true, quote: '"' },
    { form: /'(?:[^'\\\n]|\\[^'\n]+)'/dy, escapes: false, quote: "'" },
  ],
});

function finder({ comment, strings }: Notation): FindFragments {
  return text => {
    const fragments: Fragment[] = [];
    let lastComment = '';
    for (let at = 0; at < text.length;) {
      comment.lastIndex = at;
      const commented = comment.exec(text)?.[0];
      if (commented !== undefined) {
        lastComment = commented;
        at += commented.length;
        continue;
      }
      const end = strings.reduce((found, { form, escapes, quote }) => {
        if (found >= 0) return found;
        form.lastIndex = at;
        const content = form.exec(text)?.indices?.[1];
        if (!content) return form.lastIndex > at ? form.lastIndex : -1;
        const [start, stop] = content;
        const sql = text.slice(start, stop);
        if (isMarked(sql) || isMarkingComment(lastComment)) {
          const read = (escapes ? withoutEscapes(sql) : sql).replace(/\$\{[^{}]*\}/g, field =>
            asPlaceholder(field, '${'),
          );
          const isWhole = !/^\s*\+/.test(text.slice(form.lastIndex, form.lastIndex + 100));
          if (isWhole) fragments.push(...fragmentOf({ start, end: stop }, read, quote));
        }
        return form.lastIndex;
      }, -1);
      if (end >= 0 || /[;}\n]/.test(text[at]!)) lastComment = text[at] === '\n' ? lastComment : '';
      at = end >= 0 ? end : at + 1;
    }
    return fragments;
  };
}

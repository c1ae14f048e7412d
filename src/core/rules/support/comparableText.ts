/**
 * An expression without blanks, outer parentheses and upper case (outside quotes), so that two spellings of it can be
 * compared. Different texts may still mean the same; equal ones always do.
 */
export function comparableText(expression: string): string {
  const squeezed = expression
    .split(/('(?:[^']|'')*'|"(?:[^"]|"")*")/)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .toLowerCase()
            .replace(/\s+/g, ' ')
            .replace(/ ?([^\w ]) ?/g, '$1'),
    )
    .join('')
    .trim();
  return withoutOuterParentheses(squeezed);
}

function withoutOuterParentheses(text: string): string {
  let result = text;
  while (result.startsWith('(') && closingOf(result) === result.length - 1) result = result.slice(1, -1).trim();
  return result;
}

/** Where the parenthesis that opens the text is closed. */
function closingOf(text: string): number {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return i;
  }
  return -1;
}

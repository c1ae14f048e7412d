import { quoteIdentifier } from './identifiers';
import { TokenKind, tokenize } from './lexer';
import type { ParsedStatement, Placeholder, PlaceholderStyle } from './statement';

export interface BoundStatement {
  /** The statement with `$1` ... `$n` for its values. */
  readonly sql: string;
  /** The first is `$1`'s, and so on. */
  readonly parameters: readonly { readonly name: string; readonly style: PlaceholderStyle }[];
}

const CONSTANT_TYPE =
  /^(?:interval|date|time|timestamp|timetz|timestamptz|json|jsonb|uuid|inet|cidr|bytea|point|tstzrange|daterange)$/i;

/**
 * Replaces the placeholders by `$1` ... `$n`; the same name gets the same number, and `$n` that were there keep their
 * order. What cannot be a parameter is written out: a placeholder for a name becomes that name (`:"tbl"` -> `tbl`),
 * optional syntax is left out, and `INTERVAL :x` becomes `$1::interval`.
 */
export function bindParameters(statement: ParsedStatement): BoundStatement {
  const numbers = new Map<string, number>();
  const parameters: { name: string; style: PlaceholderStyle }[] = [];
  const numberOf = ({ name, style }: Placeholder): number => {
    const key = keyOf(name, style);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    parameters.push({ name, style });
    numbers.set(key, parameters.length);
    return parameters.length;
  };
  const dollars = statement.placeholders.filter(placeholder => placeholder.style === 'dollar');
  dollars.sort((a, b) => Number(a.name) - Number(b.name)).forEach(numberOf);

  const { text } = statement;
  const { kinds, starts, ends } = tokenize(text, { comments: false });
  const parts: string[] = [];
  let at = 0;
  for (const placeholder of statement.placeholders) {
    const { range } = placeholder;
    let from = range.start;
    let replacement: string;
    if (placeholder.fills === 'name' || placeholder.style === 'psql-identifier') {
      replacement = isGlued(text, placeholder) ? placeholder.name : quoteIdentifier(placeholder.name);
    } else if (placeholder.fills === 'nothing') replacement = '';
    else {
      replacement = `$${numberOf(placeholder)}`;
      // The grammar library lets a parameter follow the type's name; the server does not.
      const previous = starts.indexOf(range.start) - 1;
      if (previous >= 0 && kinds[previous] === TokenKind.word && starts[previous]! >= at) {
        const word = text.slice(starts[previous], ends[previous]);
        if (CONSTANT_TYPE.test(word)) {
          from = starts[previous]!;
          replacement += `::${word.toLowerCase()}`;
        }
      }
    }
    parts.push(text.slice(at, from), replacement);
    at = range.end;
  }
  parts.push(text.slice(at));
  return { sql: parts.join(''), parameters };
}

/** `:name` and `:'name'` are the same psql variable. */
function keyOf(name: string, style: PlaceholderStyle): string {
  return `${style === 'psql-literal' ? 'colon' : style} ${name}`;
}

function isGlued(text: string, { range }: Placeholder): boolean {
  return /\w/.test(text[range.start - 1] ?? '') || /\w/.test(text[range.end] ?? '');
}

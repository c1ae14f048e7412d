import { identifierOf } from '../sql/identifiers';

/** A parameter of a signature. */
export interface SignatureParameter {
  /** Where it stands in the signature's label. */
  readonly start: number;
  readonly end: number;
  readonly name?: string;
  /** True if it takes all further arguments. */
  readonly isVariadic: boolean;
}

/** Types of more than one word: their first is no name. */
const TYPE_WORDS = new Set(['double', 'character', 'bit', 'time', 'timestamp', 'interval', 'setof']);

/** The parameters of a list such as `VARIADIC "any"` or `value numeric, count integer DEFAULT 1`. */
export function readParameters(list: string, offset: number): SignatureParameter[] {
  if (list.trim() === '') return [];
  const parameters: SignatureParameter[] = [];
  let start = 0;
  let depth = 0;
  let inQuotes = '';
  for (let i = 0; i <= list.length; i++) {
    const character = list[i];
    if (inQuotes !== '') {
      if (character === inQuotes) inQuotes = '';
      if (character !== undefined) continue;
    } else if (character === "'" || character === '"') inQuotes = character;
    else if (character === '(' || character === '[') depth++;
    else if (character === ')' || character === ']') depth--;
    if (character !== undefined && (character !== ',' || depth > 0)) continue;
    const text = list.slice(start, i);
    const indent = text.length - text.trimStart().length;
    parameters.push(readParameter(text.trim(), offset + start + indent));
    start = i + 1;
  }
  // OUT parameters are not given in a call.
  return parameters.filter(parameter => !partOf(list, parameter, offset).startsWith('OUT '));
}

function partOf(list: string, { start, end }: SignatureParameter, offset: number): string {
  return list.slice(start - offset, end - offset);
}

function readParameter(text: string, start: number): SignatureParameter {
  const plain = text.replace(/^(?:INOUT|IN|VARIADIC) /, '');
  const [first = '', second] = plain.split(' ');
  const hasName = second !== undefined && !/^(?:DEFAULT|ORDER)$/.test(second) && !TYPE_WORDS.has(first);
  return {
    start,
    end: start + text.length,
    ...(hasName && { name: identifierOf(first) }),
    isVariadic: /^VARIADIC /.test(text) || text === '...',
  };
}

import type { SyntaxError } from '../../sql/statement';
import type { Edit, Fix } from '../finding';
import { asAlterSystem, configurationLines } from './configurationText';
import { dialectHint } from './dialectHints';
import { readBrokenText, wordAt } from './syntaxTokens';
import type { BrokenText, SyntaxToken } from './syntaxTokens';
import { quoteIdentifier } from '../../sql/identifiers';
import { TokenKind } from '../../sql/lexer';

/** What is probably meant by a statement that did not parse. */
export interface SyntaxHint {
  /** A sentence to stand behind the parser's own message. */
  readonly message: string;
  readonly fixes: readonly Fix[];
}

/**
 * Explains a syntax error by what people commonly mean: configuration in an SQL file, another product's dialect, a
 * comma too many, a reserved word as a name. Undefined if there is nothing better to say than the parser does.
 */
export function explainSyntaxError(text: string, error: SyntaxError): SyntaxHint | undefined {
  const configuration = explainConfiguration(text);
  if (configuration) return configuration;
  const broken = readBrokenText(text, error.range);
  for (const explain of EXPLANATIONS) {
    const hint = explain(broken);
    if (hint) return hint;
  }
  return undefined;
}

type Explanation = (broken: BrokenText) => SyntaxHint | undefined;

function hint(message: string, title?: string, edits: readonly Edit[] = []): SyntaxHint {
  return { message, fixes: title === undefined ? [] : [{ title, edits, safe: false }] };
}

function explainConfiguration(text: string): SyntaxHint | undefined {
  if (/^\s*\[\w+\]\s*(?:$|\n)/.test(text)) return hint('This is an ini file (PgBouncer?), not SQL.');
  const lines = configurationLines(text);
  const [first] = lines;
  if (!first) return undefined;
  const edits = lines.map((line, i) => {
    const statement = asAlterSystem(line);
    // The last one's semicolon stands in the text, or the text ends.
    const newText = i === lines.length - 1 ? statement.slice(0, -1) : statement;
    return { range: { start: line.nameRange.start, end: line.valueRange.end }, newText };
  });
  const example = asAlterSystem(first);
  return hint(
    `This is a line of postgresql.conf (where comments begin with #); in SQL: ${example}`,
    'Write ALTER SYSTEM SET',
    edits,
  );
}

const explainLimitPair: Explanation = ({ text }) => {
  const pair = /\blimit\s+([\w$:?]+)\s*,\s*([\w$:?]+)/i.exec(text);
  if (!pair) return undefined;
  const [whole, offset = '', count = ''] = pair;
  const range = { start: pair.index, end: pair.index + whole.length };
  const newText = `LIMIT ${count} OFFSET ${offset}`;
  return hint(`LIMIT offset, count is MySQL's; here it is ${newText}.`, `Write ${newText}`, [{ range, newText }]);
};

const explainBackticks: Explanation = ({ text, tokens }) => {
  if (!tokens.some(({ kind, word }) => kind === TokenKind.operator && word.includes('`'))) return undefined;
  const edits = [...text.matchAll(/`([^`\n]*)`/g)].map(match => ({
    range: { start: match.index, end: match.index + match[0].length },
    newText: quoteIdentifier(match[1] ?? ''),
  }));
  return hint('Names are quoted with " here, not with backticks.', 'Replace the backticks', edits);
};

/** Words that can follow a comma only by mistake. */
const AFTER_LIST: ReadonlySet<string> = new Set(['from', 'where', 'group', 'order', 'values', 'returning', 'set', ')']);

const explainSpareComma: Explanation = broken => {
  const comma = broken.tokens[broken.at - 1];
  const next = wordAt(broken, 0);
  if (comma?.word !== ',' || !(AFTER_LIST.has(next) || next === '' || isNextQuery(broken))) return undefined;
  const place = next === '' ? 'at the end' : `before ${next.toUpperCase()}`;
  const edits = [{ range: { start: comma.start, end: comma.end }, newText: '' }];
  return hint(`There is a comma too many ${place}.`, 'Remove the comma', edits);
};

/** `WITH a AS (...), SELECT`. */
function isNextQuery(broken: BrokenText): boolean {
  return wordAt(broken, 0) === 'select' && wordAt(broken, -2) === ')' && broken.tokens[0]?.word === 'with';
}

const explainParentheses: Explanation = ({ tokens, at }) => {
  const stop = tokens[at];
  if (stop?.word === ')' && stop.depth < 0) return hint('This parenthesis closes none.');
  if (stop !== undefined) return undefined;
  const open: SyntaxToken[] = [];
  for (const token of tokens) {
    if (token.word === '(') open.push(token);
    else if (token.word === ')') open.pop();
  }
  const last = open.at(-1);
  return last && hint(`${open.length === 1 ? 'A parenthesis is' : `${open.length} parentheses are`} never closed.`);
};

const NAME_EXPECTED: ReadonlySet<string> = new Set([
  'from',
  'join',
  'into',
  'update',
  'table',
  'only',
  'exists',
  'references',
]);

const explainReservedName: Explanation = broken => {
  const token = broken.tokens[broken.at];
  if (!token || token.kind !== TokenKind.word || !NAME_EXPECTED.has(wordAt(broken, -1))) return undefined;
  const quoted = quoteIdentifier(token.word);
  if (quoted === token.word || (CLAUSES.has(token.word) && wordAt(broken, 1) === 'by')) return undefined;
  const range = { start: token.start, end: token.end };
  return hint(`${token.word.toUpperCase()} is a reserved word; as a name it is written ${quoted}.`, `Quote it`, [
    { range, newText: quoted },
  ]);
};

const CLAUSES: ReadonlySet<string> = new Set(['order', 'group']);
/** Clauses in the order they must have. */
const ORDER = ['from', 'where', 'group', 'having', 'window', 'order', 'limit'];

const explainClauseOrder: Explanation = ({ tokens, at }) => {
  const token = tokens[at];
  const own = ORDER.indexOf(token?.word === 'join' ? 'from' : (token?.word ?? ''));
  if (!token || own < 0) return undefined;
  const before = tokens.slice(0, at).filter(({ depth }) => depth === token.depth);
  const start = before.findLastIndex(({ word }) => word === 'select');
  const later = before.slice(start + 1).find(({ word }) => ORDER.indexOf(word) > own);
  if (start < 0 || !later) return undefined;
  return hint(`${token.word.toUpperCase()} stands before ${later.word.toUpperCase()}.`);
};

const explainIfNotExists: Explanation = broken => {
  const [first = '', second = '', third = ''] = broken.tokens.slice(0, 3).map(({ word }) => word);
  if (wordAt(broken, 0) === 'on' && wordAt(broken, -1) === 'exists' && [second, third].includes('index'))
    return hint('IF NOT EXISTS needs the name of the index.');
  const isIf = wordAt(broken, 0) === 'not' && wordAt(broken, -1) === 'if';
  if (!isIf && !(wordAt(broken, 0) === 'exists' && wordAt(broken, -2) === 'if')) return undefined;
  if (first === 'create')
    return hint(`CREATE ${second.toUpperCase()} has no IF NOT EXISTS; look it up first, in a DO block.`);
  return hint('IF NOT EXISTS is not known here; for a constraint, look it up in pg_constraint first.');
};

const explainQuoteInString: Explanation = ({ text, tokens, at }) => {
  const found = tokens.findIndex((token, i) => {
    const next = tokens[i + 1];
    return token.kind === TokenKind.string && next?.kind === TokenKind.word && next.start === token.end;
  });
  const string = tokens[found];
  // The parser stops right there, or at the string that the spare quote opens and nothing closes.
  const isHere = at === found + 1 || (at > found && at === tokens.length - 1 && tokens[at]?.kind === TokenKind.string);
  if (!string || !isHere || text[string.end - 1] !== "'") return undefined;
  const range = { start: string.end - 1, end: string.end };
  return hint("A ' inside a string is written twice.", 'Double the quote', [{ range, newText: "''" }]);
};

const explainEmptyList: Explanation = broken => {
  if (wordAt(broken, 0) !== ')' || wordAt(broken, -1) !== '(' || wordAt(broken, -2) !== 'in') return undefined;
  return hint('IN needs at least one value; = ANY (array) also takes an empty list.');
};

const EXPLANATIONS: readonly Explanation[] = [
  explainBackticks,
  explainLimitPair,
  explainSpareComma,
  explainQuoteInString,
  explainIfNotExists,
  explainEmptyList,
  explainClauseOrder,
  broken => {
    const message = dialectHint(broken);
    return message === undefined ? undefined : hint(message);
  },
  explainReservedName,
  explainParentheses,
];

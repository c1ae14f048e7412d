import type { Catalog } from '../../catalog/catalog';
import { identifierOf } from '../../sql/identifiers';
import type { LanguageScript } from '../place';
import { indexOf } from './catalogIndex';
import { Collector } from './collector';
import type { Completion, CompletionList } from './completion';
import type { CompletionContext } from './context';
import { cursorStatementAt } from './cursorText';
import { CursorScope } from './cursorScope';
import { spotAt, valueSpot } from './cursorSpot';
import { proposeAt } from './proposeAt';
import { addSettings, addValues } from './valueProposals';
import { writesUpperCase } from './writing';

/** What is nested deeper was not written by hand, and reading it would take too long. */
const MAX_DEPTH = 200;

/** What can be written at an offset of a document, the best first; undefined where nothing should be proposed. */
export function completeAt(
  script: LanguageScript,
  offset: number,
  catalog: Catalog | undefined,
): CompletionList | undefined {
  const statement = cursorStatementAt(script, offset);
  if (!statement) return undefined;
  const { tokens, prefix, quote, range, body, before } = statement;
  if (tokens.depth > MAX_DEPTH) return undefined;
  const scope = new CursorScope(tokens, catalog);
  const collector = new Collector(quote === '"' ? prefix.replaceAll('""', '"') : prefix);
  const { serverVersion } = catalog ?? {};
  const context: CompletionContext = {
    tokens,
    scope,
    catalog,
    major: serverVersion === undefined ? undefined : Math.floor(serverVersion / 10_000),
    collector,
    quote,
    upperCase: writesUpperCase(tokens, prefix, before),
    variables: body?.variables ?? new Map<string, string>(),
  };
  // A catalog's tables are looked up by name: the first question pays for that.
  if (catalog) indexOf(catalog);
  if (quote === "'") {
    if (!proposeInString(context)) return undefined;
  } else {
    const spot = spotAt(tokens, scope, body !== undefined);
    if (!spot) return undefined;
    proposeAt(context, spot, body?.language);
  }
  const { items: all, isIncomplete } = collector.finish();
  const items = body?.isQuoted === true ? all.filter(({ insertText }) => !insertText.includes("'")) : all;
  if (quote !== '') return { range, isIncomplete, items: items.map(item => quoted(item, quote)) };
  const isCall = tokens.is(tokens.cursor + 1, '(') && script.text[offset] === '(';
  return { range, isIncomplete, items: isCall ? items.map(withoutParentheses) : items };
}

/** In a string: values of the column it is compared with, and names of settings. */
function proposeInString(context: CompletionContext): boolean {
  const { tokens, scope } = context;
  const open = tokens.parent(tokens.cursor);
  if (tokens.is(open - 1, 'set_config', 'current_setting') && tokens.is(tokens.cursor - 1, '(')) {
    addSettings(context, tokens.is(open - 1, 'set_config') ? 'set' : 'show');
    return true;
  }
  const compared = valueSpot(tokens, scope);
  if (!compared) return false;
  addValues(context, compared.column);
  return true;
}

/** The parentheses stand behind the cursor already. */
function withoutParentheses(item: Completion): Completion {
  return item.kind === 'function' ? withText(item, item.insertText.replace(/\(.*$/, ''), item.filterText) : item;
}

/** The opening quote is there already, and what is typed is held against the text with it. */
function quoted(item: Completion, quote: '"' | "'"): Completion {
  if (quote === "'") return withText(item, item.insertText, item.insertText);
  const parts = item.insertText.replace(/\(.*$/, '').match(/"(?:[^"]|"")*"|[^.]+/g) ?? [];
  const name = parts.map(part => (part.startsWith('"') ? part : `"${identifierOf(part)}"`)).join('.');
  return withText(item, name, name);
}

function withText({ label, kind, detail, subject }: Completion, insertText: string, filterText?: string): Completion {
  return {
    label,
    kind,
    insertText,
    ...(detail !== undefined && { detail }),
    ...(subject && { subject }),
    ...(filterText !== undefined && { filterText }),
  };
}

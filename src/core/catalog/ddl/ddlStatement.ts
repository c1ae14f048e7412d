import type { SourceRange } from '../../base/sourceRange';
import type { TypedNode } from '../../sql/walk';
import { unwrap, wrappedNodes } from '../../sql/walk';
import type { DefinitionPlace } from '../catalog';

/** The fields of a node of the parse tree. */
export type Fields = Readonly<Record<string, unknown>>;

/** One statement of a schema file while it is read. Its tree is dropped afterwards. */
export interface DdlStatement {
  readonly text: string;
  /** Where the statement's text begins in its file. */
  readonly start: number;
  /** The file it is in, if the reader was told. */
  readonly uri?: string;
  rangeOf(type: string, fields: object): SourceRange | undefined;
}

/** The wrapped nodes of a field, as type and fields. */
export function nodesOf(value: unknown): TypedNode[] {
  return wrappedNodes(value);
}

/** A field that the tree does not wrap (`relation`, `typeName`), or the inside of one that it does. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return unwrap(value)?.fields ?? (value as Fields);
}

/** A field that holds text; undefined if it is absent or empty. */
export function textField(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The names in a list of `String` nodes, through a `List` around them. */
export function namesOf(value: unknown): string[] {
  return nodesOf(value).flatMap(({ type, fields }) => {
    if (type === 'String') return [String(fields['sval'] ?? '')];
    if (type === 'List') return namesOf(fields['items']);
    if (type === 'TypeName') return namesOf(fields['names']);
    return [];
  });
}

/** The text of an expression as the file has it, blanks and comments squeezed; undefined if its place is not known. */
export function expressionText(statement: DdlStatement, value: unknown): string | undefined {
  const [node] = nodesOf(value);
  const range = node && statement.rangeOf(node.type, node.fields);
  return range && squeeze(statement.text.slice(range.start, range.end));
}

/** The place of a name, given the node that has it. */
export function placeOf(
  statement: DdlStatement,
  type: string,
  fields: object,
): { readonly definedAt: DefinitionPlace } | undefined {
  if (statement.uri === undefined) return undefined;
  const range = statement.rangeOf(type, fields) ?? { start: 0, end: /^\w*/.exec(statement.text)?.[0].length ?? 0 };
  const { start } = statement;
  return { definedAt: { uri: statement.uri, range: { start: start + range.start, end: start + range.end } } };
}

/** The place of a name that has no node of its own: where the statement first says it. */
export function placeOfName(
  statement: DdlStatement,
  name: string,
): { readonly definedAt: DefinitionPlace } | undefined {
  if (statement.uri === undefined) return undefined;
  const found = statement.text.toLowerCase().indexOf(name.toLowerCase());
  const start = statement.start + Math.max(found, 0);
  const length = found < 0 ? (/^\w*/.exec(statement.text)?.[0].length ?? 0) : name.length;
  return { definedAt: { uri: statement.uri, range: { start, end: start + length } } };
}

/** The options of a statement (`DefElem` nodes) by name. */
export function optionsOf(value: unknown): Map<string, unknown> {
  return new Map(
    nodesOf(value).flatMap(({ type, fields }) =>
      type === 'DefElem' ? [[String(fields['defname']), fields['arg']] as const] : [],
    ),
  );
}

/** The value of an option or constant as text. */
export function valueText(value: unknown): string | undefined {
  const node = unwrap(value);
  if (!node) return undefined;
  const { type, fields } = node;
  if (type === 'String') return String(fields['sval'] ?? '');
  if (type === 'Integer') return String(fields['ival'] ?? 0);
  if (type === 'Float') return String(fields['fval'] ?? '');
  if (type === 'Boolean') return String(fields['boolval'] === true);
  if (type === 'TypeName') return namesOf(fields['names']).at(-1);
  if (type === 'TypeCast') return valueText(fields['arg']);
  if (type !== 'A_Const') return undefined;
  const constant = fields as Record<string, Fields | undefined>;
  if (constant['sval']) return String(constant['sval']['sval'] ?? '');
  if (constant['ival']) return String(constant['ival']['ival'] ?? 0);
  if (constant['fval']) return String(constant['fval']['fval'] ?? '');
  if (constant['boolval']) return String(constant['boolval']['boolval'] === true);
  return undefined;
}

function squeeze(text: string): string {
  if (!/[\n\r\t]| {2}|--|\/\*/.test(text)) return text;
  // Quoted stretches stay as they are.
  return text.replace(
    /('(?:[^']|'')*'|"(?:[^"]|"")*")|--[^\n]*|\/\*[^]*?\*\/|\s+/g,
    (_all, quoted?: string) => quoted ?? ' ',
  );
}

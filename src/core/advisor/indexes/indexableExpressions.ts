import type { Catalog } from '../../catalog/catalog';
import { findRoutines } from '../../catalog/lookup';
import { quoteIdentifier } from '../../sql/identifiers';
import { asNode, child, list, strings, stringOf, type Node } from './parseTree';
import { typeOf, type Names, type Resolved } from './scopes';

/** An expression over columns of one table that may be an index key. */
export interface Indexable extends Resolved {
  /** As it stands in CREATE INDEX. */
  readonly text: string;
}

interface Part {
  readonly found?: Resolved;
  readonly text: string;
  /** What is known of its type: enough to tell immutable forms from those that depend on settings. */
  readonly type: string;
}

/** Functions PostgreSQL marks IMMUTABLE for every type they take, with the type they give. */
const IMMUTABLE: Readonly<Record<string, string>> = {
  lower: 'text',
  upper: 'text',
  initcap: 'text',
  left: 'text',
  right: 'text',
  substr: 'text',
  substring: 'text',
  replace: 'text',
  translate: 'text',
  split_part: 'text',
  md5: 'text',
  btrim: 'text',
  ltrim: 'text',
  rtrim: 'text',
  reverse: 'text',
  length: 'integer',
  char_length: 'integer',
  abs: 'number',
  round: 'number',
  floor: 'number',
  ceil: 'number',
  mod: 'number',
};
/** IMMUTABLE for `date` and `timestamp`; for `timestamptz` they depend on the session's time zone. */
const IMMUTABLE_WITHOUT_ZONE = new Set(['date_trunc', 'date_part', 'extract']);
/** Casts from text and numbers that are IMMUTABLE. Those to dates depend on DateStyle. */
const CASTS = new Set(['int2', 'int4', 'int8', 'numeric', 'text', 'float8', 'float4', 'uuid', 'bool', 'jsonb']);
const NUMBER = /^(smallint|integer|bigint|numeric|real|double precision|number)/;
const TEXT = /^(text|character varying|character\(|"?citext"?)/;
const WITHOUT_ZONE = /^(date|timestamp(\(\d\))? without time zone)$/;

/** The expression if it reads columns of one table only and gives the same for the same row forever. */
export function indexableExpression(node: unknown, names: Names, catalog: Catalog): Indexable | undefined {
  if (child(node, 'ColumnRef') || child(node, 'A_Const')) return undefined;
  const part = read(node, names, catalog);
  return part?.found ? { ...part.found, text: part.text } : undefined;
}

function read(node: unknown, names: Names, catalog: Catalog): Part | undefined {
  if (child(node, 'ColumnRef')) {
    const found = names.column(node);
    return found && { found, text: quoteIdentifier(found.column), type: typeOf(found) };
  }
  const literal = child(node, 'A_Const') ? names.literal(node) : undefined;
  if (literal) return { text: literal.sql, type: literal.sql.startsWith("'") ? 'text' : 'number' };
  const call = child(node, 'FuncCall');
  if (call) return readCall(call, names, catalog);
  const cast = child(node, 'TypeCast');
  if (cast) return readCast(cast, names, catalog);
  const operation = child(node, 'A_Expr');
  if (operation?.kind === 'AEXPR_OP') return readOperation(operation, names, catalog);
  const coalesce = child(node, 'CoalesceExpr');
  if (coalesce) {
    const parts = readAll(list(coalesce.args), names, catalog);
    return parts && join(parts, texts => `COALESCE(${texts.join(', ')})`, parts[0]?.type ?? '');
  }
  return undefined;
}

function readCall(call: Node, names: Names, catalog: Catalog): Part | undefined {
  const path = strings(call.funcname);
  const name = path.at(-1) ?? '';
  if (call.over || call.agg_star || call.agg_distinct || call.agg_filter || call.func_variadic) return undefined;
  const parts = readAll(list(call.args), names, catalog);
  if (!parts || parts.length === 0) return undefined;
  if (name === 'timezone' && parts.length === 2) {
    const [zone, value] = parts;
    if (zone!.found || !/^timestamp/.test(value!.type)) return undefined;
    const type = value!.type.includes('without') ? 'timestamp with time zone' : 'timestamp without time zone';
    return join(parts, ([at, of]) => `(${of} AT TIME ZONE ${at})`, type);
  }
  if (IMMUTABLE_WITHOUT_ZONE.has(name)) {
    if (parts.length !== 2 || parts[0]!.found || !WITHOUT_ZONE.test(parts[1]!.type)) return undefined;
    // date_trunc of a date takes it through the session's time zone
    if (name === 'date_trunc' && parts[1]!.type === 'date') return undefined;
    const text = ([unit, of]: readonly string[]) =>
      name === 'extract' ? `EXTRACT(${unit!.slice(1, -1)} FROM ${of})` : `${name}(${unit}, ${of})`;
    return join(parts, text, name === 'date_trunc' ? parts[1]!.type : 'number');
  }
  const written = (texts: readonly string[]) => `${path.map(quoteIdentifier).join('.')}(${texts.join(', ')})`;
  if (name === 'to_tsvector' && parts.length === 2 && !parts[0]!.found && TEXT.test(parts[1]!.type))
    return join(parts, written, 'tsvector');
  const type = path.length === 1 || path[0] === 'pg_catalog' ? IMMUTABLE[name] : undefined;
  if (type !== undefined) {
    if (type === 'text' && !parts.every(part => !part.found || TEXT.test(part.type))) return undefined;
    return join(parts, written, type);
  }
  const own = findRoutines(catalog, name, path.length > 1 ? path[0] : undefined);
  return own.length > 0 && own.every(routine => routine.kind === 'function' && routine.volatility === 'immutable')
    ? join(parts, written, own[0]!.returns ?? '')
    : undefined;
}

function readCast(cast: Node, names: Names, catalog: Catalog): Part | undefined {
  const part = read(cast.arg, names, catalog);
  const type = strings(asNode(cast.typeName)?.names).at(-1) ?? '';
  if (!part || list(asNode(cast.typeName)?.arrayBounds).length > 0) return undefined;
  // the cast of a bare column is better taken out of the statement; a day of a timestamp is another matter
  if (!part.found || (child(cast.arg, 'ColumnRef') && type !== 'date')) return undefined;
  const fromKnown = TEXT.test(part.type) || NUMBER.test(part.type) || part.type === 'boolean';
  const toDate = type === 'date' && /^timestamp.*without/.test(part.type);
  if (!(fromKnown && CASTS.has(type)) && !toDate) return undefined;
  const given = type === 'date' ? 'date' : TEXT.test(type) ? 'text' : 'number';
  return { found: part.found, text: `((${part.text})::${type})`, type: given };
}

function readOperation(operation: Node, names: Names, catalog: Catalog): Part | undefined {
  const operator = stringOf(list(operation.name)[0]) ?? '';
  const parts = operation.lexpr ? readAll([operation.lexpr, operation.rexpr], names, catalog) : undefined;
  const [left, right] = parts ?? [];
  if (!parts || !left || !right) return undefined;
  const text = ([a, b]: readonly string[]) => `(${a} ${operator} ${b})`;
  if (['->', '->>', '#>', '#>>'].includes(operator)) {
    const ofJson = /^jsonb?$/.test(left.type) && !right.found;
    return ofJson ? join(parts, text, operator.endsWith('>>') ? 'text' : left.type) : undefined;
  }
  if (operator === '||') return TEXT.test(left.type) && TEXT.test(right.type) ? join(parts, text, 'text') : undefined;
  if (!['+', '-', '*', '/', '%'].includes(operator)) return undefined;
  return NUMBER.test(left.type) && NUMBER.test(right.type) ? join(parts, text, 'number') : undefined;
}

function readAll(nodes: readonly unknown[], names: Names, catalog: Catalog): Part[] | undefined {
  const parts = nodes.map(node => read(node, names, catalog));
  return parts.every(part => part !== undefined) ? parts : undefined;
}

/** One expression of several parts, if all their columns are of one mention of a table. */
function join(parts: readonly Part[], write: (texts: readonly string[]) => string, type: string): Part | undefined {
  const [first, ...others] = parts.flatMap(part => part.found ?? []);
  if (others.some(other => other.access !== first?.access)) return undefined;
  return { ...(first && { found: first }), text: write(parts.map(part => part.text)), type };
}

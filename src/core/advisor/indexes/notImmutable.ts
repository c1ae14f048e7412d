import type { Catalog, Relation } from '../../catalog/catalog';
import { findRoutines } from '../../catalog/catalog';
import { STABLE, STABLE_ALONE } from '../../rules/support/immutability';
import { identifierOf } from '../../sql/identifiers';
import { childrenOf, type PlanNode } from './planNode';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const CALL = new RegExp(String.raw`((?:${NAME}\.)?${NAME})\(`, 'gu');
const QUALIFIED = new RegExp(String.raw`${NAME}\.(${NAME})(?![\(.])`, 'gu');
/** A column cast to a day or a time, as EXPLAIN prints it. */
const CAST = new RegExp(String.raw`\((${NAME})\)::(date|time(?:stamp)? without time zone)`, 'gu');
const PARTS_OF_TIME = new Set(['date_trunc', 'date_part', 'extract', 'date']);
const ZONED = /^time(?:stamp)?(?:\(\d\))? with time zone/;
const LONGEST = 60;

/**
 * The expression over columns by which a plan filters and that no index may have, because it is not IMMUTABLE, with
 * what to do: "no index on date_trunc('day', seen): it depends on TimeZone ...". Undefined if there is none.
 */
export function notImmutableInWords(plan: PlanNode, catalog: Catalog): string | undefined {
  for (const { filter, relation } of filtersOf(plan, catalog)) {
    for (const match of filter.matchAll(CALL)) {
      const call = callAt(filter, match.index, match[1]!);
      if (!call || !columnsIn(call.argument, relation).length) continue;
      const why = whyRefused(call, relation, catalog);
      if (why) return `no index on ${shortened(call.text)}: ${why}`;
    }
    for (const [text, column = ''] of filter.matchAll(CAST))
      if (isZoned(identifierOf(column), relation)) return `no index on ${text}: ${zone(column)}`;
  }
  return undefined;
}

interface Filter {
  readonly filter: string;
  readonly relation: Relation;
}

/** Filters of scans, with the table that is scanned. */
function filtersOf(node: PlanNode, catalog: Catalog): Filter[] {
  const filter = node['Filter'];
  const known = catalog.relations.filter(({ name }) => name === node['Relation Name']);
  const relation = known.find(({ schema }) => schema === node['Schema']) ?? known[0];
  const own = typeof filter === 'string' && relation ? [{ filter: unqualified(filter, relation), relation }] : [];
  return [...own, ...childrenOf(node).flatMap(each => filtersOf(each, catalog))];
}

/** VERBOSE names each column's table. */
function unqualified(filter: string, { columns }: Relation): string {
  return filter.replace(QUALIFIED, (whole, column: string) =>
    columns.some(({ name }) => name === identifierOf(column)) ? column : whole,
  );
}

interface Call {
  readonly text: string;
  readonly schema: string | undefined;
  readonly name: string;
  readonly argument: string;
}

/** The call from its name to the parenthesis that closes it. */
function callAt(text: string, start: number, written: string): Call | undefined {
  const open = start + written.length;
  let depth = 0;
  let isQuoted = false;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (char === '(') depth++;
    if (char === ')' && --depth === 0) {
      const path = (written.match(new RegExp(NAME, 'gu')) ?? []).map(identifierOf);
      const schema = path.length > 1 ? path[0] : undefined;
      return { text: text.slice(start, at + 1), schema, name: path.at(-1)!, argument: text.slice(open + 1, at) };
    }
  }
  return undefined;
}

function whyRefused({ name, schema, argument }: Call, relation: Relation, catalog: Catalog): string | undefined {
  const own = findRoutines(catalog, name, schema).filter(({ kind }) => kind === 'function');
  if (own.length > 0) {
    const isRefused = own.every(({ volatility }) => volatility === 'stable' || volatility === 'volatile');
    return isRefused ? `${name} is ${own[0]!.volatility!.toUpperCase()}, and an index needs IMMUTABLE` : undefined;
  }
  const known = name.toLowerCase();
  const zoned = columnsIn(argument, relation).find(column => isZoned(column, relation));
  if (PARTS_OF_TIME.has(known))
    return zoned === undefined || /\bAT TIME ZONE\b|^'[^']*'::text, [^,]*, /.test(argument) ? undefined : zone(zoned);
  const isAlone = STABLE_ALONE.has(known) && !/^'[^']*'::regconfig/.test(argument) && !argument.includes(', ');
  return STABLE.has(known) || isAlone
    ? `${known} is STABLE (it depends on settings), and an index needs IMMUTABLE`
    : undefined;
}

function zone(column: string): string {
  return `the days and hours of a time with time zone depend on TimeZone; ask for (${column} AT TIME ZONE 'UTC') to have one, or for a range of ${column}`;
}

function isZoned(name: string, { columns }: Relation): boolean {
  return columns.some(column => column.name === name && ZONED.test(column.type));
}

function columnsIn(text: string, { columns }: Relation): string[] {
  const words = new Set((text.replace(/'[^']*'/g, '').match(new RegExp(NAME, 'gu')) ?? []).map(identifierOf));
  return columns.flatMap(({ name }) => (words.has(name) ? [name] : []));
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

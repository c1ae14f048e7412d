import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { asTable, list } from './expressions';
import type { TableName } from './expressions';

/** One end of a range: comparable with others of its kind. */
export interface RangeEnd {
  readonly kind: 'time' | 'number';
  readonly value: string | number;
  readonly fields: NodeFields;
}

/** Which rows a partition takes, as far as the text tells. */
export type PartitionRows =
  | { readonly is: 'default' }
  | { readonly is: 'range'; readonly from: RangeEnd | 'open'; readonly to: RangeEnd | 'open' }
  | { readonly is: 'list'; readonly values: readonly string[] }
  | { readonly is: 'hash'; readonly modulus: number; readonly remainder: number }
  | { readonly is: 'unknown' };

export interface Partition {
  readonly parent: TableName;
  readonly table: TableName;
  readonly rows: PartitionRows;
  /** The bound of FOR VALUES or DEFAULT. */
  readonly bound: NodeFields;
}

/** What a statement does to the partitions of a table. */
export interface PartitionChange {
  readonly adds?: Partition;
  readonly detaches?: TableName;
}

/** CREATE TABLE ... PARTITION OF, ATTACH PARTITION and DETACH PARTITION; undefined for anything else. */
export function partitionChange(statement: ParsedStatement): PartitionChange | undefined {
  const fields = unwrap(statement.tree)?.fields;
  if (!fields || statement.placeholders.length > 0) return undefined;
  if (statement.kind === 'CreateStmt') {
    const parent = unwrap(list(fields.inhRelations)[0])?.fields;
    const bound = fields.partbound as NodeFields | undefined;
    if (!bound || !parent) return undefined;
    return { adds: partition(parent, fields.relation as NodeFields, bound) };
  }
  if (statement.kind !== 'AlterTableStmt') return undefined;
  const command = list(fields.cmds)
    .map(item => unwrap(item)?.fields)
    .find(each => each?.subtype === 'AT_AttachPartition' || each?.subtype === 'AT_DetachPartition');
  const definition = unwrap(command?.def)?.fields;
  const name = definition?.name as NodeFields | undefined;
  if (!command || !name) return undefined;
  if (command.subtype === 'AT_DetachPartition') return { detaches: asTable(name) };
  const bound = definition?.bound as NodeFields | undefined;
  return bound && { adds: partition(fields.relation as NodeFields, name, bound) };
}

function partition(parent: NodeFields, table: NodeFields, bound: NodeFields): Partition {
  return { parent: asTable(parent), table: asTable(table), rows: readRows(bound), bound };
}

function readRows(bound: NodeFields): PartitionRows {
  if (bound.is_default === true) return { is: 'default' };
  if (bound.strategy === 'h') {
    return { is: 'hash', modulus: Number(bound.modulus ?? 0), remainder: Number(bound.remainder ?? 0) };
  }
  if (bound.strategy === 'l') {
    const values = list(bound.listdatums).map(constantText);
    return values.every(value => value !== undefined) ? { is: 'list', values } : { is: 'unknown' };
  }
  const [lower, upper] = [list(bound.lowerdatums), list(bound.upperdatums)];
  const [from, to] = [readEnd(lower[0]), readEnd(upper[0])];
  // Further columns only decide between equal first ones.
  if (lower.length !== 1 || upper.length !== 1 || from === undefined || to === undefined) return { is: 'unknown' };
  return { is: 'range', from, to };
}

const TIME = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?$/;

function readEnd(node: unknown): RangeEnd | 'open' | undefined {
  const found = unwrap(node);
  if (found?.type === 'ColumnRef') return 'open';
  if (found?.type !== 'A_Const') return undefined;
  const { sval, ival } = found.fields as Record<string, NodeFields | undefined>;
  if (ival) return { kind: 'number', value: Number(ival.ival ?? 0), fields: found.fields };
  const text = String(sval?.sval ?? '');
  if (!TIME.test(text)) return undefined;
  return {
    kind: 'time',
    value: text.replace('T', ' ').padEnd(19, ' 00:00:00'.slice(text.length - 10)),
    fields: found.fields,
  };
}

function constantText(node: unknown): string | undefined {
  const constant = unwrap(node);
  if (constant?.type !== 'A_Const') return undefined;
  const { sval, ival, boolval } = constant.fields as Record<string, NodeFields | undefined>;
  if (constant.fields.isnull === true) return 'NULL';
  if (sval) return `'${String(sval.sval ?? '')}'`;
  if (ival) return `'${String(ival.ival ?? 0)}'`;
  return boolval && (boolval.boolval === true ? "'true'" : "'false'");
}

/** True if both take some same row for sure. */
export function overlap(a: PartitionRows, b: PartitionRows): boolean {
  if (a.is === 'default' || b.is === 'default') return a.is === b.is;
  if (a.is === 'list' && b.is === 'list') return a.values.some(value => b.values.includes(value));
  if (a.is === 'hash' && b.is === 'hash') {
    return (a.remainder - b.remainder) % greatestCommonDivisor(a.modulus, b.modulus) === 0;
  }
  return a.is === 'range' && b.is === 'range' && isBefore(a.from, b.to) && isBefore(b.from, a.to);
}

/** True if a lower end is below an upper end. */
export function isBefore(from: RangeEnd | 'open', to: RangeEnd | 'open'): boolean {
  if (from === 'open' || to === 'open') return true;
  return from.kind === to.kind && from.value < to.value;
}

/** A remainder no partition of a hash-partitioned table takes; undefined if there is none, or too many to look at. */
export function missingRemainder(
  partitions: readonly { readonly modulus: number; readonly remainder: number }[],
): { readonly modulus: number; readonly remainder: number } | undefined {
  const modulus = Math.max(...partitions.map(each => each.modulus));
  // Each modulus is a factor of the next larger one, or PostgreSQL refuses it.
  if (!(modulus > 0 && modulus <= 4096) || partitions.some(each => modulus % each.modulus !== 0)) return undefined;
  for (let remainder = 0; remainder < modulus; remainder++) {
    if (!partitions.some(each => remainder % each.modulus === each.remainder)) return { modulus, remainder };
  }
  return undefined;
}

/** The changes to the partitions of a table among the statements listed of it, since it was made or dropped last. */
export function changesSince(before: readonly ParsedStatement[], parent: TableName): readonly PartitionChange[] {
  const begins = before.findLastIndex(statement => isAnew(statement, parent));
  return before.slice(begins + 1).flatMap(statement => partitionChange(statement) ?? []);
}

/** The same among those after it, until it is made or dropped again. */
export function changesUntil(after: readonly ParsedStatement[], parent: TableName): readonly PartitionChange[] {
  const ends = after.findIndex(statement => isAnew(statement, parent));
  return after.slice(0, ends < 0 ? after.length : ends).flatMap(statement => partitionChange(statement) ?? []);
}

/** True unless the statement changes the partitions of a table: then it makes or drops the table itself. */
function isAnew(statement: ParsedStatement, parent: TableName): boolean {
  if (statement.kind === 'DropStmt') return true;
  const added = partitionChange(statement)?.adds;
  return statement.kind === 'CreateStmt' && added?.parent.name !== parent.name;
}

/** The words FOR VALUES and what follows them in parentheses, or DEFAULT. */
export function boundRange({ text }: ParsedStatement): SourceRange {
  const found =
    /\bfor\s+values\s+(?:from\s*\([^)]*\)\s*to\s*\([^)]*\)|(?:in|with)\s*\([^)]*\))/i.exec(text) ??
    /\bdefault\b(?=\s*(?:;|$|with|partition|tablespace))/i.exec(text);
  return found ? { start: found.index, end: found.index + found[0].length } : { start: 0, end: text.length };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.max(1, a) : greatestCommonDivisor(b, a % b);
}

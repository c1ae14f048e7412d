import type { CancelSignal } from '../../core/base/cancelSignal';
import type { SortKey } from '../../core/advisor/rewrites/comparedQuery';
import type { Difference } from '../../core/advisor/rewrites/verification';
import type { ResultColumn, Session } from '../session';
import type { ComparedColumn, RowComparison } from './compareRows';
import type { Form } from './forms';
import { comparedTypes, type ComparedType } from './resultTypes';

/** Two forms, their columns set side by side. */
export interface SideBySide {
  /** How the columns differ, whatever the rows are. */
  readonly differences: readonly Difference[];
  readonly remarks: readonly string[];
  /** Absent if the rows cannot be compared, since they have not as many columns. */
  readonly comparison?: RowComparison;
  /** Why the order cannot be the same. */
  readonly orderLost?: string;
  readonly orderRemark?: string;
}

type Values = Readonly<Record<string, string | null>>;

/** Asks the server for the columns of both forms, without running them, and pairs columns and sort keys. */
export async function setSideBySide(
  session: Session,
  forms: { readonly original: Form; readonly rewritten: Form },
  values: Values,
  signal: CancelSignal,
): Promise<SideBySide> {
  const original = await describe(session, forms.original, values, signal);
  const rewritten = await describe(session, forms.rewritten, values, signal);
  if (original.length !== rewritten.length) {
    const difference: Difference = { kind: 'column count', original: original.length, rewritten: rewritten.length };
    return { differences: [difference], remarks: [] };
  }
  const order = pairKeys(forms.original, forms.rewritten, original, rewritten);
  const sent = {
    original: forms.original.withExpressions(order.originalExpressions),
    rewritten: forms.rewritten.withExpressions(order.rewrittenExpressions),
  };
  const shows = sent.original !== undefined && sent.rewritten !== undefined;
  const shown = shows ? { original: sent.original!, rewritten: sent.rewritten! } : forms;
  const originalColumns = shows ? await describe(session, shown.original, values, signal) : original;
  const rewrittenColumns = shows ? await describe(session, shown.rewritten, values, signal) : rewritten;
  const types = await comparedTypes(
    session,
    [...originalColumns, ...rewrittenColumns].map(({ typeId }) => typeId),
    signal,
  );
  const pair = (originalAt: number, rewrittenAt: number): ComparedColumn => {
    const [a, b] = [originalColumns[originalAt], rewrittenColumns[rewrittenAt]];
    const type = a && b && a.typeId === b.typeId ? types.get(a.typeId) : undefined;
    return { original: originalAt + 1, rewritten: rewrittenAt + 1, ...(type && { type }) };
  };
  const keys = shows || order.keys.every(key => key.every(at => at < original.length)) ? order.keys : [];
  const hides = keys.length < order.keys.length;
  return {
    differences: columnDifferences(original, rewritten, types),
    remarks: textRemarks(original, types),
    comparison: {
      ...shown,
      originalWidth: originalColumns.length,
      rewrittenWidth: rewrittenColumns.length,
      columns: original.map((_, index) => pair(index, index)),
      keys: keys.map(([a, b]) => pair(a, b)),
    },
    ...(order.lost !== undefined && { orderLost: order.lost }),
    ...(hides && { orderRemark: 'The order was not compared: it is by something that the rows do not show.' }),
  };
}

async function describe(session: Session, form: Form, values: Values, signal: CancelSignal): Promise<ResultColumn[]> {
  const { sql, names } = form.bound();
  const parameters = names.map(name => values[name] ?? null);
  return session.columnsOf(`with query as (\n${sql}\n) select * from query limit 0`, parameters, { signal });
}

interface PairedKeys {
  /** Places in both forms, from 0; beyond the columns they count on into the expressions. */
  readonly keys: readonly (readonly [original: number, rewritten: number])[];
  readonly originalExpressions: readonly string[];
  readonly rewrittenExpressions: readonly string[];
  readonly lost?: string;
}

const UNORDERED: PairedKeys = { keys: [], originalExpressions: [], rewrittenExpressions: [] };

/**
 * The rows of both must come in the order that the original's ORDER BY asks for. Keys that are output columns are
 * looked up in both; others each form computes for itself, and the rows are then compared with their keys.
 */
function pairKeys(
  original: Form,
  rewritten: Form,
  originalColumns: readonly ResultColumn[],
  rewrittenColumns: readonly ResultColumn[],
): PairedKeys {
  const wanted = original.sortKeys;
  if (wanted === undefined) return { ...UNORDERED, lost: 'its ORDER BY could not be read' };
  if (wanted.length === 0) return UNORDERED;
  const given = rewritten.sortKeys ?? [];
  const keys: (readonly [number, number])[] = [];
  const originalExpressions: string[] = [];
  const rewrittenExpressions: string[] = [];
  for (const [index, key] of wanted.entries()) {
    const visible = placeOf(key, originalColumns);
    if (visible !== undefined) {
      keys.push([visible, visible]);
      continue;
    }
    const other = given[index];
    if (!other) {
      const lost = `the original sorts by ${textOf(key)}, and the rewritten form has no ORDER BY for that`;
      return { keys, originalExpressions, rewrittenExpressions, lost };
    }
    const place = placeOf(other, rewrittenColumns);
    const originalPlace = originalColumns.length + originalExpressions.push(textOf(key)) - 1;
    const rewrittenPlace = place ?? rewrittenColumns.length + rewrittenExpressions.push(textOf(other)) - 1;
    keys.push([originalPlace, rewrittenPlace]);
  }
  return { keys, originalExpressions, rewrittenExpressions };
}

/** The output column that a key names, from 0; undefined if it is an expression or an input column. */
function placeOf(key: SortKey, columns: readonly ResultColumn[]): number | undefined {
  if (key.kind === 'position') return key.position;
  if (key.kind === 'expression') return undefined;
  const place = columns.findIndex(({ name }) => name === key.name);
  return place < 0 ? undefined : place;
}

function textOf(key: SortKey): string {
  return key.kind === 'position' ? String(key.position + 1) : key.text;
}

/** The name PostgreSQL gives a column that has none; nobody reads it by that. */
const NO_NAME = '?column?';

function columnDifferences(
  original: readonly ResultColumn[],
  rewritten: readonly ResultColumn[],
  types: ReadonlyMap<number, ComparedType>,
): Difference[] {
  const typeName = ({ typeId }: ResultColumn): string => types.get(typeId)?.name ?? `type ${typeId}`;
  return original.flatMap((column, index) => {
    const other = rewritten[index]!;
    const position = index + 1;
    const differences: Difference[] = [];
    if (column.name !== other.name && column.name !== NO_NAME) {
      differences.push({ kind: 'column name', position, original: column.name, rewritten: other.name });
    }
    if (column.typeId !== other.typeId) {
      differences.push({ kind: 'column type', position, original: typeName(column), rewritten: typeName(other) });
    }
    return differences;
  });
}

function textRemarks(columns: readonly ResultColumn[], types: ReadonlyMap<number, ComparedType>): string[] {
  const texts = columns.filter(({ typeId }) => types.get(typeId)?.by === 'text');
  if (texts.length === 0) return [];
  const names = texts.map(({ name, typeId }) => `${name} (${types.get(typeId)?.name})`).join(', ');
  return [`${names}: compared as text, since PostgreSQL has no order for the type.`];
}

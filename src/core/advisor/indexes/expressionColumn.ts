import type { Column, ColumnStatistics, Relation } from '../../catalog/catalog';
import { columnSamples, estimateDistinct, parseJson } from './columnSamples';

/** Functions of a text that have about as many values as it, with what they do to its width. */
const SAME_VALUES = /^(?:lower|upper|initcap|btrim|ltrim|rtrim|reverse)\(/;
const WIDTH_OF_MD5 = 33;
const NUMBER_WIDTHS: Readonly<Record<string, [type: string, width: number]>> = {
  int2: ['smallint', 2],
  int4: ['integer', 4],
  int8: ['bigint', 8],
  float8: ['double precision', 8],
  numeric: ['numeric', 6],
  bool: ['boolean', 1],
  uuid: ['uuid', 16],
};

/**
 * What an index key that is an expression holds, as if it were a column: from the samples in the statistics of the
 * column that it reads. Undefined if it reads none that is known.
 */
export function expressionColumn(relation: Relation, key: string): Column | undefined {
  const text = key.replace(/ (?:DESC|ASC|NULLS (?:FIRST|LAST)|\w+_ops)\b/g, '');
  const source = columnIn(relation, text);
  const statistics = source?.statistics;
  if (!source || !statistics) return undefined;
  const cast = /::(\w+)\)+$/.exec(text)?.[1];
  const field = /->> ?'((?:[^']|'')*)'\)/.exec(text)?.[1];
  if (field !== undefined && source.type === 'jsonb') {
    const values = jsonField(source, relation, field.replace(/''/g, "'"));
    if (!values) return undefined;
    const [type, width] = NUMBER_WIDTHS[cast ?? ''] ?? ['text', values.averageWidthBytes];
    return { name: key, type, notNull: false, statistics: { ...values, averageWidthBytes: width } };
  }
  if (SAME_VALUES.test(text)) return { ...source, name: key, type: 'text' };
  if (text.startsWith('md5('))
    return { ...source, name: key, type: 'text', statistics: { ...statistics, averageWidthBytes: WIDTH_OF_MD5 } };
  const part = /^"?(left|right|substr|substring)"?\(.*?(\d+)\)$/.exec(text);
  if (part) return leading(source, relation, key, Number(part[2]));
  if (/^(?:\(*EXTRACT|\(*date_part|length|char_length)/.test(text))
    return numeric(key, Math.min(200, Math.abs(statistics.distinct) || 200), statistics.nullFraction);
  if (/date_trunc\(/.test(text))
    return { ...source, name: key, statistics: { ...statistics, distinct: Math.max(statistics.distinct, -0.05) } };
  const [type, width] = NUMBER_WIDTHS[cast ?? ''] ?? [source.type, statistics.averageWidthBytes];
  return { ...source, name: key, type, statistics: { ...statistics, averageWidthBytes: width } };
}

function columnIn(relation: Relation, text: string): Column | undefined {
  const words = text.replace(/'(?:[^']|'')*'/g, '').match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return words.flatMap(word => relation.columns.find(column => column.name === word) ?? [])[0];
}

function jsonField(column: Column, relation: Relation, field: string): ColumnStatistics | undefined {
  const values: string[] = [];
  let absent = 0;
  let width = 0;
  const samples = columnSamples(column);
  for (const { value } of samples) {
    const found = (parseJson(value) as Record<string, unknown> | null | undefined)?.[field];
    if (found === undefined || found === null) {
      absent++;
      continue;
    }
    const text = typeof found === 'object' ? JSON.stringify(found) : String(found);
    values.push(text);
    width += text.length + 1;
  }
  if (values.length === 0) return undefined;
  return {
    nullFraction: absent / samples.length,
    averageWidthBytes: width / values.length,
    distinct: asStatistics(distinctOf(values, relation), relation),
  };
}

function leading(column: Column, relation: Relation, name: string, length: number): Column {
  const values = columnSamples(column).map(({ value }) => value.slice(0, length));
  const distinct = asStatistics(distinctOf(values, relation), relation);
  const statistics = { nullFraction: 0, averageWidthBytes: length + 1, distinct };
  return { ...column, name, type: 'text', statistics };
}

function numeric(name: string, distinct: number, nullFraction: number): Column {
  return { name, type: 'numeric', notNull: false, statistics: { nullFraction, averageWidthBytes: 6, distinct } };
}

function distinctOf(values: readonly string[], relation: Relation): number {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const once = [...counts.values()].filter(count => count === 1).length;
  return estimateDistinct(values.length, counts.size, once, relation.rowEstimate ?? 1000);
}

/** PostgreSQL notes more than a tenth of the rows as a share, since it will grow with them. */
function asStatistics(distinct: number, relation: Relation): number {
  const rows = Math.max(1, relation.rowEstimate ?? 1000);
  return distinct > rows / 10 ? -distinct / rows : distinct;
}

import { formatBytes, formatCount } from '../../base/units';
import type { Column, ColumnStatistics, Index, Relation, Routine } from '../../catalog/catalog';
import { identifierOf } from '../../sql/identifiers';
import { code, fence, MAX_LISTED, more, plain } from './markdown';

/** Kind, size, columns and indexes of a table or view. What is not known is left out. */
export function describeRelation(relation: Relation): string {
  const { schema, name, kind, rowEstimate, sizeBytes, partitionKey, comment, columns, columnsKnown } = relation;
  const head = [
    `**${plain(`${schema}.${name}`)}**`,
    relation.isPartition ? `${kind}, a partition` : kind,
    ...(rowEstimate === undefined ? [] : [`≈ ${formatCount(rowEstimate)} rows`]),
    ...(sizeBytes === undefined ? [] : [formatBytes(sizeBytes)]),
  ].join(' · ');
  const lines = columns.slice(0, MAX_LISTED).map(columnLine);
  const rest = columnsKnown === false ? '\n-- and others' : more(columns.length);
  return [
    head,
    comment === undefined ? '' : plain(comment),
    columns.length === 0 ? '' : fence(`${lines.join('\n')}${rest}`),
    partitionKey === undefined ? '' : `Partitioned by ${code(partitionKey)}`,
    listIndexes(relation.indexes),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

function columnLine({ name, type, notNull }: Column): string {
  return `${name} ${type}${notNull ? ' not null' : ''}`;
}

function listIndexes(indexes: readonly Index[]): string {
  if (indexes.length === 0) return '';
  const lines = indexes.slice(0, MAX_LISTED).map(index => `- ${indexLine(index)}`);
  const rest = indexes.length > MAX_LISTED ? [`- and ${indexes.length - MAX_LISTED} more`] : [];
  return ['Indexes:', ...lines, ...rest].join('\n');
}

function indexLine({
  name,
  method,
  keys,
  include,
  predicate,
  primary,
  unique,
  valid,
  sizeBytes,
  scans,
}: Index): string {
  const covering = include.length > 0 ? ` include (${include.join(', ')})` : '';
  const partial = predicate === undefined ? '' : ` where ${predicate}`;
  const using = method === 'btree' ? '' : `${method} `;
  return [
    `${plain(name)} ${code(`${using}(${keys.join(', ')})${covering}${partial}`)}`,
    ...(primary ? ['primary key'] : unique ? ['unique'] : []),
    ...(valid ? [] : ['**invalid**']),
    ...(sizeBytes === undefined ? [] : [formatBytes(sizeBytes)]),
    ...(scans === undefined ? [] : [`${formatCount(scans)} scans`]),
  ].join(' · ');
}

/** Type, statistics and indexes of a column. */
export function describeColumn(
  { relation, column }: { readonly relation: Relation; readonly column: Column },
  nullExtended: boolean,
): string {
  const { name, type, notNull, defaultExpression, generated, comment, statistics } = column;
  const facts = [
    ...(notNull ? [nullExtended ? 'not null in the table' : 'not null'] : []),
    ...(generated === undefined ? [] : [generated === 'identity' ? 'identity' : `generated, ${generated}`]),
    ...(defaultExpression === undefined || generated !== undefined ? [] : [`default ${code(defaultExpression)}`]),
  ];
  const used = relation.indexes.filter(index => containsColumn(index, name));
  return [
    [`**${plain(`${relation.name}.${name}`)}**`, code(type), ...facts].join(' · '),
    comment === undefined ? '' : plain(comment),
    statistics ? describeStatistics(statistics, relation.rowEstimate) : '',
    listIndexes(used),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** True if the index has the column as a key, in a key's expression or as a passenger. */
function containsColumn({ keys, include }: Index, name: string): boolean {
  return [...keys, ...include].some(key =>
    (key.match(/"(?:[^"]|"")+"|[\w$]+/g) ?? []).some(word => identifierOf(word) === name),
  );
}

const MAX_VALUES = 5;

function describeStatistics(statistics: ColumnStatistics, rows: number | undefined): string {
  const { nullFraction, distinct, mostCommonValues, mostCommonFrequencies, correlation, averageWidthBytes } =
    statistics;
  const common = (mostCommonValues ?? []).slice(0, MAX_VALUES).flatMap((value, i) => {
    const frequency = mostCommonFrequencies?.[i];
    return frequency === undefined ? [] : [`${code(value.slice(0, 40))} ${percent(frequency)}`];
  });
  return [
    `- NULL in ${percent(nullFraction)} of the rows, ${formatCount(averageWidthBytes)} bytes wide on average`,
    ...(distinct === 0 ? [] : [`- ${describeDistinct(distinct, rows)}`]),
    ...(common.length > 0 ? [`- most common: ${common.join(', ')}`] : []),
    ...(correlation === undefined ? [] : [`- correlation with the order on disk ${Number(correlation.toFixed(3))}`]),
  ].join('\n');
}

/** PostgreSQL's convention: a negative number is minus the fraction of rows that differ. */
function describeDistinct(distinct: number, rows: number | undefined): string {
  if (distinct === -1) return 'every value differs';
  if (distinct > 0) return `≈ ${formatCount(Math.round(distinct))} distinct values`;
  const count = rows === undefined ? '' : `≈ ${formatCount(Math.round(-distinct * rows))} `;
  return `${count}distinct values, ${percent(-distinct)} of the number of rows`;
}

function percent(fraction: number): string {
  const value = fraction * 100;
  return `${value === 0 ? 0 : value < 0.01 ? '< 0.01' : Number(value.toPrecision(3))} %`;
}

/** How a function is called and what it gives. */
export function describeRoutine(routine: Routine): string {
  const { schema, name, kind, parameters, returns, language, volatility, strict, comment } = routine;
  const list = parameters
    .filter(({ mode }) => mode !== 'table')
    .map(({ name: own, type, mode, hasDefault }) =>
      [
        ...(mode === 'in' ? [] : [mode]),
        ...(own === undefined ? [] : [own]),
        type,
        ...(hasDefault ? ['default …'] : []),
      ].join(' '),
    );
  const facts = [kind, language, volatility, strict ? 'strict' : undefined].filter(fact => fact !== undefined);
  return [
    fence(`${schema}.${name}(${list.join(', ')})${returns === undefined ? '' : `\n  returns ${returns}`}`),
    facts.join(' · '),
    comment === undefined ? '' : plain(comment),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

/** Size and alignment in bytes of types of fixed length (`pg_type.typlen`, `typalign`). */
const FIXED: Readonly<Record<string, readonly [size: number, alignment: number]>> = {
  bool: [1, 1],
  int2: [2, 2],
  int4: [4, 4],
  int8: [8, 8],
  float4: [4, 4],
  float8: [8, 8],
  date: [4, 4],
  time: [8, 8],
  timetz: [12, 8],
  timestamp: [8, 8],
  timestamptz: [8, 8],
  uuid: [16, 1],
  interval: [16, 8],
  money: [8, 8],
};
/** Less than this per row is not worth an unnatural order. */
const WORTH_BYTES = 8;

export const columnPadding = defineRule({
  id: 'schema/column-padding',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  kinds: ['CreateStmt'],
  title: 'Columns in an order that wastes space',
  docs: {
    problem: 'Narrow columns stand before wide ones.',
    why: 'A column of 8 bytes begins at a multiple of 8, so the bytes after a boolean or an integer before it stay empty in every row. Wide columns first, then narrow ones, then texts leave no gaps.',
    whenToIgnore: 'The table is small, or a natural order of the columns matters more.',
  },
  messages: {
    gaps: 'The order of the columns leaves {bytes} bytes empty in every row; from wide to narrow, texts last, they would be used.',
  },
  examples: [
    {
      title: 'flags between times',
      bad: 'CREATE TABLE readings (valid boolean NOT NULL, taken_at timestamptz NOT NULL, kind smallint NOT NULL, sensor_id bigint NOT NULL, value real NOT NULL)',
      flags: 'valid',
    },
    {
      title: 'wide first',
      good: 'CREATE TABLE readings (taken_at timestamptz, sensor_id bigint, value real, kind smallint, valid boolean)',
    },
    { title: 'a few bytes', good: 'CREATE TABLE readings (id int PRIMARY KEY, taken_at timestamptz)' },
    { title: 'texts', good: 'CREATE TABLE users (id bigint PRIMARY KEY, name text, email text)' },
    {
      title: 'types of their own',
      good: 'CREATE TABLE users (active boolean, place app.place, id bigint PRIMARY KEY)',
    },
  ],
  check({ statement, find, report }) {
    const columns = columnDefinitions({ statement, find });
    // Where a column of variable length or unknown type stands, the rest begins anywhere.
    const end = columns.findIndex(({ type }) => FIXED[type] === undefined);
    const fixed = (end < 0 ? columns : columns.slice(0, end)).map(({ type }) => FIXED[type]!);
    const sorted = [...fixed].sort((a, b) => b[1] - a[1]);
    const bytes = length(fixed) - length(sorted);
    const first = columns[0];
    if (first && bytes >= WORTH_BYTES) report({ at: first.nameRange, message: 'gaps', values: { bytes } });
  },
});

function length(columns: readonly (readonly [number, number])[]): number {
  const end = columns.reduce((at, [size, alignment]) => Math.ceil(at / alignment) * alignment + size, 0);
  return Math.ceil(end / 8) * 8;
}

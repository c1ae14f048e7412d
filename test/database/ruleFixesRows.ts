import type pg from 'pg';
import { randomNumbers } from '../support/randomNumbers';

/** Values that comparisons, casts and groupings stumble over, by the internal name of the type. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  int2: ['-3', '-1', '0', '1', '2', '5', '7'],
  int4: ['-3', '-1', '0', '1', '2', '5', '7'],
  int8: ['-3', '-1', '0', '1', '2', '5', '7'],
  numeric: ['-3', '-1', '0', '0.00', '0.1', '1', '1.0', '2', '5', '5.5', '101'],
  float4: ['-3', '-1', '0', '-0', '0.1', '1', '2', '5', '5.5', 'NaN'],
  float8: ['-3', '-1', '0', '-0', '0.1', '1', '2', '5', '5.5', 'NaN'],
  text: ['', ' ', 'a', 'A', 'a ', 'new', 'New', 'b', '%', 'a_b', '0', '1'],
  bool: ['true', 'false'],
  timestamptz: [
    '2024-04-30 23:59:59.999999+00',
    '2024-05-01 00:00:00+00',
    '2024-05-01 12:00:00+00',
    '2024-05-01 23:59:59.999999+00',
    '2024-05-02 00:00:00+00',
    '2024-02-29 10:00:00+00',
    '2023-12-31 23:59:59.999999+00',
    '2024-01-01 00:00:00+00',
    '2024-01-31 15:00:00+00',
    '2024-12-31 23:30:00+00',
    '2024-03-10 06:30:00+00',
    '2024-03-10 07:00:00+00',
    '2024-11-03 05:30:00+00',
    '2024-11-03 06:30:00+00',
    'now',
    'today',
    'yesterday',
    'tomorrow',
    'infinity',
    '-infinity',
  ],
  date: ['2024-04-30', '2024-05-01', '2024-05-02', '2024-02-29', '2023-12-31', '2024-01-01', '2024-01-31', 'today'],
  time: ['00:00', '12:00', '23:59:59.999999'],
  interval: ['0', '1 hour', '1 day', '-1 day', '1 month'],
  jsonb: ['{}', '{"kind": "door"}', '{"kind": null}', '{"kind": ["door"]}', '[]', 'null', '"door"'],
  json: ['{}', '{"kind": "door"}', '{"kind": null}'],
  uuid: ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001'],
  bytea: ['', '\\x00'],
};

const LIKE_TEXT = /^(?:varchar|bpchar|name|citext|char)$/;

/** Values of a type to put into rows and parameters; `mentioned` are constants of the statement. */
export function valuesOf(type: string, mentioned: readonly string[]): readonly string[] {
  if (type.startsWith('_')) {
    const elements = valuesOf(type.slice(1), mentioned).filter(value => !/[\s"{}\\%]/.test(value) && value !== '');
    const lists = elements.map((value, at) => `{${value},${elements[(at + 1) % elements.length]}}`);
    return ['{}', '{NULL}', ...elements.map(value => `{${value}}`), ...lists, `{NULL,${elements[0]}}`];
  }
  const own = LIKE_TEXT.test(type)
    ? VALUES.text!
    : type === 'timestamp'
      ? VALUES.timestamptz!.map(value => value.replace('+00', ''))
      : (VALUES[type] ?? []);
  return [...new Set([...own, ...mentioned.filter(value => fits(type, value))])];
}

function fits(type: string, value: string): boolean {
  if (LIKE_TEXT.test(type) || type === 'text') return value.length <= 12;
  if (/^int[248]$/.test(type)) return /^-?\d{1,4}$/.test(value);
  if (type === 'numeric' || type.startsWith('float')) return /^-?\d{1,9}(?:\.\d+)?$/.test(value);
  if (type === 'date' || type.startsWith('timestamp')) return /^\d{4}-\d\d-\d\d/.test(value);
  return false;
}

interface TableColumn {
  readonly relation: string;
  readonly column: string;
  readonly type: string;
  readonly may_be_null: string;
  readonly is_key: string;
}

const COLUMNS = `
  SELECT a.attrelid::regclass::text AS relation, quote_ident(a.attname) AS column, t.typname AS type,
    NOT a.attnotnull AND NOT d.typnotnull AS may_be_null,
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_key
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^(pg_|information_schema)'
  JOIN pg_type d ON d.oid = a.atttypid JOIN pg_type t ON t.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'
  ORDER BY a.attrelid, a.attnum`;

const ROWS = 80;

/** Fills every table: NULL wherever it may stand, duplicates, and rows without a match elsewhere. */
export async function fillTables(client: pg.Client, mentioned: readonly string[]): Promise<void> {
  const { rows: columns } = await client.query<TableColumn>(COLUMNS);
  const random = randomNumbers(42);
  const relations = [...new Set(columns.map(column => column.relation))];
  for (const [number, relation] of relations.entries()) {
    const own = columns.filter(column => column.relation === relation);
    const pools = own.map(({ type, is_key: isKey }) => {
      const values = [...valuesOf(type, mentioned)];
      if (!/^(?:int[248]|numeric|float[48])$/.test(type)) return values;
      // A number no other table has, and enough of them for a key.
      values.push(String(200 + number));
      return isKey === 't' ? [...values, ...Array.from({ length: ROWS }, (_, at) => String(300 + at))] : values;
    });
    const rows = Array.from({ length: ROWS }, (_, row) =>
      pools.map((pool, at) => {
        const mayBeNull = own[at]!.may_be_null === 't' && (row === 0 || random(5) === 0);
        // Each value once before chance decides.
        const value = pool[row <= pool.length ? (row + 3 * at) % pool.length : random(pool.length)];
        return mayBeNull || value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
      }),
    );
    const names = own.map(({ column }) => column).join(', ');
    const insert = (some: readonly string[][]): string =>
      `INSERT INTO ${relation} (${names}) VALUES ${some.map(row => `(${row.join(', ')})`).join(', ')} ON CONFLICT DO NOTHING`;
    // The first rows once more: without a key there are duplicates.
    const all = [...rows, ...rows.slice(0, 8)];
    await client.query('SAVEPOINT fill');
    try {
      await client.query(insert(all));
    } catch {
      await client.query('ROLLBACK TO fill');
      for (const row of all) {
        await client.query('SAVEPOINT fill');
        await client.query(insert([row])).catch(() => client.query('ROLLBACK TO fill'));
      }
    }
  }
}

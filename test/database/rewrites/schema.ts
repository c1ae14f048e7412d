import type { Random } from './random';

/** Families of types that conditions treat alike. */
export type ColumnType =
  'int' | 'bigint' | 'numeric' | 'float8' | 'text' | 'bool' | 'timestamp' | 'timestamptz' | 'date' | 'jsonb' | 'text[]';

export interface TestColumn {
  readonly table: string;
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  /** Unique by itself; NULLs may still repeat if it may be NULL. */
  readonly unique: boolean;
}

/**
 * The tables that shapes speak of. `customers 1-n orders 1-n items`; an order has an optional customer and a sure
 * owner; `readings` is partitioned by time and has no key; `marks` has nothing but NULLs and duplicates.
 */
export const SCHEMA = `
CREATE TABLE customers (
  id int PRIMARY KEY,
  email text UNIQUE,
  name text NOT NULL,
  region text,
  vip boolean,
  credit numeric,
  referrer_id int REFERENCES customers (id),
  created_at timestamptz NOT NULL,
  UNIQUE (id, name)
);
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer_id int REFERENCES customers (id),
  owner_id int NOT NULL REFERENCES customers (id),
  number bigint NOT NULL UNIQUE,
  status text,
  priority int,
  quantity int NOT NULL,
  total numeric,
  paid boolean NOT NULL,
  archived boolean,
  ordered_at timestamp,
  shipped_at timestamptz,
  due_on date,
  details jsonb,
  tags text[]
);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (ordered_at);
CREATE INDEX ON orders (customer_id, ordered_at);
CREATE INDEX ON orders (owner_id, ordered_at);
CREATE INDEX ON orders (lower(status));
CREATE INDEX ON orders USING gin (details);
CREATE INDEX ON orders USING gin (tags);
CREATE TABLE items (
  order_id int NOT NULL REFERENCES orders (id),
  line int NOT NULL,
  product text,
  amount int,
  price numeric NOT NULL,
  weight double precision,
  PRIMARY KEY (order_id, line)
);
CREATE TABLE readings (
  sensor int NOT NULL,
  taken_at timestamptz NOT NULL,
  value double precision,
  note text
) PARTITION BY RANGE (taken_at);
CREATE TABLE readings_2024_01 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE readings_2024_02 PARTITION OF readings FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE readings_rest PARTITION OF readings DEFAULT;
CREATE INDEX ON readings (sensor, taken_at);
CREATE TABLE marks (a int, b int, c text, d boolean, e numeric);`;

type ColumnList = Readonly<Record<string, readonly [type: ColumnType, facts?: string]>>;

const COLUMNS_OF: Readonly<Record<string, ColumnList>> = {
  customers: {
    id: ['int', 'key'],
    email: ['text', 'unique'],
    name: ['text', 'not null'],
    region: ['text'],
    vip: ['bool'],
    credit: ['numeric'],
    referrer_id: ['int'],
    created_at: ['timestamptz', 'not null'],
  },
  orders: {
    id: ['int', 'key'],
    customer_id: ['int'],
    owner_id: ['int', 'not null'],
    number: ['bigint', 'key'],
    status: ['text'],
    priority: ['int'],
    quantity: ['int', 'not null'],
    total: ['numeric'],
    paid: ['bool', 'not null'],
    archived: ['bool'],
    ordered_at: ['timestamp'],
    shipped_at: ['timestamptz'],
    due_on: ['date'],
    details: ['jsonb'],
    tags: ['text[]'],
  },
  items: {
    order_id: ['int', 'not null'],
    line: ['int', 'not null'],
    product: ['text'],
    amount: ['int'],
    price: ['numeric', 'not null'],
    weight: ['float8'],
  },
  readings: {
    sensor: ['int', 'not null'],
    taken_at: ['timestamptz', 'not null'],
    value: ['float8'],
    note: ['text'],
  },
  marks: { a: ['int'], b: ['int'], c: ['text'], d: ['bool'], e: ['numeric'] },
};

export const COLUMNS: readonly TestColumn[] = Object.entries(COLUMNS_OF).flatMap(([table, columns]) =>
  Object.entries(columns).map(([name, [type, facts = '']]) => ({
    table,
    name,
    type,
    notNull: facts === 'key' || facts === 'not null',
    unique: facts === 'key' || facts === 'unique',
  })),
);

/** The columns of a table that are as wanted. */
export function columnsOf(table: string, wanted: Partial<TestColumn> = {}): TestColumn[] {
  const entries = Object.entries(wanted) as [keyof TestColumn, unknown][];
  return COLUMNS.filter(column => column.table === table && entries.every(([key, value]) => column[key] === value));
}

/** Few values, so that they repeat and meet. */
const VALUES: Readonly<Record<ColumnType, readonly string[]>> = {
  int: ['-1', '0', '1', '2', '3', '5', '8'],
  bigint: ['0', '1', '2', '3', '5', '8', '9000000000'],
  numeric: ['-1', '0', '0.00', '0.1', '1', '1.0', '2.5', '10', '100'],
  float8: ['-1', '0', '-0', '0.1', '1', '2.5', 'NaN', 'Infinity'],
  text: ['', ' ', 'a', 'A', 'a ', 'b', 'new', 'New', 'open', 'a_b', '50%', '1'],
  bool: ['true', 'false'],
  timestamp: [
    '2023-12-31 23:59:59.999999',
    '2024-01-01 00:00:00',
    '2024-01-01 12:00:00',
    '2024-01-31 23:59:59.999999',
    '2024-02-01 00:00:00',
    '2024-02-29 10:00:00',
    '2024-03-10 02:30:00',
    'infinity',
  ],
  timestamptz: [
    '2023-12-31 23:59:59.999999+00',
    '2024-01-01 00:00:00+00',
    '2024-01-01 04:30:00+00',
    '2024-01-31 23:59:59.999999+00',
    '2024-02-01 00:00:00+00',
    '2024-02-29 10:00:00+00',
    '2024-03-10 07:00:00+00',
  ],
  date: ['2023-12-31', '2024-01-01', '2024-01-31', '2024-02-01', '2024-02-29'],
  jsonb: ['{}', '{"kind": "door"}', '{"kind": null}', '{"kind": "door", "n": 1}', '[]', 'null'],
  'text[]': ['{}', '{a}', '{a,b}', '{NULL}', '{b,NULL}', '{new}'],
};

/** A literal that a column may be compared with; it may or may not be there. */
export function literalFor(random: Random, type: ColumnType): string {
  return quote(random.pick(VALUES[type]), type);
}

function quote(value: string, type: ColumnType): string {
  const isNumber = (type === 'int' || type === 'bigint' || type === 'numeric') && !value.startsWith('-');
  if (isNumber || type === 'bool') return value;
  return `'${value.replaceAll("'", "''")}'`;
}

/** How many rows the tables are filled with; small, since much is compared. */
const ROWS = { customers: 12, orders: 40, items: 60, readings: 40, marks: 24 };

/**
 * Statements that empty and fill the tables anew by chance: NULL wherever it may stand, duplicates, rows without a
 * match. Now and then a table stays empty, or a column that may be NULL has none.
 */
export function fillTables(random: Random): string {
  // Those that refer to an empty table are empty too, or have NULL there.
  const empty = random.chance(15) ? random.pick(['items', 'readings', 'marks', 'orders', 'all']) : undefined;
  const isEmpty = (table: string): boolean =>
    empty === 'all' || table === empty || (table === 'items' && empty === 'orders');
  const withoutNulls = new Set(COLUMNS.filter(() => random.chance(20)));
  const fill = (table: keyof typeof ROWS, own: Readonly<Record<string, (row: number) => string>>): string => {
    if (isEmpty(table)) return '';
    const columns = columnsOf(table);
    const rows = Array.from({ length: ROWS[table] }, (_, row) => {
      const cells = columns.map(column => {
        if (!column.notNull && !withoutNulls.has(column) && random.chance(25)) return 'NULL';
        return own[column.name]?.(row) ?? `'${random.pick(VALUES[column.type]).replaceAll("'", "''")}'`;
      });
      return `(${cells.join(', ')})`;
    });
    // Some rows again, where no key forbids it.
    const again = rows.slice(0, 4);
    return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES ${[...rows, ...again].join(', ')} ON CONFLICT DO NOTHING;`;
  };
  const customer = (): string => String(1 + random.below(ROWS.customers));
  return [
    'TRUNCATE customers, orders, items, readings, marks;',
    fill('customers', {
      id: row => String(row + 1),
      email: row => `'${random.pick(['u', 'U', 'v'])}${row}@x.org'`,
      referrer_id: row => String(1 + random.below(row + 1)),
    }),
    fill('orders', {
      id: row => String(row + 1),
      number: row => String(1000 - row * 3),
      customer_id: customer,
      owner_id: customer,
    }),
    fill('items', {
      order_id: () => String(1 + random.below(ROWS.orders)),
      line: () => String(1 + random.below(3)),
    }),
    fill('readings', { sensor: () => String(random.below(4)) }),
    fill('marks', {}),
    'ANALYZE customers, orders, items, readings, marks;',
  ].join('\n');
}

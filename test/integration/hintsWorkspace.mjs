/** The small shop that the walk through the hints works on: SQL by itself, in other languages, and its schema. */
import fs from 'node:fs';
import path from 'node:path';

export const SCHEMA = `-- The orders of a shop.
CREATE TABLE customers (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email      text NOT NULL UNIQUE,
  status     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE customers IS 'Everybody who ever ordered.';

CREATE TABLE orders (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  state       text NOT NULL DEFAULT 'open',
  total       numeric(12, 2) NOT NULL,
  ordered_at  timestamptz NOT NULL DEFAULT now(),
  shipped_at  timestamptz
);
CREATE INDEX orders_customer_id_ordered_at_idx ON orders (customer_id, ordered_at);

CREATE FUNCTION open_orders(days integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  SELECT count(*) INTO n FROM orders WHERE shipped_at = NULL;
  RETURN n;
END;
$$;
`;

/** Rows for a server that has the schema. */
export const ROWS = `
INSERT INTO customers (email, status) SELECT 'customer' || n || '@example.com', 'active' FROM generate_series(1, 500) n;
INSERT INTO orders (customer_id, total) SELECT 1 + n % 500, n % 90 FROM generate_series(1, 20000) n;
`;

const FILES = {
  'db/schema.sql': SCHEMA,
  'migrations/001_priority.sql': `ALTER TABLE orders ADD COLUMN priority integer NOT NULL;
CREATE INDEX orders_priority_idx ON orders (priority);
`,
  'queries.sql': `-- What the shop asks its database.

select o.id, o.total
from orders o
where o.shipped_at = null;

select count(*) > 0 from orders where customer_id = 7;

select count(*) > 0 from orders where customer_id = 8;

select * from customers where lower(email) = 'ada@example.com';

with recent as (
  select customer_id, total from orders where ordered_at > now() - interval '7 days'
)
select c.email, sum(recent.total)
from customers c
join recent on recent.customer_id = c.id
group by c.email;

delete from orders;
`,
  'draft.sql': `select o from orders o;

select 1 from orders o join ;

select open_orders;
`,
  'broken.sql': `CREATE FUNCTION close_orders() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE orders SET state = 'closed' WHERE shipped_at IS NOT NULL;
  DELETE FORM orders WHERE state = 'closed';
END;
$$;
`,
  'service.ts': `import { sql } from './database';

const closed = null;

export function unshipped(customerId: number) {
  return sql\`
    select id, total
    from orders
    where shipped_at = null and customer_id = \${customerId}
  \`;
}
`,
  'report.py': `def unshipped(cursor, customer):
    cursor.execute("""
        SELECT id, total
        FROM orders
        WHERE shipped_at = NULL AND customer_id = %(customer)s
    """, {"customer": customer})
    return cursor.fetchall()
`,
  'notes.md': `# Notes

What is still to be shipped:

\`\`\`sql
select id, total from orders where shipped_at = null;
\`\`\`
`,
  '.query-tuner.json': `{
  "postgresVersion": 16,
  "rules": {
    "query/select-star": "warning"
  }
}
`,
};

/** Writes the workspace into a new folder. */
export function writeHintsWorkspace(folder) {
  for (const [name, text] of Object.entries(FILES)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return folder;
}

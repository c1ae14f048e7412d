/** What a rewrite is offered for, what it makes of it, and what it leaves alone. */
export interface RewriteCases {
  readonly id: string;
  /** DDL the catalog is built from; a case may have its own. */
  readonly schema?: string;
  readonly offers: readonly Offer[];
  readonly refuses: readonly Refusal[];
}

export interface Offer {
  readonly title: string;
  readonly sql: string;
  /** The whole text after the first rewrite of that id. */
  readonly becomes: string;
  readonly equality: 'provably equal' | 'needs checking';
  readonly schema?: string;
  /** Of several, the one with this in its title. */
  readonly called?: RegExp;
  /** It leaves another place for itself, so that it is offered once more. */
  readonly again?: true;
}

export interface Refusal {
  readonly title: string;
  readonly sql: string;
  readonly schema?: string;
}

/** Tables that the cases of most rewrites speak of. */
export const SHOP = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, region text, vip boolean, created_at timestamptz NOT NULL);
CREATE TABLE orders (
  id int PRIMARY KEY, customer_id int REFERENCES customers (id), owner_id int NOT NULL, number bigint NOT NULL UNIQUE,
  status text, quantity int NOT NULL, total numeric, weight double precision, note text, placed_at timestamp NOT NULL,
  shipped_at timestamptz, due_on date, code char(3), reference uuid
);
CREATE TABLE items (order_id int NOT NULL REFERENCES orders (id), line int NOT NULL, product text, amount int, price numeric NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE readings (sensor int NOT NULL, taken_at timestamptz NOT NULL, value double precision) PARTITION BY RANGE (taken_at);`;

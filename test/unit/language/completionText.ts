import type { Catalog } from '../../../src/core/catalog/catalog';
import { completeAt } from '../../../src/core/language/completion/completeAt';
import type { Completion, CompletionList } from '../../../src/core/language/completion/completion';
import { catalogOf } from '../../rules/lintText';
import { atCursor } from './cursor';

export const SHOP = `
  create type order_status as enum ('open', 'paid', 'sent');
  create table customers (id int primary key, name text not null, email text, "Full Name" text);
  create table orders (
    id bigint primary key, customer_id int not null references customers, status order_status, total numeric(10, 2),
    created_at timestamptz not null default now(), note text, paid boolean);
  create table order_items (
    order_id bigint references orders, line int, product text, quantity int, price numeric,
    amount numeric generated always as (quantity * price) stored, primary key (order_id, line));
  create schema sales;
  create table sales.regions (id int primary key, region_name text);
  create view open_orders as select id, total from orders where status = 'open';
  create function order_total(order_id bigint, vat numeric default 0.2) returns numeric language sql as 'select 1';
  create function items_of(wanted bigint) returns setof order_items language sql as 'select null';
  create function sales.region_of(id int) returns text language sql as 'select null';
  create procedure close_day(day date) language sql as 'select 1';
  create function note_change() returns trigger language plpgsql as 'begin return new; end';
  -- orders: 1200 rows`;

let shop: Promise<Catalog> | undefined;

export function shopCatalog(): Promise<Catalog> {
  shop ??= catalogOf(SHOP);
  return shop;
}

/** What is proposed at the `|` of a text. */
export async function complete(marked: string, catalog?: Catalog): Promise<CompletionList | undefined> {
  const { script, offset } = await atCursor(marked);
  return completeAt(script, offset, catalog ?? (await shopCatalog()));
}

/** The texts that are proposed, the best first. */
export async function proposed(marked: string, catalog?: Catalog): Promise<string[]> {
  return (await complete(marked, catalog))?.items.map(({ insertText }) => insertText) ?? [];
}

/** The text after the first proposal that inserts this is taken. */
export function accept(marked: string, { range }: CompletionList, { insertText }: Completion): string {
  const text = marked.replace('|', '');
  return text.slice(0, range.start) + insertText.replace('$0', '') + text.slice(range.end);
}

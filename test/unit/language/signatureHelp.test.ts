import assert from 'node:assert/strict';
import { signatureHelpAt } from '../../../src/core/language/signatureHelp';
import type { SignatureList } from '../../../src/core/language/signatureHelp';
import { catalogOf } from '../../rules/lintText';
import { atCursor } from './cursor';

const SCHEMA = `
  create function order_total(order_id bigint, vat numeric default 0.2, out total numeric) language sql as 'select 1.0';
  create function round(amount text) returns text language sql as 'select ''''';
  create function note(variadic parts text[]) returns text language sql as 'select ''''';
  create schema sales;
  create function sales.region_of(id int) returns text language sql as 'select null';
  create procedure close_day(day date, forced boolean default false) language sql as 'select 1';
  create table orders (id int, note text);`;

async function help(marked: string): Promise<SignatureList | undefined> {
  const { script, offset } = await atCursor(marked);
  return signatureHelpAt(script, offset, await catalogOf(SCHEMA));
}

/** The signature that is shown, with its parameter at the cursor in brackets. */
async function shown(marked: string): Promise<string> {
  const found = await help(marked);
  const signature = found?.signatures[found.activeSignature];
  if (!signature) return '';
  const { label, parameters, activeParameter } = signature;
  const parameter = activeParameter === undefined ? undefined : parameters[activeParameter];
  if (!parameter) return label;
  const { start, end } = parameter;
  return `${label.slice(0, start)}[${label.slice(start, end)}]${label.slice(end)}`;
}

const SHOWN: readonly (readonly [string, string])[] = [
  ['select order_total(|', 'public.order_total([order_id bigint], vat numeric DEFAULT …) → numeric'],
  ['select order_total(1, |) from orders', 'public.order_total(order_id bigint, [vat numeric DEFAULT …]) → numeric'],
  ['select order_total(1|, 2)', 'public.order_total([order_id bigint], vat numeric DEFAULT …) → numeric'],
  ['select order_total(12, 3|4)', 'public.order_total(order_id bigint, [vat numeric DEFAULT …]) → numeric'],
  ['select order_total(vat => |', 'public.order_total(order_id bigint, [vat numeric DEFAULT …]) → numeric'],
  [
    'select order_total(vat => 1, order_id => |)',
    'public.order_total([order_id bigint], vat numeric DEFAULT …) → numeric',
  ],
  ['select order_total(1, 2, |', 'public.order_total(order_id bigint, vat numeric DEFAULT …) → numeric'],
  ['select sales.region_of(|)', 'sales.region_of([id integer]) → text'],
  ['call close_day(now(), |)', 'public.close_day(day date, [forced boolean DEFAULT …])'],
  ["select note('a', 'b', |)", 'public.note([VARIADIC parts text[]]) → text'],
  ['select lower(|', 'lower([text]) → text'],
  ["select date_trunc('day', |)", 'date_trunc(text, [timestamp with time zone]) → timestamp with time zone'],
  ["select date_trunc('|", 'date_trunc([text], timestamp with time zone) → timestamp with time zone'],
  ['select string_agg(note, |) from orders', 'string_agg(value text, [delimiter text]) → text'],
  ['select lower(coalesce(note, |)) from orders', 'coalesce(value, [...]) → same as the arguments'],
  ['select lower(coalesce(note, 1)|) from orders', 'lower([text]) → text'],
  ['select lower((|)) from orders', 'lower([text]) → text'],
  ["select concat('a', 'b', 'c', |)", 'concat([VARIADIC "any"]) → text'],
  ['select lower(|) from orders where id in (1, 2)', 'lower([text]) → text'],
  ['select * from orders where id in (1, abs(|))', 'abs([real]) → real'],
  ['select percentile_cont(0.5|)', 'percentile_cont([double precision ORDER BY double precision]) → double precision'],
  [
    'do $$ begin perform order_total(|); end $$',
    'public.order_total([order_id bigint], vat numeric DEFAULT …) → numeric',
  ],
];

const NOTHING = [
  'select |',
  'select * from orders where id in (|',
  'select (1 + |)',
  'insert into orders (|',
  'create table lower (|',
  'select lower(id) |',
  'select lower((select | from orders))',
  '-- lower(|',
  'select no_such_function(|',
];

describe('core/language/signatureHelp', () => {
  for (const [at, expected] of SHOWN) it(at, async () => assert.equal(await shown(at), expected));

  describe('shows nothing', () => {
    for (const at of NOTHING) it(at, async () => assert.equal(await shown(at), ''));
  });

  it('lists overloads and takes the first that has room for the arguments', async () => {
    const one = await help('select round(|');
    assert.equal(one?.signatures[0]?.label, 'public.round(amount text) → text');
    assert.equal(one.activeSignature, 0);
    const two = await help('select round(1, |');
    assert.equal(two?.signatures[two.activeSignature]?.label, 'round(numeric, integer) → numeric');
    assert.equal(two.signatures[0]?.activeParameter, undefined);
  });
});

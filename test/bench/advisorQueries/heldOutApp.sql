-- Held out: 40 queries of an application over the benchmark's tables, written before the advisor was looked at
-- and never changed to suit it.

-- look-ups by a value or an expression
select c.customer_id, c.customer_name, c.phone from customer c where c.phone = '21-512-3301';
select t.contact_id, t.email, t.plan from contact t where t.email = 'User31000@corp.example.net' and t.deleted_at is null;
select t.contact_id, t.full_name from contact t where lower(t.full_name) like 'hana b7%' order by t.full_name limit 10;
select v.vendor_id, v.vendor_name from vendor v where upper(v.vendor_name) = 'VENDOR#000000321';
select p.product_id, p.product_name from product p where p.attrs ->> 'color' = 'teal' and (p.attrs ->> 'weight')::int > 480 and not p.discontinued;
select p.product_id, p.attrs ->> 'origin' as origin from product p where p.attrs @> '{"color": "gold", "origin": "COUNTRY19"}' order by p.product_id;
select d.document_id, d.title from document d where d.meta ->> 'kind' = 'b' and (d.meta ->> 'pages')::int between 395 and 397;
select e.event_id, e.contact_id from event_log e where (e.payload ->> 'app') = 'ios' and (e.payload ->> 'ref') = 'r12012';

-- lists and pages
select o.order_id, o.ordered_on, o.total, o.status from sales_order o where o.customer_id in (301, 1204, 2500, 7777) and o.ordered_on >= date '2020-01-01' order by o.ordered_on desc, o.order_id desc limit 25;
select o.order_id, o.total from sales_order o where o.clerk = 'Clerk#000000617' and o.status <> 'F' order by o.total desc limit 10;
select o.order_id, o.ordered_on, o.clerk from sales_order o where o.channel = 'partner' and o.priority = '2-HIGH' and (o.ordered_on, o.order_id) > (date '2021-10-15', 143000) order by o.ordered_on, o.order_id limit 40;
select e.event_id, e.happened_at, e.severity from event_log e where e.contact_id = 1900 and e.event_id < 300000 order by e.event_id desc limit 30;
select e.event_id, e.kind, e.happened_at from event_log e where e.severity between 6 and 7 and e.kind in ('error', 'refund') order by e.severity desc, e.happened_at asc limit 50;
select d.document_id, d.title, d.updated_at from document d where d.state in ('draft', 'published') and d.updated_at between timestamptz '2021-03-01 00:00+00' and timestamptz '2021-03-03 00:00+00' order by d.updated_at desc;
select d.document_id, d.created_at from document d where d.contact_id = 88 order by d.state asc, d.created_at desc limit 15;
select t.contact_id, t.email, t.last_seen_at from contact t where t.plan = 'team' and t.deleted_at is null order by t.last_seen_at desc nulls last, t.contact_id limit 20 offset 40;
select p.product_id, p.price from product p where p.brand in ('Brand#41', 'Brand#13') and p.container = 'LG DRUM' order by p.price desc, p.product_id limit 12;
select p.product_id, p.product_name from product p where p.tags @> array['fragile', 'line7'] and p.size < 20 order by p.product_name;
select s.product_id, s.vendor_id, s.checked_on from stock s where s.checked_on >= date '2022-12-24' and s.qty < 500 order by s.checked_on desc, s.qty limit 30;
select l.order_id, l.line_no, l.commit_on from order_line l where l.vendor_id = 77 and l.return_flag = 'R' and l.ship_on between date '2020-03-01' and date '2020-04-30' order by l.commit_on;
select l.order_id, l.line_no from order_line l where l.line_state = 'O' and l.ship_mode = 'FOB' and l.receive_on > date '2022-12-05' order by l.receive_on desc limit 50;

-- one or the other, null and not null
select t.contact_id, t.email from contact t where t.contact_id = 515 or lower(t.email) = 'user515@example.com';
select o.order_id, o.customer_id from sales_order o where (o.customer_id = 3334 or o.clerk = 'Clerk#000000042') and o.ordered_on >= date '2021-06-01' order by o.order_id;
select t.contact_id, coalesce(t.last_seen_at, t.signup_at) as seen from contact t where coalesce(t.last_seen_at, t.signup_at) >= timestamptz '2022-05-31 12:00+00' order by seen desc limit 50;
select d.document_id, d.parent_id, d.title from document d where d.parent_id is not null and d.contact_id between 400 and 420 and d.state = 'published';
select t.contact_id, t.deleted_at from contact t where t.deleted_at is not null and t.deleted_at < timestamptz '2019-08-20 00:00+00' and t.plan <> 'free';

-- existence and the newest of each
select t.contact_id, t.full_name from contact t where t.customer_id = 9123 and exists (select 1 from document d where d.contact_id = t.contact_id and d.state = 'published');
select p.product_id, p.product_name from product p where p.discontinued and not exists (select 1 from stock s where s.product_id = p.product_id and s.qty > 2000) order by p.product_id limit 20;
select c.customer_id, c.customer_name, (select max(o.ordered_on) from sales_order o where o.customer_id = c.customer_id) as last_order from customer c where c.country_id = 3 and c.balance < -800 order by c.balance limit 15;
select t.contact_id, t.email, d.title, d.created_at from contact t cross join lateral (select d.title, d.created_at from document d where d.contact_id = t.contact_id and d.state <> 'archived' order by d.created_at desc limit 2) d where t.customer_id in (1201, 1202, 1203, 1204);
select distinct on (s.product_id) s.product_id, s.vendor_id, s.unit_cost from stock s where s.product_id between 15000 and 15040 order by s.product_id, s.unit_cost, s.vendor_id;
select distinct on (e.kind) e.kind, e.event_id, e.happened_at from event_log e where e.contact_id = 12 order by e.kind, e.happened_at desc;
select a.document_id, a.title, b.document_id as parent, b.state from document a join document b on b.document_id = a.parent_id where a.contact_id = 2024 and b.state = 'archived';
select l.product_id, p.product_name, l.qty from order_line l join product p using (product_id) where l.order_id = 120345 order by l.line_no;

-- counts, sums and small reports of a page
select count(*) from document d where d.contact_id = 5 and d.state = 'draft';
select date_trunc('day', e.happened_at) as day, count(*) filter (where e.kind = 'error') as errors, count(*) as n from event_log e where e.contact_id between 50000 and 50400 group by 1 order by 1 desc;
select t.city, count(*) from contact t where t.signup_at >= timestamptz '2021-12-20 00:00+00' and t.deleted_at is null group by t.city order by 2 desc, 1 limit 10;
select l.label, count(*) from document d cross join lateral unnest(d.labels) as l(label) where d.created_at >= timestamptz '2021-12-25 00:00+00' and d.state = 'draft' group by l.label order by 2 desc limit 10;
select o.status, count(*), sum(o.total) from sales_order o where o.customer_id = 10 group by o.status;
(select 'order' as what, o.order_id::bigint as id, o.ordered_on::timestamptz as at from sales_order o where o.customer_id = 6001 order by o.ordered_on desc limit 5) union all (select 'event', e.event_id, e.happened_at from event_log e join contact t on t.contact_id = e.contact_id where t.customer_id = 6001 order by e.happened_at desc limit 5) order by at desc;

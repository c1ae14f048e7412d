-- A second workload over the benchmark's tables, of other shapes than its own: nothing was tuned to it.

-- look-ups and pages of an application
select contact_id, email, plan from contact where lower(email) = lower('User777@mail.example.org');
select order_id, ordered_on, total from sales_order where customer_id = 3001 and status in ('O', 'P') order by ordered_on desc, order_id desc limit 15;
select event_id, happened_at, kind from event_log where contact_id = 4242 and happened_at < timestamptz '2022-05-01 00:00+00' order by happened_at desc limit 50;
select document_id, title, created_at from document where (created_at, document_id) > (timestamptz '2020-11-11 00:00+00', 55000) and state = 'published' order by created_at, document_id limit 25;
select product_id, product_name, price from product where brand = 'Brand#21' and size between 10 and 14 and not discontinued order by price desc limit 10;
select contact_id, full_name from contact where city = 'City99' and plan in ('team', 'enterprise') and deleted_at is null order by signup_at desc limit 30;
select event_id, message from event_log where kind = 'error' and not handled order by happened_at desc limit 100;
select count(*) from event_log where handled = false;
select document_id, title from document where meta @> '{"kind": "c", "pages": 17}';
select event_id, happened_at from event_log where payload ->> 'ref' = 'r1777' and happened_at >= timestamptz '2022-02-01 00:00+00';
select product_id, product_name from product where tags && array['cat399', 'cat398'] order by price limit 20;
select contact_id, email from contact where email ilike '%ser4711@%';
select customer_id, customer_name, balance from customer where balance > 9900 order by balance desc;
select min(ordered_on), max(ordered_on) from sales_order where customer_id = 1204;

-- existence, latest of each, windows
select c.customer_id, c.customer_name from customer c where c.country_id = 11 and not exists (select 1 from sales_order o where o.customer_id = c.customer_id and o.ordered_on >= date '2021-01-01');
select t.contact_id, t.email, last.happened_at from contact t cross join lateral (select e.happened_at from event_log e where e.contact_id = t.contact_id order by e.happened_at desc limit 1) last where t.city = 'City250' and t.plan = 'enterprise';
select contact_id, happened_at, kind, row_number() over (partition by contact_id order by happened_at desc) from event_log where contact_id between 20000 and 20100;
select distinct clerk from sales_order where ordered_on = date '2021-12-24';
select p.product_id from product p where exists (select 1 from order_line l where l.product_id = p.product_id and l.ship_on >= date '2022-08-20') and p.brand = 'Brand#11';
select parent_id, count(*) from document where parent_id is not null group by parent_id having count(*) > 3;

-- reports
select extract(year from o.ordered_on) as yr, o.channel, sum(o.total) from sales_order o where o.channel in ('fax', 'partner') group by 1, 2 order by 1, 2;
select v.vendor_name, sum(l.amount) from order_line l join vendor v on v.vendor_id = l.vendor_id where l.ship_on between date '2021-05-01' and date '2021-05-14' group by v.vendor_name order by 2 desc limit 20;
select o.clerk, avg(l.discount) from sales_order o join order_line l on l.order_id = o.order_id where o.priority = '1-URGENT' and o.ordered_on >= date '2022-01-01' group by o.clerk;
select c.segment, count(distinct o.order_id) from customer c join sales_order o on o.customer_id = c.customer_id where o.total > 280000 group by c.segment;
select s.vendor_id, sum(s.qty * s.unit_cost) from stock s where s.checked_on between date '2022-06-01' and date '2022-06-10' group by s.vendor_id;
select l.ship_mode, count(*) from order_line l where l.receive_on > l.commit_on + 60 and l.return_flag = 'N' and l.line_state = 'F' group by l.ship_mode;
select p.kind, sum(l.qty) from product p join order_line l on l.product_id = p.product_id where p.container = 'JUMBO DRUM' and l.ship_mode = 'MAIL' group by p.kind;
select n.country_name, count(*) from vendor v join stock s on s.vendor_id = v.vendor_id join country n on n.country_id = v.country_id where s.qty < 20 group by n.country_name;

-- PostgreSQL 18
set max_parallel_workers_per_gather = 0;
select c.id, (select max(o.amount) from orders o where o.customer_id = c.id) from customers c where c.id <= 300;

-- PostgreSQL 14
set max_parallel_workers_per_gather = 0;
with per_customer as materialized (select customer_id, sum(amount) as total from orders group by customer_id) select c.name, p.total from customers c join per_customer p on p.customer_id = c.id where p.total > (select avg(total) from per_customer);

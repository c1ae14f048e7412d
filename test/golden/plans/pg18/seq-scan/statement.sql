-- PostgreSQL 18
set max_parallel_workers_per_gather = 0;
select * from orders where note = 'none' and amount > 10;

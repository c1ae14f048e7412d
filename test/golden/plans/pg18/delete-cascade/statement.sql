-- PostgreSQL 18
set max_parallel_workers_per_gather = 0;
delete from customers where id <= 40;

-- PostgreSQL 18
set max_parallel_workers_per_gather = 0;
select count(*) from orders where placed_at::date = date '2025-02-01';

-- PostgreSQL 18
set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set min_parallel_table_scan_size = 0;
select status, count(*), sum(amount) from orders group by status order by status;

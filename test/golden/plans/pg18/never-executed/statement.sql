-- PostgreSQL 18
select * from orders where exists (select from customers where id < 0) and status = 'failed';

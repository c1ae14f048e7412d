/**
 * The mistakes of the guides that can be seen in the text or with the schema, each verified on PostgreSQL, and the rules
 * that find them: one of them must report something in the statement of that line. Without a rule it is known to be
 * missed.
 */
export interface Trap {
  /** Name of the mistake. */
  readonly name: string;
  /** `guide:line`, with blanks between; the line is one of the statement's. */
  readonly places: string;
  /** Any of these counts. Empty: nobody looks for it. */
  readonly rules: readonly string[];
}

export const TRAPS: readonly Trap[] = [
  // Statements that fail.
  {
    name: 'volatile function in an index predicate',
    places: '000:197 000:221 001:113 001:144 001:152 001:166 001:242 003:40 003:44',
    rules: ['ddl/volatile-index-predicate'],
  },
  {
    name: 'renamed columns of pg_stat_statements',
    places: '000:81 000:548 000:614 003:482 003:555',
    rules: ['monitoring/unknown-system-column'],
  },
  {
    name: 'wrong column of a statistics view or catalog',
    places:
      '000:102 000:122 002:446 002:458 002:749 002:768 004:223 004:233 004:502 004:526 000:244 003:482 003:623 004:243',
    rules: ['monitoring/unknown-system-column'],
  },
  {
    name: 'REFRESH CONCURRENTLY without a usable unique index',
    places: '002:276 002:784 000:389 003:357',
    rules: ['schema/concurrent-refresh-without-unique-index'],
  },
  {
    name: 'columns that the guide itself does not create',
    places: '002:227',
    rules: ['names/unknown-column'],
  },
  {
    name: 'REFRESH CONCURRENTLY in a job',
    places: '001:488',
    rules: ['monitoring/cron-job-refresh'],
  },
  {
    name: 'index name used twice',
    places: '001:215 002:415',
    rules: ['index/index-name-taken', 'index/duplicate-index'],
  },
  {
    name: 'unique key without the partition column',
    places: '001:341',
    rules: ['schema/partitioned-key-without-partition-column'],
  },
  {
    name: 'index on a partitioned table, concurrently',
    places: '002:398',
    rules: ['ddl/concurrently-on-partitioned-table'],
  },
  {
    name: 'storage parameter of a partitioned table',
    places: '002:150',
    rules: ['schema/storage-parameter-on-partitioned-table'],
  },
  {
    name: 'index named without its schema',
    places: '002:470 002:759 002:760',
    rules: ['ddl/index-name-without-schema'],
  },
  { name: 'round() of a double', places: '000:548', rules: ['query/round-of-double'] },
  { name: 'types of a UNION do not match', places: '000:548', rules: ['query/set-operation-columns'] },
  { name: 'ORDER BY beside an aggregate', places: '003:493', rules: ['query/order-outside-aggregate'] },
  {
    name: 'configuration in an SQL block',
    places: '001:664 001:691 002:109 002:136 002:167 002:186 003:405 004:374',
    rules: ['syntax'],
  },
  { name: 'document in a btree', places: '001:431 003:57 003:61', rules: ['index/document-in-btree'] },
  {
    name: 'operator class of an extension nobody creates',
    places: '003:108 003:111 003:114',
    rules: ['schema/missing-extension'],
  },
  // Fail when they are called, or later.
  {
    name: 'variable and column of the same name',
    places: '000:420 000:441',
    rules: ['function/ambiguous-variable'],
  },
  { name: 'column of two tables', places: '003:214', rules: ['names/ambiguous-column'] },
  {
    name: 'not allowed in a function',
    places: '000:244 003:623',
    rules: ['ddl/not-in-transaction'],
  },
  { name: 'function called with another type', places: '000:347', rules: ['function/arguments-do-not-fit'] },
  {
    name: 'partitions end before today, none is the default',
    places: '000:303 001:298',
    rules: ['schema/partition-gap'],
  },
  { name: 'list of libraries as one string', places: '000:497', rules: ['settings/list-as-one-string'] },
  {
    name: 'division by what may be zero',
    places: '000:548 000:614 002:669 003:555 003:482 004:670',
    rules: ['query/division-by-zero'],
  },
  {
    name: 'name concatenated to regclass',
    places: '002:768 004:670',
    rules: ['monitoring/concatenated-relation-name'],
  },
  { name: 'INTERVAL with a bind value', places: '004:495', rules: ['query/typed-literal-with-parameter'] },
  { name: 'exception swallowed', places: '003:689', rules: ['function/swallowed-exception'] },
  // Run, but the result is wrong.
  { name: 'six fields for pg_cron', places: '001:411', rules: ['monitoring/cron-schedule'] },
  { name: 'qualified name through %I', places: '002:503', rules: ['function/qualified-name-in-format'] },
  { name: 'archived partition stays attached', places: '002:525', rules: ['ddl/partition-moved-attached'] },
  { name: 'aggregate over a fan-out', places: '003:281', rules: ['join/aggregate-over-fan-out'] },
  { name: 'count(*) over a LEFT JOIN', places: '003:313', rules: ['join/count-star-over-left-join'] },
  { name: 'LEFT JOIN undone by WHERE', places: '003:188 003:323', rules: ['join/left-join-made-inner'] },
  { name: 'ratio of integers', places: '002:670', rules: ['query/integer-division'] },
  {
    name: 'connections counted wrongly',
    places: '000:647 002:670 003:526 003:580',
    rules: ['monitoring/connection-count-scope'],
  },
  { name: 'any wait event counted as waiting', places: '003:529', rules: ['monitoring/wait-event-is-not-blocked'] },
  { name: 'idle time from query_start', places: '002:811', rules: ['monitoring/idle-by-query-start'] },
  { name: 'blocking by a self-join of pg_locks', places: '002:822 004:555', rules: ['monitoring/lock-self-join'] },
  {
    name: 'unused indexes with constraints',
    places: '002:458 004:223 003:520',
    rules: ['monitoring/unused-index-constraints'],
  },
  { name: 'indexes suggested from pg_stats', places: '004:650', rules: ['monitoring/signed-statistics'] },
  { name: 'result overwritten in a loop', places: '003:641', rules: ['function/overwritten-in-loop'] },
  { name: 'NULL in a text search document', places: '003:104 004:175', rules: ['index/null-in-text-search'] },
  {
    name: 'timestamp without time zone beside now()',
    places: '000:407 001:499 001:280',
    rules: ['schema/timestamp-without-time-zone', 'query/timestamp-zone-mix'],
  },
  {
    name: 'partitioned table without a primary key',
    places: '000:284 001:280 001:324',
    rules: ['schema/missing-primary-key'],
  },
  { name: 'replication lag that is something else', places: '002:671', rules: ['monitoring/lag-of-another-unit'] },
  { name: 'joined columns of different types', places: '001:382 001:392 001:609', rules: ['join/join-type-mismatch'] },
  // Slow, or risky to run.
  { name: 'hash index', places: '004:178 000:233 000:236', rules: ['index/hash-index'] },
  {
    name: 'GIN on a scalar path',
    places: '003:74 003:77 003:80 003:83 003:90 003:93',
    rules: ['index/gin-on-document-path'],
  },
  { name: 'OR across tables', places: '002:281', rules: ['query/or-across-tables'] },
  {
    name: 'window of a materialized view',
    places: '000:368 001:392 003:281 003:306 003:331',
    rules: ['schema/materialized-view-time-window'],
  },
  { name: 'order of a materialized view', places: '000:382', rules: ['schema/materialized-view-order-by'] },
  {
    name: 'constant key of a partial index',
    places: '001:65 001:79 001:83 001:105 001:113 001:136 001:225 001:228 001:376 001:431',
    rules: ['index/constant-partial-key'],
  },
  {
    name: 'redundant or duplicate index',
    places: '001:203 001:218 001:221 001:431 001:445 002:419 002:415 004:157',
    rules: ['index/redundant-prefix', 'index/duplicate-index', 'index/index-name-taken'],
  },
  {
    name: 'index on a part of a date',
    places: '004:164 001:258 001:261',
    rules: ['index/date-part-expression', 'index/not-immutable-expression'],
  },
  {
    name: 'filter on a function of a column',
    places: '003:240',
    rules: ['query/function-on-column', 'query/cast-on-column'],
  },
  { name: 'paging by OFFSET', places: '003:152', rules: ['query/deep-offset'] },
  { name: 'SELECT * beside a covering index', places: '001:370', rules: ['query/select-star'] },
  {
    name: 'index that blocks writes',
    places: '001:65 001:201 004:153 004:157',
    rules: ['ddl/index-not-concurrently'],
  },
  { name: 'VACUUM FULL of everything', places: '002:781', rules: ['ddl/vacuum-full'] },
  {
    name: 'whole table updated at once',
    places: '002:317',
    rules: ['dml/unbatched-update', 'query/update-without-where', 'ddl/backfill-with-schema-change'],
  },
  { name: 'hash partitions for a time range', places: '001:324', rules: [] },
  { name: 'index of each partition by itself', places: '000:308 000:311 000:314', rules: ['index/index-on-partition'] },
  { name: 'statements logged', places: '000:512', rules: ['settings/log-statement-all'] },
  { name: 'setting equal to its default', places: '000:501 000:502 000:509', rules: ['settings/equals-default'] },
  { name: 'int4 key', places: '001:499', rules: ['schema/int4-primary-key', 'schema/serial-column'] },
  // In configuration that stands in an SQL block.
  { name: 'commits that wait for standbys', places: '002:174', rules: ['settings/synchronous-standby-names'] },
  { name: 'archive command without a path', places: '002:178', rules: ['settings/archive-command'] },
  { name: 'checkpoints that end early', places: '004:380', rules: ['settings/checkpoint-completion-target'] },
];

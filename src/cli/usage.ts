/** A mistake in the command line or in the surroundings: one clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `query-tuner <command> [options] [files]

  lint FILES                  findings in files, folders and globs ("-" reads standard input)
      --schema FILE           DDL to take tables and indexes from (repeatable; globs)
      --fail-on SEVERITY      error | warning | info | hint (default warning)
      --fix                   write the fixes that keep the meaning
      --stdin-filename FILE   the file that standard input is, for its configuration
      --format FORMAT         text | json | sarif | github
  explain FILE                plans of the statements in a file
      --analyze               run them; always rolled back
      --params JSON           values for parameters: {"name": "value"} or ["first", "second"]
  check FILES                 hold statements against their budgets ("-- @budget execution < 10 ms, buffers < 40");
                              exit 1 if one is not met. Runs what it must, always rolled back
      --params JSON           values for parameters, by name
      --runs N                runs whose median time counts (default 5)
      --time-limit TIME       give a statement up after e.g. 30s (default 60s)
      --plan-only             only plan; what a run alone can tell counts for nothing
      --run-effects           run also what a rollback does not undo, such as nextval (as --embedded does)
      --format FORMAT         text | json | sarif | junit | github
  plan FILE                   read a saved EXPLAIN in any format, or a log with plans ("-" reads standard input)
      --format FORMAT         text | json | html | markdown
  diff BEFORE AFTER           compare two saved plans
  advise --workload PATH      the smallest useful set of indexes for a workload: SQL files, folders, globs, server logs
  advise --statements         the same for what pg_stat_statements counted
      --top N                 statements to plan of it, or of a log (default 50)
      --by MEASURE            total | mean | calls | reads | temp (default total)
      --budget SIZE           storage for new indexes, e.g. 500MB
      --max-width N           columns per index (default 3)
      --what-if METHOD        auto | hypopg | shadow | trial
      --time-limit TIME       end the search after e.g. 30s or 2min, with what it has
      --existing              review the indexes there are; also without a workload
      --unused-days N         unused for so long counts as unused (default 30)
      --fail-on SEVERITY      exit 1 if the review finds a warning | info
      --format FORMAT         text | json | sql
  matviews --workload PATH    materialized views for what a workload aggregates again and again; also --statements
      --schedule CRON         when they are refreshed: five fields of pg_cron (default "0 * * * *")
      --measure               build each view, run its queries and roll all of it back
      --top N, --what-if METHOD  as for advise
      --format FORMAT         text | json | sql
  partitions --workload PATH  which tables to partition, by what, and which not and why; also --statements
      --ram 16GB              memory a table should exceed (default the server's effective_cache_size)
      --what-if METHOD        shadow | none: plan the statements before and after (default shadow)
      --top N, --table TABLE  as many statements; one table, however small
      --upkeep --table TABLE  instead: routines that make new partitions and retire old ones, and their schedule
      --keep AGE              how old rows get, e.g. '24 months';  --archive SCHEMA  move them there, else they go
      --future N, --interval PERIOD, --time-zone ZONE, --schedule CRON, --by routines | pg_partman
      --format FORMAT         text | json | sql (for timescaledb or citus, if installed);  of the upkeep: sql | text | json
  partition --table TABLE     the migration of a table in use to a partitioned one: a plan, a script, or its run
      --key COLUMN            else chosen by a workload: --workload PATH or --statements
      --method METHOD         range | list | hash (default range)
      --interval PERIOD       day | week | month | quarter | year (default by the data)
      --time-zone ZONE        whose midnight begins a period (default the server's)
      --partitions N          of a hash (default 16);  --future N  periods to come (default 3)
      --no-default            no DEFAULT partition: rows that fit no other one are refused
      --drop-foreign-keys     drop those of other tables that a partitioned table cannot keep
      --widen-unique          add the key to unique constraints that lack it
      --apply --state FILE    run it, or go on; FILE keeps the plan and the steps done
      --undo --state FILE     take it back;  --finish --state FILE  drop the old table, with no way back
      --format FORMAT         text | sql | json
  rewrite FILES               other ways to write the statements of files, with what is known about their rows
      --schema FILE           DDL to take tables and indexes from (repeatable; globs)
      --verify                run both forms read-only on the server, compare their rows and time them
      --stdin-filename FILE   as for lint
      --format FORMAT         text | json | sql
  profile list | show ID | diff ID | export ID | try ID | apply ID | tables [ID] | undo FILE
      --ram 16GB --cores 8 --storage ssd --connections 200 --server-version 17
      --as FORM               export: conf | sql | docker | kubernetes | pgbouncer | sqlalchemy | asyncpg |
                              node-postgres | odoo (default conf)
      --workload PATH, --statements, --top N  try: which plans change; --measure also runs what only reads
      --only NAME             apply: this setting (repeatable); else what needs no restart
      --database NAME, --role NAME  apply: for these alone, by ALTER DATABASE or ALTER ROLE
      --apply, --table TABLE  tables: set storage parameters by what was counted; for one table
      --undo-file FILE        where apply keeps the way back
  health                      what is wrong with a running server, and the next step for each
      --only CHECK            one check (repeatable)
      --checklist             instead: the tuning checklist of guide 002, corrected, as far as a server shows it
      --fail-on STATUS        warning | critical (default critical)
      --format FORMAT         text | json
  maintenance                 what to do for a database now, daily, weekly and monthly, by its own figures
      --as FORM               sql | cron (jobs of pg_cron) | script (bash) | crontab | systemd
      --format FORMAT         text | json
  monitoring                  the health checks for a monitoring system, with the same limits
      --as FORM               prometheus-queries (for sql_exporter) | prometheus-rules | grafana
  benchmark FILE              run the statements of a file again and again; what they write is rolled back
      --clients N             connections that run at once (default 1)
      --seconds N | --runs N  how long, or how often in all (default 10 seconds)
      --warm-up N             seconds before that are not counted (default 2)
      --params JSON           as for explain
      --isolation LEVEL       read committed | repeatable read | serializable
      --save NAME             keep the result in .query-tuner-benchmarks.json, or in --state FILE
      --compare NAME          tell the difference to a kept one from noise; exit 1 if it is slower
      --format FORMAT         text | json | markdown
  rules                       the rules and what they say
  lsp --stdio                 language server for any editor

Server, for explain, check, advise, matviews, partition, profile, health, maintenance, monitoring, benchmark and, if given, lint, rewrite:
  --connection URL            else PG* variables, DATABASE_URL, service file, .pgpass
  --embedded                  a throwaway PostgreSQL for this run
      --setup FILE            SQL to run in it first (repeatable)
      --pg MAJOR              its major version (default 18)

.query-tuner.json in the folder of a file, or above it, sets severities, thresholds, excluded files and schema files.

Exit codes: 0 fine, 1 findings at or above --fail-on, 2 usage or operational error.`;

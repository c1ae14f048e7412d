/** Why the rows of a rule's fix are the same where it is safe, and how they could differ where it is not. */
export interface RuleFacts {
  readonly facts: readonly string[];
  readonly differences: readonly string[];
}

const NOT_SEEN = 'the types or NULLs of the columns are not known here';

/** The rules whose fixes change how a statement is run or what it finds. A fix that names its own facts says those. */
export const RULE_FACTS: Readonly<Record<string, RuleFacts>> = {
  'query/any-of-array-column': {
    facts: ['the value fits every integer type and text'],
    differences: ['the value is read as an element of the column’s type, which may refuse it or read it otherwise'],
  },
  'query/arithmetic-on-column': {
    facts: ['the column is an integer, and so are both numbers'],
    differences: ['months and floating point numbers have no exact inverse, and a sum can overflow'],
  },
  'query/between-timestamps': {
    facts: [],
    differences: ['the rows of the whole last day are found too'],
  },
  'query/cast-on-column': {
    facts: ['the column is a timestamp without time zone, and the days are finite'],
    differences: ['an hour that comes twice where clocks are set back, and days that are infinite', NOT_SEEN],
  },
  'query/coalesce-on-column': {
    facts: ['the column is NOT NULL, or the fallback is spelled like the value it is compared with or differs from it'],
    differences: ['a collation may call texts equal that are spelled differently'],
  },
  'query/count-for-existence': {
    facts: ['the count is above zero exactly when there is a row'],
    differences: ['it takes other parameters than now'],
  },
  'query/distinct-parentheses': {
    facts: ['DISTINCT looks at the whole row, parentheses or not'],
    differences: ['it takes other parameters than now'],
  },
  'query/distinct-with-group-by': {
    facts: ['all grouping columns are selected, so no two rows are equal'],
    differences: ['a function in the select list may return several equal rows'],
  },
  'query/distinct-with-unique-key': {
    facts: ['a unique key without NULLs is selected'],
    differences: [NOT_SEEN],
  },
  'query/function-on-column': {
    facts: ['the column is a timestamp without time zone, and the bounds are those of the period'],
    differences: ['periods in a time zone with summer time, and values that are infinite', NOT_SEEN],
  },
  'query/having-without-aggregate': {
    facts: ['the condition names no aggregate and there are no grouping sets: all rows of a group agree on it'],
    differences: ['it takes other parameters than now'],
  },
  'query/implicit-cast-on-column': {
    facts: ['the number is a whole one'],
    differences: ['text is compared in place of numbers: 007 and 7 are no longer equal'],
  },
  'query/inequalities-joined-by-or': {
    facts: [],
    differences: ['the condition is now true for every value; afterwards it leaves out the ones it lists'],
  },
  'query/is-not-distinct-from-filter': {
    facts: ['the value it is compared with is not NULL'],
    differences: ['rows with NULL are found no more'],
  },
  'query/json-text-filter': {
    facts: [],
    differences: ['-> and ->> find numbers and texts alike; @> tells 1 from "1"'],
  },
  'query/keyset-as-or-chain': {
    facts: ['a row comparison means what the chain of OR and AND spells out'],
    differences: ['it takes other parameters than now'],
  },
  'query/like-without-wildcard': {
    facts: ['the column is text, and the pattern has no wildcard'],
    differences: ['= ignores blanks at the end of char(n), and may use another collation than LIKE'],
  },
  'query/not-in-subquery': {
    facts: ['both columns are NOT NULL'],
    differences: [
      'NOT IN finds no row at all if the subquery yields a NULL',
      'rows with NULL in the tested column are found by NOT EXISTS only',
    ],
  },
  'query/null-in-list': {
    facts: [],
    differences: ['a condition with NULL in its list is never true for NOT IN and never finds the NULL for IN'],
  },
  'query/nulls-order-not-of-index': {
    facts: ['the column is NOT NULL'],
    differences: [NOT_SEEN],
  },
  'query/or-of-same-column': {
    facts: ['IN is an OR of equalities'],
    differences: ['in a list for a real column 0.1 is a real too, and equals what it did not as double precision'],
  },
  'query/order-by-in-subquery': {
    facts: ['the query around it looks a value up and does not see the order'],
    differences: ['rows that tie may come in another order'],
  },
  'query/select-star': {
    facts: ['the columns are those the catalog lists, in their order'],
    differences: ['a column that is added later is not selected'],
  },
  'query/timestamp-equals-day': {
    facts: [],
    differences: ['all moments of the day are found, not only midnight'],
  },
  'join/count-star-over-left-join': {
    facts: [],
    differences: ['rows without a match are counted as 0 and no longer as 1'],
  },
  'join/left-join-made-inner': {
    facts: ['WHERE is not true for the NULLs of a row without a match'],
    differences: [NOT_SEEN],
  },
  'join/unused-cte': {
    facts: ['PostgreSQL does not run a query in WITH that nothing reads'],
    differences: ['it takes other parameters than now'],
  },
  'join/unused-left-join': {
    facts: ['it joins by a unique key, so it neither adds nor drops a row'],
    differences: [NOT_SEEN],
  },
  'dml/locking-subquery-limit': {
    facts: [],
    differences: ['the subquery runs once; now it may run again for each row and pick others'],
  },
};

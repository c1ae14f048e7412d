/**
 * Errors and warnings on the guides that are right although they are in no list of their mistakes: each was looked at.
 * `guide:line rule`, the line of the flagged text.
 */
export const REVIEWED: readonly string[] = [];

/** Places of mistakes that no rule finds yet: `guide:line name of the mistake`. */
export const MISSED: readonly string[] = [
  '000:233 hash index',
  '000:236 hash index',
  '000:295 partitions end before today, none is the default',
  '000:347 function called with another type',
  '001:294 partitions end before today, none is the default',
  '001:324 hash partitions for a time range',
  '002:150 storage parameter of a partitioned table',
  '002:525 archived partition stays attached',
  '003:108 operator class of an extension nobody creates',
  '003:111 operator class of an extension nobody creates',
  '003:114 operator class of an extension nobody creates',
  '003:188 LEFT JOIN undone by WHERE',
  '003:214 column of two tables',
  '003:323 LEFT JOIN undone by WHERE',
  '003:689 exception swallowed',
  '003:90 GIN on a scalar path',
  '003:93 GIN on a scalar path',
  '004:178 hash index',
  '004:495 INTERVAL with a bind value',
  '004:670 division by what may be zero',
];

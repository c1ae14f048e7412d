/**
 * Errors and warnings on the guides that are right although they are in no list of their mistakes: each was looked at.
 * `guide:line rule`, the line of the flagged text.
 */
export const REVIEWED: readonly string[] = [];

/** Places of mistakes that no rule finds: `guide:line name of the mistake`. */
export const MISSED: readonly string[] = [
  // Needs the type of a variable.
  '000:347 function called with another type',
  // Each of its indexes leads with the hashed column, so nothing shows queries by time alone.
  '001:324 hash partitions for a time range',
  // Stands below lines of postgresql.conf, with which it does not parse.
  '002:150 storage parameter of a partitioned table',
  // May be a list of features, for which such an index is right.
  '003:90 GIN on a scalar path',
];

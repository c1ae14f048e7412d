import type { PlanNode } from './planTree';

/** What each kind of node does, in a sentence or two; names as EXPLAIN's JSON writes them. */
const MEANINGS: Readonly<Record<string, string>> = {
  'Seq Scan': 'Reads the whole table, block after block, and keeps the rows that pass the filter.',
  'Sample Scan': 'Reads the part of a table that TABLESAMPLE asks for.',
  'Index Scan': 'Finds rows in an index and fetches each from the table.',
  'Index Only Scan':
    'Finds rows in an index and takes all columns from it. The table is looked at only for blocks that vacuum has not marked all-visible (Heap Fetches).',
  'Bitmap Index Scan': 'Collects the places of matching rows from an index, for the heap scan above.',
  'Bitmap Heap Scan':
    'Fetches the collected rows in the order of the table. Lossy blocks are read whole and checked again.',
  BitmapAnd: 'Keeps the rows that several bitmaps have in common.',
  BitmapOr: 'Puts several bitmaps together.',
  'Tid Scan': 'Fetches rows by their ctid, without an index.',
  'Tid Range Scan': 'Reads the blocks between two ctids.',
  'Subquery Scan': 'Passes on the rows of a subquery.',
  'Function Scan': 'Reads the rows a function returns.',
  'Table Function Scan': 'Reads the rows of XMLTABLE or JSON_TABLE.',
  'Values Scan': 'Reads the rows of a VALUES list.',
  'CTE Scan': 'Reads the stored rows of a WITH query.',
  'WorkTable Scan': 'Reads what the last round of a recursive query produced.',
  'Named Tuplestore Scan': 'Reads the transition table of a trigger.',
  'Foreign Scan': 'Has another server, or a foreign data wrapper, do the work of Remote SQL and fetches the result.',
  'Nested Loop':
    'Runs the inner side once for every row of the outer side. Good for few outer rows and an index inside.',
  'Hash Join': 'Builds a hash table of the inner side and probes it with each row of the outer side.',
  'Merge Join': 'Walks through two inputs in the same order and pairs equal keys.',
  Hash: 'Builds the hash table for the join above. More than one batch means that it went to disk.',
  Sort: 'Sorts all rows before passing on the first. What exceeds work_mem goes to disk.',
  'Incremental Sort': 'Sorts group after group of an input that is in order by the first keys already.',
  Aggregate: 'Groups rows and computes aggregates.',
  Group: 'Groups rows that arrive in order.',
  WindowAgg: 'Computes window functions over partitions of rows that arrive in order.',
  Unique: 'Drops equal rows that follow each other.',
  SetOp: 'Computes INTERSECT or EXCEPT.',
  Append: 'Passes on the rows of its children, one child after the other.',
  'Merge Append': 'Merges children that are in order, and keeps the order.',
  'Recursive Union': 'Runs the recursive part of a WITH RECURSIVE until it yields no more rows.',
  Limit: 'Stops after so many rows; nodes below may not have to finish.',
  LockRows: 'Locks rows for FOR UPDATE or FOR SHARE.',
  Materialize: 'Stores the rows below so that they can be read again.',
  Memoize: 'Remembers results by their parameters, so that a repeated key is not looked up again.',
  Gather: 'Collects the rows of parallel workers, in no order.',
  'Gather Merge': 'Collects the rows of parallel workers and keeps their order.',
  ModifyTable: 'Inserts, updates, deletes or merges the rows from below.',
  Result: 'Computes an expression, or stops where a condition is false from the start.',
  ProjectSet: 'Expands functions that return sets in the select list.',
  Task: 'A part of the query that Citus runs on a worker node.',
  MapMergeJob: 'Has Citus send rows to other worker nodes, so that those that are joined lie together.',
};

const AGGREGATES: Readonly<Record<string, string>> = {
  Hashed: 'Groups rows in a hash table. What exceeds work_mem (times hash_mem_multiplier) goes to disk.',
  Sorted: 'Groups rows that arrive in the order of the keys.',
  Plain: 'Computes aggregates over all rows.',
  Mixed: 'Computes several grouping sets, some by hashing.',
};

const CUSTOM: Readonly<Record<string, string>> = {
  ChunkAppend: 'TimescaleDB: reads the chunks of a hypertable in order, leaving out those that cannot match.',
  ConstraintAwareAppend: 'TimescaleDB: leaves out chunks that cannot match once values are known.',
  DecompressChunk: 'TimescaleDB: decompresses the batches of a compressed chunk.',
  ColumnarScan: 'Reads the needed columns of a columnar table.',
  VectorAgg: 'TimescaleDB: aggregates compressed batches without unpacking rows.',
  'Citus Adaptive': 'Citus: sends the tasks to the nodes that hold the shards and collects the results.',
};

/** What the node does; undefined for kinds that are not known here. */
export function nodeMeaning(node: PlanNode): string | undefined {
  const strategy = node.raw['Strategy'];
  if (node.nodeType === 'Aggregate' && typeof strategy === 'string')
    return AGGREGATES[strategy] ?? MEANINGS['Aggregate'];
  const provider = node.raw['Custom Plan Provider'];
  if (typeof provider === 'string') return CUSTOM[provider] ?? 'Work of an extension.';
  return Object.hasOwn(MEANINGS, node.nodeType) ? MEANINGS[node.nodeType] : undefined;
}

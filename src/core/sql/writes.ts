import type { ParseNode } from './statement';
import { unwrap, walk } from './walk';

const WRITING = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'IntoClause', 'LockingClause']);
const READING = new Set([
  'SelectStmt',
  'VariableShowStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'PrepareStmt',
  'DeallocateStmt',
]);

/** Functions of PostgreSQL and its extensions that change something though they are called in a SELECT. */
const WRITING_FUNCTIONS =
  /^(?:nextval|setval|set_config|lo_(?:create|creat|unlink|put|import|export|from_bytea|truncate|truncate64)|lowrite|pg_(?:reload_conf|rotate_logfile|terminate_backend|cancel_backend|switch_wal|create_restore_point|promote|stat_reset\w*|stat_statements_reset|logical_emit_message|drop_replication_slot|create_\w+_replication_slot|replication_\w+|wal_replay_\w+|import_system_collations|prewarm|restore_\w+_stats|clear_\w+_stats)|pg_(?:try_)?advisory_\w+|dblink_exec|hypopg_\w+|(?:create|drop)_hypertable|add_\w+_policy|remove_\w+_policy|refresh_continuous_aggregate)$/;

/**
 * True if running the statement could change data, schema, settings or locks: everything but queries, SHOW, cursors
 * and plain EXPLAIN. A function written by the user cannot be seen into and is taken to read.
 */
export function changesSomething(tree: ParseNode): boolean {
  const root = unwrap(tree);
  if (!root) return true;
  if (root.type === 'ExplainStmt') return isAnalyze(root.fields) && changesSomething(root.fields['query'] as ParseNode);
  if (root.type === 'CopyStmt') {
    if (root.fields['is_from'] === true || root.fields['filename'] !== undefined) return true;
    return root.fields['query'] !== undefined && changesSomething(root.fields['query'] as ParseNode);
  }
  if (!READING.has(root.type)) return true;
  let writes = false;
  walk(tree, (type, fields) => {
    writes ||= WRITING.has(type) || (type === 'FuncCall' && WRITING_FUNCTIONS.test(lastName(fields['funcname'])));
    return writes ? false : undefined;
  });
  return writes;
}

function isAnalyze(explain: Record<string, unknown>): boolean {
  const options = Array.isArray(explain['options']) ? (explain['options'] as unknown[]) : [];
  return options.some(option => {
    const definition = unwrap(option)?.fields;
    if (definition?.['defname'] !== 'analyze') return false;
    const value = unwrap(definition['arg'])?.fields;
    const text = value?.['sval'] ?? value?.['boolval'] ?? value?.['ival'];
    // `analyze 0` leaves out the zero in the tree.
    if (value && text === undefined) return false;
    return !/^(?:off|false|0|no|f|n|of|fal|fals|fa)$/i.test(String(text ?? 'on'));
  });
}

function lastName(names: unknown): string {
  const last = Array.isArray(names) ? unwrap(names.at(-1)) : undefined;
  return String(last?.fields['sval'] ?? '');
}

/** The same fields EXPLAIN (FORMAT JSON) gives, read from the words of a text plan's node line. */
export type NodeFields = Record<string, unknown>;

const AGGREGATES: Readonly<Record<string, string>> = {
  Aggregate: 'Plain',
  HashAggregate: 'Hashed',
  GroupAggregate: 'Sorted',
  MixedAggregate: 'Mixed',
};

const JOIN = /^(Hash|Merge|Nested Loop)(?: (Left|Right|Full|Semi|Anti|Right Semi|Right Anti))?( Join)?$/;
const FUNCTION_KEYS: Readonly<Record<string, string>> = {
  'Function Scan': 'Function Name',
  'Table Function Scan': 'Table Function Name',
};
const PREFIX = /^(Async|Parallel|Partial|Finalize) (?=\S)/;
const MODIFY = /^(Foreign )?(Insert|Update|Delete|Merge) on (.+)$/;

/**
 * Reads `Parallel Index Scan Backward using i on public.t x` and its like. A name that is not known is kept as the
 * node type, so that node types of extensions and of later versions survive.
 */
export function parseNodeLabel(label: string): NodeFields {
  const fields: NodeFields = {};
  let rest = label.trim();
  for (let prefix = PREFIX.exec(rest); prefix; prefix = PREFIX.exec(rest)) {
    const [whole, word] = prefix;
    if (word === 'Async') fields['Async Capable'] = true;
    else if (word === 'Parallel') fields['Parallel Aware'] = true;
    else fields['Partial Mode'] = word;
    rest = rest.slice(whole.length);
  }
  const aggregate = AGGREGATES[rest];
  if (aggregate) return { 'Node Type': 'Aggregate', Strategy: aggregate, ...fields };
  const join = JOIN.exec(rest);
  if (join && (join[1] === 'Nested Loop' || join[3])) {
    return {
      'Node Type': join[1] === 'Nested Loop' ? 'Nested Loop' : `${join[1]} Join`,
      'Join Type': join[2] ?? 'Inner',
      ...fields,
    };
  }
  const modify = MODIFY.exec(rest);
  if (modify) {
    const type = modify[1] ? 'Foreign Scan' : 'ModifyTable';
    return { 'Node Type': type, Operation: modify[2], ...fields, ...relationFields(modify[3] ?? '') };
  }
  const setOperation = /^(Hash)?SetOp (\w+(?: All)?)$/.exec(rest);
  if (setOperation) {
    const strategy = setOperation[1] ? 'Hashed' : 'Sorted';
    return { 'Node Type': 'SetOp', Strategy: strategy, Command: setOperation[2], ...fields };
  }
  const custom = /^Custom Scan \(([^)]+)\)(?: on (.+))?$/.exec(rest);
  if (custom) {
    const on = custom[2] === undefined ? {} : relationFields(custom[2]);
    return { 'Node Type': 'Custom Scan', 'Custom Plan Provider': custom[1], ...fields, ...on };
  }
  return { ...scanFields(rest), ...fields };
}

function scanFields(rest: string): NodeFields {
  const bitmap = /^Bitmap Index Scan on (.+)$/.exec(rest);
  if (bitmap) return { 'Node Type': 'Bitmap Index Scan', 'Index Name': unquote(bitmap[1] ?? '') };
  const using = /^(Index(?: Only)? Scan)( Backward)? using ("(?:[^"]|"")+"|\S+)(?: on (.+))?$/.exec(rest);
  if (using) {
    return {
      'Node Type': using[1],
      'Scan Direction': using[2] ? 'Backward' : 'Forward',
      'Index Name': unquote(using[3] ?? ''),
      ...(using[4] === undefined ? {} : relationFields(using[4])),
    };
  }
  const scan = /^(.+? Scan) on (.+)$/.exec(rest);
  if (!scan) return { 'Node Type': rest };
  const type = scan[1] ?? '';
  const target = scan[2] ?? '';
  const names = splitNames(target);
  if (type === 'CTE Scan' || type === 'WorkTable Scan') {
    return { 'Node Type': type, 'CTE Name': names[0], Alias: names[1] ?? names[0] };
  }
  if (type === 'Subquery Scan' || type === 'Values Scan') return { 'Node Type': type, Alias: names[0] };
  if (type === 'Named Tuplestore Scan') {
    return { 'Node Type': type, 'Tuplestore Name': names[0], Alias: names[1] ?? names[0] };
  }
  const key = FUNCTION_KEYS[type];
  if (key !== undefined) {
    const { 'Relation Name': name, ...others } = relationFields(target);
    return { 'Node Type': type, [key]: name, ...others };
  }
  return { 'Node Type': type, ...relationFields(target) };
}

/** `public.orders o`: a relation, its schema and its alias. */
export function relationFields(target: string): NodeFields {
  const [qualified = '', alias] = splitNames(target, false);
  const parts = qualified.match(/"(?:[^"]|"")+"|[^."]+/g) ?? [qualified];
  const name = unquote(parts.at(-1) ?? '');
  const schema = parts.length > 1 ? { Schema: unquote(parts[0] ?? '') } : {};
  return { 'Relation Name': name, ...schema, Alias: alias === undefined ? name : unquote(alias) };
}

function splitNames(target: string, unquoted = true): string[] {
  const names = target.match(/(?:"(?:[^"]|"")+"|[^\s"])+/g) ?? [];
  return unquoted ? names.map(unquote) : names;
}

function unquote(name: string): string {
  return /^".*"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}

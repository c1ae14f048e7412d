/** Reading libpg_query's JSON by hand: nodes are objects of one field named after their type. */
export type Node = Readonly<Record<string, unknown>>;

/** The fields of a node if it is of that type. */
export function child(node: unknown, type: string): Node | undefined {
  return isNode(node) ? asNode(node[type]) : undefined;
}

export function asNode(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of an array or of a List node; nothing for anything else. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const items = child(value, 'List')?.items;
  return Array.isArray(items) ? items : [];
}

/** The text of a String node. */
export function stringOf(node: unknown): string | undefined {
  const value = child(node, 'String')?.sval;
  return typeof value === 'string' ? value : undefined;
}

export function strings(value: unknown): string[] {
  return list(value).flatMap(item => stringOf(item) ?? []);
}

export function aliasOf(node: Node): string | undefined {
  const name = asNode(node.alias)?.aliasname;
  return typeof name === 'string' ? name : undefined;
}

/** Names of the columns a SELECT puts out, as far as the tree tells them. */
export function outputNames(select: Node): string[] {
  let first = select;
  while (isNode(first.larg)) first = child(first.larg, 'SelectStmt') ?? first.larg;
  return list(first.targetList).flatMap(item => outputName(item) ?? []);
}

/** The name of one of them, if the tree tells it. */
export function outputName(item: unknown): string | undefined {
  const target = child(item, 'ResTarget');
  const name = target?.name ?? stringOf(list(child(target?.val, 'ColumnRef')?.fields).at(-1));
  return typeof name === 'string' ? name : undefined;
}

import type { SourceRange } from '../base/sourceRange';
import type { ParseNode, TableReference } from './statement';
import { childrenOf, unwrap, wrappedNodes } from './walk';
import type { TypedNode } from './walk';

type Use = TableReference['use'];

/** Gives the range of a (qualified) name whose first token begins at this byte of the statement. */
export type NameRange = (byteOffset: number | undefined, parts: number) => SourceRange | undefined;

/** What the statement's own relation is to each kind of statement; those not listed change its definition. */
const USE_OF_TARGET: Readonly<Record<string, Use>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

/** Statements whose relation is a sequence, a composite type or another thing that is no table. */
const NOT_A_TABLE = new Set([
  'CreateSeqStmt',
  'AlterSeqStmt',
  'CompositeTypeStmt',
  'LockingClause',
  'AlterExtensionContentsStmt',
]);
const TABLE_OBJECTS = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);
const NON_TABLE_OBJECTS = new Set([
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
  'OBJECT_TYPE',
  'OBJECT_ATTRIBUTE',
  'OBJECT_DOMAIN',
]);

/**
 * The tables, views and foreign tables a statement names, in the order of the text. A name is left out where it stands
 * for a common table expression: there PostgreSQL never looks for a table, and a target of INSERT, UPDATE, DELETE or
 * MERGE is always one.
 */
export function findTables(tree: ParseNode, nameRange: NameRange): TableReference[] {
  const root = unwrap(tree);
  if (!root) return [];
  const found: TableReference[] = [];
  const pending: { node: TypedNode; visible: ReadonlySet<string>; use: Use }[] = [];
  const initialUse = isQuery(root.type) ? 'read' : 'ddl';
  pending.push({ node: root, visible: new Set(), use: initialUse });
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, use } = next;
    if (NOT_A_TABLE.has(node.type)) continue;
    if (node.type === 'RangeVar') {
      const reference = toReference(node.fields, use, nameRange);
      if (reference && !(use === 'read' && reference.schema === undefined && next.visible.has(reference.name)))
        found.push(reference);
      continue;
    }
    if (node.type === 'DropStmt') found.push(...droppedTables(node.fields, nameRange));
    const visible = addCtes(node, next.visible, (cte, names) =>
      pending.push({ node: cte, visible: names, use: 'read' }),
    );
    for (const [field, value] of Object.entries(node.fields)) {
      if (field === 'withClause' || typeof value !== 'object' || value === null) continue;
      for (const child of childrenOf(node.type, { [field]: value })) {
        if (child.type === 'RangeVar' && namesNoTable(node)) continue;
        pending.push({ node: child, visible, use: useOf(node, field, child.type, use) });
      }
    }
  }
  return found.sort((a, b) => a.range.start - b.range.start);
}

function isQuery(type: string): boolean {
  return (
    type === 'SelectStmt' ||
    type === 'ExplainStmt' ||
    type === 'DeclareCursorStmt' ||
    type === 'PrepareStmt' ||
    type in USE_OF_TARGET
  );
}

/** The relation fields belong to the statement; whatever is within a query below it is read. */
function useOf(parent: TypedNode, field: string, childType: string, inherited: Use): Use {
  if (childType === 'IntoClause') return 'ddl';
  if (childType !== 'RangeVar') return isQuery(childType) || isQuery(parent.type) ? 'read' : inherited;
  if (field === 'relation' && parent.type in USE_OF_TARGET) return USE_OF_TARGET[parent.type]!;
  if (field === 'relation' && parent.type === 'CopyStmt') return parent.fields['is_from'] === true ? 'insert' : 'read';
  if (parent.type === 'TruncateStmt') return 'delete';
  return inherited;
}

function namesNoTable(parent: TypedNode): boolean {
  const object = parent.fields['objtype'] ?? parent.fields['renameType'] ?? parent.fields['objectType'];
  if (typeof object === 'string' && NON_TABLE_OBJECTS.has(object)) return true;
  return parent.type === 'ReindexStmt' && parent.fields['kind'] === 'REINDEX_OBJECT_INDEX';
}

/**
 * Adds the statement's CTEs to the visible names. Each CTE of WITH RECURSIVE sees all of them; without RECURSIVE it
 * sees only those before it.
 */
function addCtes(
  node: TypedNode,
  outer: ReadonlySet<string>,
  queue: (cte: TypedNode, visible: ReadonlySet<string>) => void,
): ReadonlySet<string> {
  const clause = node.fields['withClause'] as { ctes?: unknown; recursive?: boolean } | undefined;
  if (!clause) return outer;
  const ctes = wrappedNodes(clause.ctes);
  const names = ctes.map(cte => String(cte.fields['ctename']));
  ctes.forEach((cte, i) => queue(cte, new Set([...outer, ...(clause.recursive ? names : names.slice(0, i))])));
  return new Set([...outer, ...names]);
}

function toReference(fields: Record<string, unknown>, use: Use, nameRange: NameRange): TableReference | undefined {
  const { catalogname, schemaname, relname, location, alias } = fields as {
    catalogname?: string;
    schemaname?: string;
    relname?: string;
    location?: number;
    alias?: { aliasname?: string };
  };
  if (relname === undefined) return undefined;
  const range = nameRange(location, 1 + Number(schemaname !== undefined) + Number(catalogname !== undefined));
  if (!range) return undefined;
  return {
    ...(schemaname !== undefined && { schema: schemaname }),
    name: relname,
    ...(alias?.aliasname !== undefined && { alias: alias.aliasname }),
    range,
    use,
  };
}

/** DROP names its objects by lists of strings without a place; they follow one another in the text. */
function droppedTables(fields: Record<string, unknown>, nameRange: NameRange): TableReference[] {
  if (!TABLE_OBJECTS.has(String(fields['removeType']))) return [];
  const tables: TableReference[] = [];
  for (const list of wrappedNodes(fields['objects'])) {
    const parts = wrappedNodes(list.fields['items']).map(part => String(part.fields['sval']));
    const name = parts.at(-1);
    const range = nameRange(-1 - tables.length, parts.length);
    if (name === undefined || !range) continue;
    const schema = parts.at(-2);
    tables.push({ ...(schema !== undefined && { schema }), name, range, use: 'ddl' });
  }
  return tables;
}

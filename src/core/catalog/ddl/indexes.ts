import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { unwrap, walk } from '../../sql/walk';
import type { Constraint, Index, Relation } from '../catalog';
import { figureName } from '../../sql/names/outputName';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, fieldsOf, namesOf, nodesOf, optionsOf, textField, valueText } from './ddlStatement';
import { chooseRelationName, columnNameOfKey, indexColumnNames, joinColumnNames } from './objectNames';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';

/** What an index is to be, before it has a name. */
export interface IndexPlan {
  readonly name?: string;
  readonly method: string;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  readonly predicate?: string;
  /** What stands behind the keys and included columns: `NULLS NOT DISTINCT`, `WITH (...)`. */
  readonly clauses: string;
  /** The kind of constraint it belongs to. */
  readonly constraint?: 'primary key' | 'unique' | 'exclusion';
}

export interface IndexKey {
  /** As `pg_get_indexdef` prints it. */
  readonly text: string;
  /** Name of the index's column. */
  readonly columnName: string | undefined;
  /** Collation, operator class, order. */
  readonly details: string;
}

/** `CREATE INDEX`. */
export function createIndex(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const table = draft.get(draft.nameOf(fields['relation']));
  if (!table) return;
  const name = textField(fields, 'idxname');
  if (name !== undefined && draft.isNameTaken({ schema: table.schema, name })) return;
  const predicate = fields['whereClause'] === undefined ? undefined : expressionText(statement, fields['whereClause']);
  const plan: IndexPlan = {
    ...(name !== undefined && { name }),
    method: textField(fields, 'accessMethod') ?? 'btree',
    unique: fields['unique'] === true,
    primary: false,
    keys: nodesOf(fields['indexParams']).map(element => readIndexKey(statement, element.fields)),
    include: nodesOf(fields['indexIncludingParams']).map(({ fields: element }) =>
      quoteIdentifier(String(element['name'])),
    ),
    ...(fields['whereClause'] !== undefined && { predicate: predicate ?? 'unknown' }),
    clauses: clausesOf(fields['nulls_not_distinct'] === true, fields['options']),
  };
  const isOnly = fieldsOf(fields['relation'])?.['inh'] !== true;
  addIndex(draft, table, plan, isOnly);
}

/** An `IndexElem`. */
export function readIndexKey(statement: DdlStatement, element: Fields): IndexKey {
  const column = textField(element, 'name');
  const details = detailsOf(element);
  if (column !== undefined) return { text: quoteIdentifier(column), columnName: column, details };
  const expression = expressionText(statement, element['expr']) ?? 'unknown';
  const isCall = CALL_LIKE.has(unwrap(element['expr'])?.type ?? '');
  return { text: isCall ? expression : `(${expression})`, columnName: figureName(element['expr']), details };
}

/** Expressions that the server prints without parentheses around them. */
const CALL_LIKE: ReadonlySet<string> = new Set([
  'FuncCall',
  'CoalesceExpr',
  'MinMaxExpr',
  'SQLValueFunction',
  'XmlExpr',
]);

function detailsOf(element: Fields): string {
  const collation = namesOf(element['collation']);
  const operatorClass = namesOf(element['opclass']);
  const isDescending = element['ordering'] === 'SORTBY_DESC';
  const nulls = element['nulls_ordering'];
  return [
    collation.length > 0 ? ` COLLATE ${collation.map(quoteIdentifier).join('.')}` : '',
    operatorClass.length > 0 ? ` ${operatorClass.map(quoteIdentifier).join('.')}` : '',
    isDescending ? ' DESC' : '',
    isDescending && nulls === 'SORTBY_NULLS_LAST' ? ' NULLS LAST' : '',
    !isDescending && nulls === 'SORTBY_NULLS_FIRST' ? ' NULLS FIRST' : '',
  ].join('');
}

/** `NULLS NOT DISTINCT` and storage parameters. */
export function clausesOf(nullsNotDistinct: boolean, options: unknown): string {
  const parameters = [...optionsOf(options)].map(([name, value]) => `${name}='${valueText(value) ?? 'true'}'`);
  return `${nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''}${parameters.length > 0 ? ` WITH (${parameters.join(', ')})` : ''}`;
}

/** Adds an index to a table and, unless ON ONLY, one like it to each partition. Returns its name. */
export function addIndex(draft: SchemaDraft, table: Relation, plan: IndexPlan, isOnly: boolean): string {
  const partitions = table.kind === 'partitioned table' ? draft.childrenOf(table) : [];
  const name = plan.name ?? chooseIndexName(draft, table, plan);
  const index: Index = {
    name,
    method: plan.method,
    unique: plan.unique,
    primary: plan.primary,
    valid: !(isOnly && partitions.length > 0),
    keys: plan.keys.map(({ text }) => text),
    include: plan.include,
    ...(plan.predicate !== undefined && { predicate: plan.predicate }),
    definition: definitionOf(table, name, plan),
  };
  const constraint: Constraint | undefined = plan.constraint && {
    name,
    kind: plan.constraint,
    columns: plan.keys.flatMap(({ text, columnName }) =>
      columnName !== undefined && text === quoteIdentifier(columnName) ? [columnName] : [],
    ),
    validated: true,
  };
  draft.update(table, relation => ({
    ...relation,
    indexes: [...relation.indexes, index],
    ...(constraint && { constraints: [...relation.constraints, constraint] }),
  }));
  if (plan.primary) setNotNull(draft, table, constraint?.columns ?? []);
  if (!isOnly) {
    const changed = draft.get(table) ?? table;
    for (const partition of partitions) addClone(draft, changed, index, partition);
  }
  return name;
}

function chooseIndexName(draft: SchemaDraft, table: QualifiedName, plan: IndexPlan): string {
  if (plan.primary) return chooseRelationName(draft, table, undefined, 'pkey', true);
  const keys = plan.keys.map(({ columnName }) => columnName);
  const columns = indexColumnNames([...keys, ...plan.include.map(columnNameOfKey)]);
  const label = plan.constraint === 'exclusion' ? 'excl' : plan.constraint === 'unique' ? 'key' : 'idx';
  return chooseRelationName(draft, table, joinColumnNames(columns), label, label !== 'idx');
}

/** The index as `pg_get_indexdef` prints it. */
function definitionOf(
  table: QualifiedName & { readonly kind: Relation['kind'] },
  name: string,
  plan: IndexPlan,
): string {
  // An expression has parentheses of its own there.
  const keys = plan.keys.map(({ text, details }) => (text.startsWith('(') ? `(${text})` : text) + details).join(', ');
  const include = plan.include.length > 0 ? ` INCLUDE (${plan.include.join(', ')})` : '';
  const where = plan.predicate === undefined ? '' : ` WHERE (${plan.predicate})`;
  const only = table.kind === 'partitioned table' ? 'ONLY ' : '';
  const target = quoteQualified(table.schema, table.name);
  const head = `CREATE ${plan.unique ? 'UNIQUE ' : ''}INDEX ${quoteIdentifier(name)} ON ${only}${target}`;
  return `${head} USING ${plan.method} (${keys})${include}${plan.clauses}${where}`;
}

/** The columns of a primary key are NOT NULL, in the partitions too. */
export function setNotNull(draft: SchemaDraft, table: QualifiedName, columns: readonly string[]): void {
  draft.update(table, relation => ({
    ...relation,
    columns: relation.columns.map(column => (columns.includes(column.name) ? { ...column, notNull: true } : column)),
  }));
  for (const child of draft.childrenOf(table)) setNotNull(draft, child, columns);
}

/** Gives a partition what its parent has: an index that is there already is attached, else one is made. */
export function inheritIndexes(draft: SchemaDraft, parent: Relation, partition: QualifiedName): void {
  for (const index of parent.indexes) {
    const child = draft.get(partition);
    if (!child) return;
    const isConstraint = constraintOf(parent, index.name) !== undefined;
    const like = child.indexes.find(
      candidate =>
        isLike(candidate, index) &&
        (constraintOf(child, candidate.name) !== undefined) === isConstraint &&
        !isAttached(draft, parent, { schema: child.schema, name: candidate.name }),
    );
    if (like)
      attachIndex(draft, { schema: parent.schema, name: index.name }, { schema: child.schema, name: like.name });
    else addClone(draft, parent, index, child);
  }
}

/** A new index with the columns and conditions of another, for another table. */
export function addClone(draft: SchemaDraft, from: Relation, index: Index, to: Relation): void {
  const name = addIndex(draft, to, planLike(from, index), false);
  if (draft.get(to)?.isPartition)
    attachIndex(draft, { schema: from.schema, name: index.name }, { schema: to.schema, name });
}

function planLike(from: Relation, index: Index): IndexPlan {
  const kind = constraintOf(from, index.name)?.kind;
  const constraint = kind === 'primary key' || kind === 'unique' || kind === 'exclusion' ? kind : undefined;
  const keys = index.keys.map(text => ({ text, columnName: columnNameOfKey(text), details: detailsIn(index, text) }));
  return {
    method: index.method,
    unique: index.unique,
    primary: index.primary,
    keys,
    include: index.include,
    ...(index.predicate !== undefined && { predicate: index.predicate }),
    clauses: /\)( NULLS NOT DISTINCT)/.exec(index.definition)?.[1] ?? '',
    ...(constraint && { constraint }),
  };
}

/** Collation, operator class and order of a key, out of the index's definition. */
function detailsIn(index: Index, key: string): string {
  const at = index.definition.indexOf(key, index.definition.indexOf(' USING '));
  return at < 0 ? '' : (/^[^,()]*/.exec(index.definition.slice(at + key.length))?.[0] ?? '').trimEnd();
}

function constraintOf(relation: Relation, name: string): Constraint | undefined {
  return relation.constraints.find(constraint => constraint.name === name && constraint.kind !== 'foreign key');
}

function isLike(a: Index, b: Index): boolean {
  return (
    a.method === b.method &&
    a.unique === b.unique &&
    a.primary === b.primary &&
    a.predicate === b.predicate &&
    a.keys.join() === b.keys.join() &&
    a.include.join() === b.include.join()
  );
}

function isAttached(draft: SchemaDraft, parent: Relation, index: QualifiedName): boolean {
  return parent.indexes.some(({ name }) =>
    draft.attached.get(keyOf({ schema: parent.schema, name }))?.has(keyOf(index)),
  );
}

/** `ALTER INDEX ... ATTACH PARTITION`: an index made ON ONLY is valid once each partition has its own. */
export function attachIndex(draft: SchemaDraft, parentIndex: QualifiedName, index: QualifiedName): void {
  const key = keyOf(parentIndex);
  const attached = draft.attached.get(key) ?? new Set<string>();
  attached.add(keyOf(index));
  draft.attached.set(key, attached);
  const owner = draft.ownerOfIndex(parentIndex);
  if (!owner || attached.size < draft.childrenOf(owner).length) return;
  if (owner.indexes.every(({ name, valid }) => name !== parentIndex.name || valid)) return;
  const indexes = owner.indexes.map(each => (each.name === parentIndex.name ? { ...each, valid: true } : each));
  draft.set({ ...owner, indexes });
}

/** Columns that an expression names, in the order of the text. */
export function columnsIn(expression: unknown): string[] {
  const found: { name: string; location: number }[] = [];
  walk(expression, (type, fields) => {
    if (type !== 'ColumnRef') return;
    const name = namesOf(fields['fields']).at(-1);
    if (name !== undefined) found.push({ name, location: Number(fields['location'] ?? 0) });
  });
  return [...new Set(found.sort((a, b) => a.location - b.location).map(({ name }) => name))];
}

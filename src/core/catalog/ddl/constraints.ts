import { quoteIdentifier } from '../../sql/identifiers';
import type { Constraint, Relation } from '../catalog';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, namesOf, nodesOf, textField } from './ddlStatement';
import type { IndexPlan } from './indexes';
import { addIndex, clausesOf, columnsIn, readIndexKey, setNotNull } from './indexes';
import { chooseConstraintName, joinColumnNames } from './objectNames';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';

/** A constraint as the text has it, of a column or of the table. */
export interface WrittenConstraint {
  readonly fields: Fields;
  /** The column it is written behind. */
  readonly column?: string;
}

export interface ConstraintContext {
  readonly statement: DdlStatement;
  readonly draft: SchemaDraft;
  readonly table: QualifiedName;
  /** A new table has no rows to check: NOT VALID means nothing. */
  readonly isNewTable: boolean;
  readonly isOnly: boolean;
}

/** Adds constraints in the order in which the server does and therefore names them; a name that is taken is refused. */
export function addConstraints(context: ConstraintContext, all: readonly WrittenConstraint[]): void {
  const present = new Set(context.draft.get(context.table)?.constraints.map(({ name }) => name));
  const written = all.filter(({ fields }) => !present.has(textField(fields, 'conname') ?? ''));
  const ofType = (...types: readonly string[]): WrittenConstraint[] =>
    written.filter(({ fields }) => types.includes(String(fields['contype'])));
  for (const each of ofType('CONSTR_CHECK')) addCheck(context, each);
  const { draft, statement, table } = context;
  // Since PostgreSQL 18 NOT NULL may be written as a constraint of the table.
  for (const { fields } of ofType('CONSTR_NOTNULL')) setNotNull(draft, table, namesOf(fields['keys']));
  const plans = [...ofType('CONSTR_PRIMARY'), ...ofType('CONSTR_UNIQUE', 'CONSTR_EXCLUSION')].flatMap(each =>
    textField(each.fields, 'indexname') === undefined ? [planIndex(statement, each)] : [],
  );
  for (const plan of withoutRepeated(plans)) {
    const relation = draft.get(table);
    if (relation) addIndex(draft, relation, plan, context.isOnly);
  }
  for (const each of written) {
    const index = textField(each.fields, 'indexname');
    if (index !== undefined) useIndex(context, each.fields, index);
  }
  for (const each of ofType('CONSTR_FOREIGN')) addForeignKey(context, each);
}

function addCheck(
  { draft, statement, table, isNewTable, isOnly }: ConstraintContext,
  written: WrittenConstraint,
): void {
  const { fields } = written;
  const relation = draft.get(table);
  if (!relation) return;
  const expression = fields['raw_expr'];
  const columns = columnsIn(expression).filter(name => relation.columns.some(column => column.name === name));
  const name =
    textField(fields, 'conname') ??
    chooseConstraintName(draft, table, columns.length === 1 ? columns[0] : undefined, 'check');
  const text = expressionText(statement, expression);
  const constraint: Constraint = {
    name,
    kind: 'check',
    columns,
    validated: fields['is_enforced'] === true && (isNewTable || fields['skip_validation'] !== true),
    ...(text !== undefined && { expression: text }),
  };
  const inherits = !isOnly && fields['is_no_inherit'] !== true;
  addToTree(draft, table, constraint, inherits);
}

/** Adds a constraint to a table and, if it is inherited, to those below; the same name is the same constraint. */
export function addToTree(draft: SchemaDraft, table: QualifiedName, constraint: Constraint, inherits: boolean): void {
  draft.update(table, relation =>
    relation.constraints.some(({ name }) => name === constraint.name)
      ? relation
      : { ...relation, constraints: [...relation.constraints, constraint] },
  );
  if (inherits) for (const child of draft.childrenOf(table)) addToTree(draft, child, constraint, true);
}

function planIndex(statement: DdlStatement, { fields, column }: WrittenConstraint): IndexPlan {
  const kind = fields['contype'] === 'CONSTR_PRIMARY' ? 'primary key' : 'unique';
  const name = textField(fields, 'conname');
  const shared = {
    ...(name !== undefined && { name }),
    include: namesOf(fields['including']).map(quoteIdentifier),
    clauses: clausesOf(fields['nulls_not_distinct'] === true, fields['options']),
  };
  if (fields['contype'] === 'CONSTR_EXCLUSION') {
    const elements = nodesOf(fields['exclusions']).flatMap(({ fields: pair }) => nodesOf(pair['items']).slice(0, 1));
    const predicate = expressionText(statement, fields['where_clause']);
    return {
      ...shared,
      method: textField(fields, 'access_method') ?? 'gist',
      unique: false,
      primary: false,
      keys: elements.map(element => readIndexKey(statement, element.fields)),
      ...(fields['where_clause'] !== undefined && { predicate: predicate ?? 'unknown' }),
      constraint: 'exclusion',
    };
  }
  const columns = column === undefined ? namesOf(fields['keys']) : [column];
  return {
    ...shared,
    // The last column of a temporal key excludes overlaps.
    method: fields['without_overlaps'] === true ? 'gist' : 'btree',
    unique: true,
    primary: kind === 'primary key',
    keys: columns.map(name => ({ text: quoteIdentifier(name), columnName: name, details: '' })),
    constraint: kind,
  };
}

/** `UNIQUE PRIMARY KEY` is one index; a name given to either is its name. */
function withoutRepeated(plans: readonly IndexPlan[]): IndexPlan[] {
  const kept: IndexPlan[] = [];
  for (const plan of plans) {
    const keyText = (each: IndexPlan): string =>
      JSON.stringify([
        each.method,
        each.keys,
        each.include,
        each.predicate,
        each.clauses,
        each.constraint === 'exclusion',
      ]);
    const same = kept.findIndex(each => keyText(each) === keyText(plan));
    if (same < 0) kept.push(plan);
    else if (kept[same]!.name === undefined && plan.name !== undefined)
      kept[same] = { ...kept[same]!, name: plan.name };
  }
  return kept;
}

/** `ADD CONSTRAINT name UNIQUE USING INDEX index`: the index becomes the constraint's and takes its name. */
function useIndex({ draft, table }: ConstraintContext, fields: Fields, indexName: string): void {
  const name = textField(fields, 'conname') ?? indexName;
  const primary = fields['contype'] === 'CONSTR_PRIMARY';
  draft.update(table, relation => {
    const index = relation.indexes.find(each => each.name === indexName);
    if (!index) return relation;
    const columns = relation.columns.map(column => column.name);
    const keys = columns.filter(column => index.keys.includes(quoteIdentifier(column)));
    keys.sort((a, b) => index.keys.indexOf(quoteIdentifier(a)) - index.keys.indexOf(quoteIdentifier(b)));
    const constraint: Constraint = { name, kind: primary ? 'primary key' : 'unique', columns: keys, validated: true };
    return {
      ...relation,
      columns: relation.columns.map(each => (primary && keys.includes(each.name) ? { ...each, notNull: true } : each)),
      indexes: relation.indexes.map(each => (each === index ? { ...each, name, primary } : each)),
      constraints: [...relation.constraints, constraint],
    };
  });
}

function addForeignKey(context: ConstraintContext, { fields, column }: WrittenConstraint): void {
  const { draft, table, isNewTable, isOnly } = context;
  const columns = column === undefined ? namesOf(fields['fk_attrs']) : [column];
  const target = draft.nameOf(fields['pktable']);
  const named = namesOf(fields['pk_attrs']);
  const onDelete = ON_DELETE[String(fields['fk_del_action'])];
  const constraint: Constraint = {
    name: textField(fields, 'conname') ?? chooseConstraintName(draft, table, joinColumnNames(columns), 'fkey'),
    kind: 'foreign key',
    columns,
    references: {
      schema: target.schema,
      relation: target.name,
      columns: named.length > 0 ? named : primaryKeyOf(draft.get(target)),
    },
    validated: fields['is_enforced'] === true && (isNewTable || fields['skip_validation'] !== true),
    ...(onDelete && { onDelete }),
  };
  addToTree(draft, table, constraint, !isOnly && draft.get(table)?.kind === 'partitioned table');
}

const ON_DELETE: Readonly<Record<string, Constraint['onDelete']>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

function primaryKeyOf(relation: Relation | undefined): readonly string[] {
  return relation?.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? [];
}

/** With CASCADE, foreign keys that stand on a dropped key go with it. */
export function dropReferencesTo(draft: SchemaDraft, table: QualifiedName, name: string): void {
  const key = draft.get(table)?.constraints.find(constraint => constraint.name === name);
  if (key?.kind !== 'primary key' && key?.kind !== 'unique') return;
  const columns = [...key.columns].sort().join('\0');
  for (const other of [...draft.relations()]) {
    for (const { name: constraint, references } of other.constraints) {
      if (references?.schema !== table.schema || references.relation !== table.name) continue;
      if ([...references.columns].sort().join('\0') === columns) dropConstraint(draft, other, constraint);
    }
  }
}

/** Drops a constraint, with its index, from a table and from its partitions. */
export function dropConstraint(draft: SchemaDraft, table: QualifiedName, name: string): void {
  const relation = draft.get(table);
  const dropped = relation?.constraints.find(constraint => constraint.name === name);
  if (!relation || !dropped) return;
  const children = draft.childrenOf(table);
  draft.set({
    ...relation,
    constraints: relation.constraints.filter(constraint => constraint !== dropped),
    indexes: dropped.kind === 'foreign key' ? relation.indexes : relation.indexes.filter(index => index.name !== name),
  });
  const attached = draft.attached.get(keyOf({ schema: table.schema, name }));
  for (const child of children) {
    const own = child.constraints.find(
      ({ name: candidate, kind }) =>
        candidate === name ||
        (kind === dropped.kind && attached?.has(keyOf({ schema: child.schema, name: candidate }))),
    );
    if (own) dropConstraint(draft, child, own.name);
  }
}

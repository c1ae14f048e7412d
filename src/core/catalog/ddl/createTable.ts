import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { Column, Relation } from '../catalog';
import { readColumn, type WrittenColumn } from './columns';
import { addConstraints, type WrittenConstraint } from './constraints';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, fieldsOf, namesOf, nodesOf, placeOf, valueText } from './ddlStatement';
import { addClone, inheritIndexes } from './indexes';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';
import { without } from './without';

/** `CREATE TABLE`, and `CREATE FOREIGN TABLE` whose `CreateStmt` is in a field of its own. */
export function createTable(
  statement: DdlStatement,
  draft: SchemaDraft,
  fields: Fields,
  kind: Relation['kind'] = 'table',
): void {
  const name = draft.nameForNew(fields['relation']);
  if (draft.isNameTaken(name)) return;
  const parents = nodesOf(fields['inhRelations']).flatMap(
    ({ fields: parent }) => draft.get(draft.nameOf(parent)) ?? [],
  );
  const parentNames = nodesOf(fields['inhRelations']).map(({ fields: parent }) => draft.nameOf(parent));
  const isPartition = fields['partbound'] !== undefined;
  const key = fieldsOf(fields['partspec']);
  const body = readElements(statement, draft, name, fields);
  const columns = mergeColumns(parents, body.columns);
  const misses = parents.length < parentNames.length || parents.some(({ columnsKnown }) => columnsKnown === false);
  const options = readOptions(fields['options']);
  draft.set({
    ...name,
    kind: key ? 'partitioned table' : kind,
    columns,
    ...((misses || !body.isComplete) && { columnsKnown: false as const }),
    indexes: [],
    constraints: parents.flatMap(parent => parent.constraints.filter(each => isInherited(each.kind, isPartition))),
    isPartition,
    ...(key && { partitionKey: readPartitionKey(statement, key) }),
    ...(parentNames.length > 0 && { parents: parentNames }),
    ...(options && { options }),
    ...(kind === 'table' && { rowSecurity: 'off' as const }),
    ...(fieldsOf(fields['relation'])?.['relpersistence'] === 'u' && { unlogged: true }),
    ...placeOf(statement, 'RangeVar', fieldsOf(fields['relation']) ?? {}),
  });
  const context = { statement, draft, table: name, isNewTable: true, isOnly: false };
  for (const source of body.sources) copyLike(draft, source, name);
  addConstraints(context, body.constraints);
  if (isPartition) for (const parent of parents) inheritIndexes(draft, parent, name);
}

function isInherited(kind: string, isPartition: boolean): boolean {
  return kind === 'check' || (isPartition && kind === 'foreign key');
}

interface TableBody {
  readonly columns: readonly WrittenColumn[];
  readonly constraints: readonly WrittenConstraint[];
  readonly sources: readonly LikeSource[];
  readonly isComplete: boolean;
}

interface LikeSource {
  readonly relation: Relation;
  readonly options: number;
}

/** Bits of `TableLikeClause.options`. */
const LIKE = { constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64, statistics: 128 };

function readElements(statement: DdlStatement, draft: SchemaDraft, table: QualifiedName, fields: Fields): TableBody {
  const columns: WrittenColumn[] = [];
  const constraints: WrittenConstraint[] = [];
  const sources: LikeSource[] = [];
  let isComplete = true;
  const ofType = fieldsOf(fields['ofTypename']);
  if (ofType) {
    const own = draft.typeNamed(namesOf(ofType['names']));
    const known = own && draft.composites.get(keyOf(own));
    if (!known) isComplete = false;
    for (const column of known ?? []) columns.push({ column, constraints: [], isAddition: false });
  }
  for (const { type, fields: element } of nodesOf(fields['tableElts'])) {
    if (type === 'ColumnDef') {
      const written = readColumn(statement, draft, table, element);
      columns.push(written);
      constraints.push(...written.constraints);
    } else if (type === 'Constraint') {
      constraints.push({ fields: element });
    } else if (type === 'TableLikeClause') {
      const relation = draft.get(draft.nameOf(element['relation']));
      if (!relation) isComplete = false;
      else {
        const options = Number(element['options'] ?? 0);
        sources.push({ relation, options });
        for (const column of relation.columns) {
          columns.push({ column: columnLike(column, options), constraints: [], isAddition: false });
        }
        if (relation.columnsKnown === false) isComplete = false;
      }
    }
  }
  return { columns, constraints, sources, isComplete };
}

function columnLike(column: Column, options: number): Column {
  const { name, type, notNull, generated, defaultExpression } = column;
  const wanted = generated === 'identity' ? LIKE.identity : generated ? LIKE.generated : LIKE.defaults;
  const copies = (options & wanted) !== 0;
  return {
    name,
    type,
    notNull,
    ...(copies && defaultExpression !== undefined && { defaultExpression }),
    ...(copies && generated && { generated }),
  };
}

/** What LIKE copies beside the columns. Foreign keys are never copied. */
function copyLike(draft: SchemaDraft, { relation, options }: LikeSource, table: QualifiedName): void {
  if (options & LIKE.constraints) {
    const checks = relation.constraints.flatMap(each => (each.kind === 'check' ? [{ ...each, validated: true }] : []));
    draft.update(table, own => ({ ...own, constraints: [...own.constraints, ...checks] }));
  }
  if ((options & LIKE.indexes) === 0) return;
  for (const index of relation.indexes) {
    const own = draft.get(table);
    if (own) addClone(draft, relation, index, own);
  }
}

/** Columns of the parents, then the table's own; the same name is the same column. */
function mergeColumns(parents: readonly Relation[], own: readonly WrittenColumn[]): Column[] {
  const merged = new Map<string, Column>();
  for (const column of parents.flatMap(parent => parent.columns)) {
    const known = merged.get(column.name);
    const inherited = without(column, 'comment', 'statistics');
    merged.set(column.name, known ? { ...known, notNull: known.notNull || column.notNull } : inherited);
  }
  for (const { column, isAddition } of own) {
    const known = merged.get(column.name);
    if (!known) {
      if (!isAddition) merged.set(column.name, column);
      continue;
    }
    merged.set(column.name, {
      ...known,
      ...column,
      type: isAddition ? known.type : column.type,
      notNull: known.notNull || column.notNull,
    });
  }
  return [...merged.values()];
}

/** The key as `pg_get_partkeydef` prints it: `RANGE (captured_at)`. */
function readPartitionKey(statement: DdlStatement, spec: Fields): string {
  const strategy = String(spec['strategy'] ?? '')
    .replace(/^PARTITION_STRATEGY_/, '')
    .toUpperCase();
  const elements = nodesOf(spec['partParams']).map(({ fields }) => {
    const column = fields['name'];
    const collation = namesOf(fields['collation']);
    const operatorClass = namesOf(fields['opclass']);
    const expression = expressionText(statement, fields['expr']) ?? 'unknown';
    const type = unwrap(fields['expr'])?.type;
    const printed = type === 'FuncCall' ? expression : type === 'A_Expr' ? `((${expression}))` : `(${expression})`;
    return [
      typeof column === 'string' ? quoteIdentifier(column) : printed,
      ...(collation.length > 0 ? [`COLLATE ${collation.map(quoteIdentifier).join('.')}`] : []),
      ...(operatorClass.length > 0 ? [operatorClass.map(quoteIdentifier).join('.')] : []),
    ].join(' ');
  });
  return `${strategy} (${elements.join(', ')})`;
}

/** Storage parameters (`WITH (fillfactor = 80)`) as in `reloptions`; those of the TOAST table are kept with that one. */
export function readOptions(list: unknown): Readonly<Record<string, string>> | undefined {
  const entries = nodesOf(list).flatMap(({ fields }) => {
    if (fields['defnamespace'] === 'toast') return [];
    return [[String(fields['defname']).toLowerCase(), valueText(fields['arg']) ?? 'true'] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

import { unwrap } from '../../sql/walk';
import { outputName } from '../../sql/names/outputName';
import type { DdlStatement, Fields } from './ddlStatement';
import { fieldsOf, namesOf, nodesOf, textField } from './ddlStatement';
import { expressionType } from './expressionType';
import { keyOf, type SchemaDraft } from './schemaDraft';
import { commonType, formatTypeName, UNKNOWN_TYPE } from './typeNames';

/** Columns of a query or of an item in FROM. */
export interface Output {
  readonly columns: readonly OutputColumn[];
  /** False if there may be more, or others. */
  readonly isComplete: boolean;
}

export interface OutputColumn {
  readonly name: string;
  readonly type: string;
}

/** An item in FROM under the name its columns are qualified by. */
export interface ScopeItem extends Output {
  readonly name: string | undefined;
}

/** What a query can see. */
export interface QueryScope {
  readonly statement: DdlStatement;
  readonly draft: SchemaDraft;
  readonly ctes: ReadonlyMap<string, Output>;
  /** The relations read so far, by key. */
  readonly reads: Set<string>;
}

const NOTHING: Output = { columns: [], isComplete: false };

/** The columns a query gives, as far as the text and the relations known tell. */
export function outputOf(query: unknown, scope: QueryScope): Output {
  const node = unwrap(query);
  const fields = node ? node.fields : fieldsOf(query);
  if (!fields || (node && node.type !== 'SelectStmt')) return NOTHING;
  const inner = withCtes(fields['withClause'], scope);
  if (fields['op'] !== undefined && fields['op'] !== 'SETOP_NONE') {
    const left = outputOf(fields['larg'], inner);
    const right = outputOf(fields['rarg'], inner);
    return { ...left, columns: left.columns.map((column, i) => united(column, right.columns[i])) };
  }
  const rows = nodesOf(fields['valuesLists']).map(({ fields: row }) =>
    nodesOf(row['items']).map(({ type, fields: item }) => expressionType({ [type]: item }, [], inner)),
  );
  if (rows.length > 0) {
    const types = rows[0]!.map((_type, i) => commonType(rows.map(row => row[i] ?? UNKNOWN_TYPE)));
    return { columns: types.map((type, i) => ({ name: `column${i + 1}`, type })), isComplete: true };
  }
  const items = nodesOf(fields['fromClause']).map(({ type, fields: item }) => fromItem({ [type]: item }, inner));
  const visible = items.flatMap(item => item.parts);
  let isComplete = true;
  const columns = nodesOf(fields['targetList']).flatMap(({ fields: target }) => {
    const value = target['val'];
    const star = starQualifier(value);
    if (star !== undefined) {
      const sources = star === '' ? items : visible.filter(({ name }) => name === star);
      if (sources.length === 0 || sources.some(source => !source.isComplete)) isComplete = false;
      return sources.flatMap(source => source.columns);
    }
    const name = textField(target, 'name') ?? outputName(value);
    return [{ name, type: expressionType(value, visible, inner) }];
  });
  return { columns, isComplete };
}

function united(left: OutputColumn, right: OutputColumn | undefined): OutputColumn {
  return { ...left, type: commonType([left.type, right?.type ?? UNKNOWN_TYPE]) };
}

function withCtes(withClause: unknown, scope: QueryScope): QueryScope {
  const clause = fieldsOf(withClause);
  if (!clause) return scope;
  const ctes = new Map(scope.ctes);
  for (const { fields } of nodesOf(clause['ctes'])) {
    const query = unwrap(fields['ctequery']);
    // The query of a recursive one begins with the part that does not name it.
    const output = query?.type === 'SelectStmt' ? outputOf(fields['ctequery'], { ...scope, ctes }) : NOTHING;
    ctes.set(String(fields['ctename']), renamedBy(namesOf(fields['aliascolnames']), output));
  }
  return { ...scope, ctes };
}

/** Names given in an alias (`v (a, b)`) stand for the columns in order. */
export function renamedBy(names: readonly string[], output: Output): Output {
  if (names.length === 0) return output;
  const columns = output.columns.map((column, i) => ({ ...column, name: names[i] ?? column.name }));
  if (output.isComplete || names.length < columns.length) return { ...output, columns };
  // Named beyond what was known: the names are certain, nothing else is.
  return { columns: names.map((name, i) => columns[i] ?? { name, type: UNKNOWN_TYPE }), isComplete: false };
}

/** The columns of one item in the order of `*`, and the named parts it is joined from. */
interface FromItem extends Output {
  readonly parts: readonly ScopeItem[];
}

function fromItem(item: unknown, scope: QueryScope): FromItem {
  const node = unwrap(item);
  if (!node) return { ...NOTHING, parts: [] };
  const { type, fields } = node;
  if (type === 'JoinExpr') return joined(fields, scope);
  const alias = fieldsOf(fields['alias']);
  const output = renamedBy(namesOf(alias?.['colnames']), sourceOf(type, fields, scope));
  const own = type === 'RangeVar' ? textField(fields, 'relname') : undefined;
  return { ...output, parts: [{ ...output, name: textField(alias, 'aliasname') ?? own }] };
}

function sourceOf(type: string, fields: Fields, scope: QueryScope): Output {
  if (type === 'RangeSubselect') return outputOf(fields['subquery'], scope);
  if (type === 'RangeFunction') {
    const listed = nodesOf(fields['coldeflist']).map(({ fields: column }) => ({
      name: String(column['colname']),
      type: formatTypeName(scope.statement, scope.draft, fieldsOf(column['typeName']) ?? {}),
    }));
    return listed.length > 0 ? { columns: listed, isComplete: true } : NOTHING;
  }
  if (type !== 'RangeVar') return NOTHING;
  const cte = textField(fields, 'schemaname') === undefined ? scope.ctes.get(String(fields['relname'])) : undefined;
  if (cte) return cte;
  const relation = scope.draft.get(scope.draft.nameOf(fields));
  if (!relation) return NOTHING;
  scope.reads.add(keyOf(relation));
  return { columns: relation.columns, isComplete: relation.columnsKnown !== false };
}

function joined(fields: Fields, scope: QueryScope): FromItem {
  const left = fromItem(fields['larg'], scope);
  const right = fromItem(fields['rarg'], scope);
  const named = namesOf(fields['usingClause']);
  const isNatural = fields['isNatural'] === true;
  const inBoth = left.columns.map(({ name }) => name).filter(name => right.columns.some(each => each.name === name));
  const shared = isNatural ? inBoth : named;
  const merged = shared.flatMap(name => left.columns.find(column => column.name === name) ?? []);
  const others = [...left.columns, ...right.columns].filter(({ name }) => !shared.includes(name));
  return {
    columns: [...merged, ...others],
    isComplete: left.isComplete && right.isComplete,
    parts: [...left.parts, ...right.parts],
  };
}

/** `''` for `*`, the table's name for `t.*`, undefined for anything else. */
function starQualifier(value: unknown): string | undefined {
  const column = unwrap(value);
  if (column?.type !== 'ColumnRef') return undefined;
  const parts = nodesOf(column.fields['fields']);
  if (parts.at(-1)?.type !== 'A_Star') return undefined;
  return namesOf(column.fields['fields']).at(-1) ?? '';
}

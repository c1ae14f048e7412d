import type { TypedNode } from '../walk';
import { wrappedNodes } from '../walk';
import { bare, definedColumns, strings, tableName } from './nodes';
import { rowOf, tableSourceOf } from './readDataChange';
import type { Fields, NewTableSource, ParameterSource, Scope, Source } from './scope';

/** What the expressions of a statement can name that is not itself a query: the table it is about, its parameters. */
export function scopeOfUtility({ type, fields }: TypedNode): Scope {
  switch (type) {
    case 'RuleStmt':
    case 'CreateTrigStmt': {
      const table = bare(fields.relation);
      if (!table) return NOTHING;
      const source = tableSourceOf(table);
      return scopeOf([rowOf(source, 'old', 'old'), rowOf(source, 'new', 'new')]);
    }
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return scopeOfTable(fields.table);
    case 'IndexStmt':
    case 'AlterTableStmt':
      return scopeOfTable(fields.relation);
    case 'CreateStatsStmt':
      return scopeOfTable(wrappedNodes(fields.relations)[0]?.fields);
    case 'CreateStmt':
      return scopeOf([newTable(fields)]);
    case 'CreateFunctionStmt':
      return scopeOf([parametersOf({ type, fields })]);
    default:
      return NOTHING;
  }
}

const NOTHING: Scope = { items: [] };

function scopeOf(items: readonly Source[]): Scope {
  return { items };
}

function scopeOfTable(relation: unknown): Scope {
  const fields = bare(relation);
  return fields ? scopeOf([tableSourceOf(fields)]) : NOTHING;
}

function newTable(fields: Fields): NewTableSource {
  const relation = bare(fields.relation) ?? {};
  const elements = wrappedNodes(fields.tableElts);
  return {
    kind: 'new table',
    table: tableName(relation),
    name: tableName(relation).name,
    aliased: false,
    columnAliases: [],
    node: { type: 'RangeVar', fields: relation },
    nullExtended: false,
    columns: definedColumns(elements.filter(({ type }) => type === 'ColumnDef').map(wrap)),
    open:
      elements.some(({ type }) => type === 'TableLikeClause') ||
      ['inhRelations', 'ofTypename', 'partbound'].some(field => field in fields),
  };
}

function parametersOf(node: TypedNode): ParameterSource {
  const { fields } = node;
  const parameters = wrappedNodes(fields.parameters).filter(({ fields: { mode } }) => mode !== 'FUNC_PARAM_TABLE');
  const name = strings(fields.funcname).at(-1);
  return {
    kind: 'parameters',
    ...(name !== undefined && { name }),
    aliased: false,
    columnAliases: [],
    node,
    nullExtended: true,
    columns: definedColumns(parameters.map(wrap)),
  };
}

function wrap({ type, fields }: TypedNode): unknown {
  return { [type]: fields };
}

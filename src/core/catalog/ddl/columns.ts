import { quoteLiteral } from '../../sql/identifiers';
import type { Column } from '../catalog';
import type { WrittenConstraint } from './constraints';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, fieldsOf, nodesOf, optionsOf, namesOf } from './ddlStatement';
import { chooseRelationName } from './objectNames';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';
import { without } from './without';
import { formatTypeName, serialBase, UNKNOWN_TYPE } from './typeNames';

/** A column as a statement defines it, and the constraints written behind it. */
export interface WrittenColumn {
  readonly column: Column;
  readonly constraints: readonly WrittenConstraint[];
  /** No type is written: the column comes from elsewhere and gets more (`PARTITION OF`, `OF type`). */
  readonly isAddition: boolean;
}

/** A `ColumnDef`. A serial or an identity gets its sequence. */
export function readColumn(
  statement: DdlStatement,
  draft: SchemaDraft,
  table: QualifiedName,
  definition: Fields,
): WrittenColumn {
  const name = String(definition['colname'] ?? '');
  const typeName = fieldsOf(definition['typeName']);
  const serial = typeName && serialBase(typeName);
  const base: Column = {
    name,
    type: serial ?? (typeName ? formatTypeName(statement, draft, typeName) : UNKNOWN_TYPE),
    notNull: serial !== undefined,
    ...(serial && { defaultExpression: nextValue(draft, addSequence(draft, table, name)) }),
  };
  const constraints = nodesOf(definition['constraints']).map(({ fields }) => fields);
  const column = constraints.reduce<Column>((known, constraint) => {
    const add = PROPERTIES[String(constraint['contype'])];
    return add ? add(known, constraint, { statement, draft, table }) : known;
  }, base);
  return {
    column,
    constraints: constraints.map((fields, i) => ({
      fields:
        constraints[i + 1]?.['contype'] === 'CONSTR_ATTR_NOT_ENFORCED' ? { ...fields, is_enforced: false } : fields,
      column: name,
    })),
    isAddition: typeName === undefined,
  };
}

interface ColumnContext {
  readonly statement: DdlStatement;
  readonly draft: SchemaDraft;
  readonly table: QualifiedName;
}

/** What constraints say about the column itself. */
const PROPERTIES: Readonly<Record<string, (column: Column, fields: Fields, context: ColumnContext) => Column>> = {
  CONSTR_NOTNULL: column => ({ ...column, notNull: true }),
  CONSTR_PRIMARY: column => ({ ...column, notNull: true }),
  CONSTR_DEFAULT: (column, fields, { statement }) => withDefault(column, expressionText(statement, fields['raw_expr'])),
  CONSTR_GENERATED: (column, fields, { statement }) => ({
    ...withDefault(column, expressionText(statement, fields['raw_expr'])),
    generated: fields['generated_kind'] === 'v' ? 'virtual' : 'stored',
  }),
  CONSTR_IDENTITY: (column, fields, { draft, table }) => {
    const named = namesOf(optionsOf(fields['options']).get('sequence_name'));
    if (named.length > 0) draft.sequences.add(keyOf(draft.qualifyNew(named.at(-2) ?? table.schema, named.at(-1)!)));
    else addSequence(draft, table, column.name);
    return { ...column, notNull: true, generated: 'identity' };
  },
};

/** The column with another default, or without one. */
export function withDefault(column: Column, expression: string | undefined): Column {
  const rest = without(column, 'defaultExpression');
  return expression === undefined || /^null$/i.test(expression) ? rest : { ...rest, defaultExpression: expression };
}

function addSequence(draft: SchemaDraft, table: QualifiedName, column: string): QualifiedName {
  const name = chooseRelationName(draft, table, column, 'seq', false);
  const sequence = { schema: table.schema, name };
  draft.sequences.add(keyOf(sequence));
  return sequence;
}

function nextValue(draft: SchemaDraft, sequence: QualifiedName): string {
  return `nextval(${quoteLiteral(draft.printName(sequence))}::regclass)`;
}

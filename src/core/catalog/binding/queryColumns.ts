import type { ColumnUse, Output, Query } from '../../sql/names/scope';
import { unwrap } from '../../sql/walk';
import type { Binding } from './binder';
import type { Columns, KnownColumn } from './knownColumn';
import { concatenate, UNKNOWN_COLUMNS } from './knownColumn';
import { expressionType } from './expressionType';

/** What the columns of a query's result are found with. */
export interface ResultContext {
  bindFields(fields: object): Binding;
  expand(use: ColumnUse): Columns;
  outputsOf(query: Query): Columns;
  /** The query that a node of the tree is. */
  queryOf(node: unknown): Query | undefined;
}

/** The columns of a query's result: of its select list, its RETURNING, or its arms. */
export function resultColumns(query: Query, context: ResultContext): Columns {
  return query.kind === 'set operation' ? columnsOfArms(query, context) : columnsOfOutputs(query.outputs, context);
}

function columnsOfArms({ arms, outputs }: Query, context: ResultContext): Columns {
  const all = arms.map(arm => context.outputsOf(arm));
  const [first] = all;
  if (!first || outputs.length === 0) return UNKNOWN_COLUMNS;
  const complete = all.every(arm => arm.complete);
  return {
    complete: first.complete,
    columns: first.columns.map(({ name, type, definition }, i) => ({
      name,
      definition,
      // The arms agree on a type; where they differ PostgreSQL chooses.
      ...(complete && type !== undefined && all.every(arm => arm.columns[i]?.type === type) && { type }),
      nullExtended: true,
    })),
  };
}

function columnsOfOutputs(outputs: readonly Output[], context: ResultContext): Columns {
  return concatenate(
    outputs.map(output => {
      if (output.kind !== 'star') return { columns: [outputColumn(output, context)], complete: true };
      const { columns, complete } = output.use ? context.expand(output.use) : UNKNOWN_COLUMNS;
      return { columns: columns.map(({ source: _, ...column }) => column), complete };
    }),
  );
}

/** The column that an item of a select list becomes. */
export function outputColumn(output: Exclude<Output, { kind: 'star' }>, context: ResultContext): KnownColumn {
  const { name } = output;
  const definition = { kind: 'output', output } as const;
  if (output.kind === 'value') {
    const types = new Set(output.rows.map(row => typeOf(row, context)));
    const [type] = types;
    return { name, definition, nullExtended: true, ...(types.size === 1 && type !== undefined && { type }) };
  }
  const value = unwrap(output.value);
  const binding = value?.type === 'ColumnRef' ? context.bindFields(value.fields) : undefined;
  if (binding?.kind === 'column') {
    const { column } = binding;
    // Without an alias a column keeps its name, and what gave it to it.
    return { ...column, name, definition: output.named ? definition : column.definition, source: undefined };
  }
  const type = typeOf(output.value, context);
  return { name, definition, nullExtended: true, ...(type !== undefined && { type }) };
}

function typeOf(expression: unknown, context: ResultContext): string | undefined {
  return expressionType(
    expression,
    fields => {
      const binding = context.bindFields(fields);
      return binding.kind === 'column' ? binding.column.type : undefined;
    },
    subselect => {
      const query = context.queryOf(subselect);
      return query && context.outputsOf(query).columns[0]?.type;
    },
  );
}

import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { typeOfNode } from './dataTypes';
import { asColumn, functionName, list, operatorOf, stringConstant } from './expressions';
import type { TableColumn } from './tableFacts';

/** The type of an expression over the columns of one table, by its internal name; undefined where it is not certain. */
export function typeOfExpression(node: unknown, columns: ReadonlyMap<string, TableColumn>): string | undefined {
  const found = unwrap(node);
  if (!found) return undefined;
  const { type, fields } = found;
  const column = asColumn(node);
  if (column) return columns.get(column.name)?.type;
  switch (type) {
    case 'TypeCast':
      return typeOfNode(fields.typeName as NodeFields | undefined);
    case 'CoalesceExpr':
      return list(fields.args)
        .map(arg => typeOfExpression(arg, columns))
        .find(known => known !== undefined);
    case 'CollateClause':
      return typeOfExpression(fields.arg, columns);
    case 'A_Expr':
      return typeOfOperation(fields, columns);
    case 'FuncCall':
      return typeOfCall(fields, columns);
    default:
      return undefined;
  }
}

function typeOfOperation(fields: NodeFields, columns: ReadonlyMap<string, TableColumn>): string | undefined {
  if (fields.kind !== 'AEXPR_OP') return undefined;
  const operator = operatorOf(fields);
  // `->>` and `#>>` give text whatever they are applied to, `->` gives what it is applied to.
  if (operator === '->>' || operator === '#>>') return 'text';
  if (operator === '->' || operator === '#>') return typeOfExpression(fields.lexpr, columns);
  return undefined;
}

const TEXT_FUNCTIONS: ReadonlySet<string> = new Set(['lower', 'upper', 'btrim', 'ltrim', 'rtrim', 'md5', 'initcap']);

function typeOfCall(fields: NodeFields, columns: ReadonlyMap<string, TableColumn>): string | undefined {
  const name = functionName(fields);
  const args = list(fields.args);
  if (name === undefined) return undefined;
  if (TEXT_FUNCTIONS.has(name)) return 'text';
  if (name === 'date') return 'date';
  if (name === 'to_tsvector') return 'tsvector';
  if (name === 'timezone' && args.length === 2) {
    const from = typeOfExpression(args[1], columns);
    return from === 'timestamptz' ? 'timestamp' : from === 'timestamp' ? 'timestamptz' : undefined;
  }
  if (name === 'date_trunc' && args.length === 2 && stringConstant(args[0]) !== undefined) {
    const from = typeOfExpression(args[1], columns);
    return from === 'date' ? 'timestamptz' : from;
  }
  return undefined;
}

import { typeFamily } from '../../../rules/support/columnTypes';
import type { TypeFamily } from '../../../rules/support/columnTypes';
import type { NodeMatch } from '../../../rules/nodeIndex';
import { asColumn, list, operatorOf } from '../../../rules/support/expressions';
import { conjuncts, textOfTree } from '../../../rules/support/trees';
import { unwrap } from '../../../sql/walk';
import type { ResolvedColumn } from '../../../rules/statementView';
import type { RewriteContext } from '../rewrite';
import { conjunctPlaces } from './conjuncts';
import { levelOf } from './names';
import type { SelectSubquery } from './selectSubqueries';

/** How a subquery is tied to the row around it. */
export interface Correlation {
  readonly keys: readonly CorrelationKey[];
  /** The conditions on its own rows, as written. */
  readonly rest: readonly { readonly tree: unknown; readonly text: string }[];
}

/** `o.customer_id = c.id`: a column of the subquery and what it must be. */
export interface CorrelationKey {
  readonly column: string;
  readonly inside: string;
  readonly outside: string;
  readonly known?: ResolvedColumn;
  /** Both sides have types whose values are grouped as they are compared. */
  readonly isSure: boolean;
}

/** Undefined if it is tied by anything but equalities of columns, or not at all. */
export function correlationOf(context: RewriteContext, subquery: SelectSubquery): Correlation | undefined {
  const { statement } = context;
  const { inner, innerQuery } = subquery;
  const places = conjunctPlaces(statement, inner.whereClause);
  if (!places || conjuncts(inner.whereClause).length === 0) return undefined;
  const keys: CorrelationKey[] = [];
  const rest: { tree: unknown; text: string }[] = [];
  for (const { tree, range } of places) {
    const level = levelOf(context, tree, innerQuery);
    if (level === 'inside' || level === 'none') rest.push({ tree, text: statement.text.slice(range.start, range.end) });
    else {
      const key = level === 'both' ? keyOf(context, subquery, tree) : undefined;
      if (!key) return undefined;
      keys.push(key);
    }
  }
  return keys.length > 0 ? { keys, rest } : undefined;
}

function keyOf(
  context: RewriteContext,
  { innerQuery }: SelectSubquery,
  condition: unknown,
): CorrelationKey | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return undefined;
  if (list(node.fields.name).length !== 1) return undefined;
  const sides = [node.fields.lexpr, node.fields.rexpr];
  const own = sides.find(side => levelOf(context, side, innerQuery) === 'inside');
  const other = sides.find(side => levelOf(context, side, innerQuery) === 'outside');
  const column = asColumn(own)?.name;
  const [inside, outside] = [textOfTree(context.statement, own), textOfTree(context.statement, other)];
  if (column === undefined || inside === undefined || outside === undefined || !asColumn(other)) return undefined;
  const known = resolved(context, own);
  const families = [known, resolved(context, other)].map(each => typeFamily(each?.column.type));
  const isSure = families[0] !== undefined && families[0] === families[1] && EXACT.has(families[0]);
  return { column, inside, outside, ...(known && { known }), isSure };
}

/** Values of these are equal whenever they are grouped together, and the other way round. */
const EXACT: ReadonlySet<TypeFamily> = new Set([
  'integer',
  'text',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
  'uuid',
  'numeric',
]);

function resolved(context: RewriteContext, column: unknown): ResolvedColumn | undefined {
  const fields = unwrap(column)?.fields;
  const match: NodeMatch | undefined = context.find('ColumnRef').find(each => each.fields === fields);
  return match && context.resolve(match);
}

import type { Relation } from '../../../catalog/catalog';
import type { NodeMatch } from '../../../rules/nodeIndex';
import { hasNoIndexAtAll } from '../../../rules/support/computedColumns';
import { asColumn, hasIndexKey } from '../../../rules/support/expressions';
import { isZoneless } from '../../../rules/support/rangeRewrite';
import { matchBelow, textOfTree } from '../../../rules/support/trees';
import { identifierOf } from '../../../sql/identifiers';
import type { RewriteContext } from '../rewrite';

/** A column of times that a condition asks for through a function. */
export interface TimeColumn {
  /** As the statement writes it. */
  readonly text: string;
  readonly name: string;
  readonly relation?: Relation;
  /** `zoned` is timestamptz; undefined if the type is not known. */
  readonly kind?: 'date' | 'zoneless' | 'zoned';
}

/** The column in an argument of a call or cast, unless an index has the whole expression, or none can have the column. */
export function timeColumn(
  context: RewriteContext,
  query: NodeMatch,
  call: NodeMatch,
  key: string,
  argument: unknown,
): TimeColumn | undefined {
  const { statement } = context;
  const column = asColumn(argument);
  const match = matchBelow(call, key, argument);
  const text = textOfTree(statement, argument);
  if (!column || !match || text === undefined || hasNoIndexAtAll(query, column)) return undefined;
  const known = context.resolve(match);
  const whole = context.rangeOf(call);
  const expression = statement.text.slice(whole.start, whole.end).replace(text, column.name);
  if (hasIndexKey(known?.relation, expression)) return undefined;
  const type = known?.column.type;
  const kind =
    type === 'date' ? 'date' : isZoneless(type) ? 'zoneless' : type?.startsWith('timestamp') ? 'zoned' : undefined;
  if (type !== undefined && kind === undefined) return undefined;
  return { text, name: column.name, ...(known && { relation: known.relation }), ...(kind && { kind }) };
}

/** How a condition on days may find other rows than one on the function, by the type of the column. */
export function zoneDifferences({ kind }: TimeColumn): string[] {
  if (kind === 'zoned') return ['where clocks are set back at midnight, an hour comes twice and belongs to both days'];
  return kind
    ? []
    : ['in a column with time zone, where clocks are set back at midnight, an hour belongs to both days'];
}

/** Why it gets faster: an index on the bare column, or partitions that can be left out. */
export function whyBare({ relation, name }: TimeColumn): string {
  return isPartitionKey(relation, name)
    ? `${relation!.name} is partitioned by ${name}: PostgreSQL leaves partitions out only if the column itself is compared, and an index on it serves only that too.`
    : `An index on ${name} is ordered by the column and not by what a function makes of it, so only a range of the column can use it, and its statistics.`;
}

/** True if the first column of the partition key is this one. */
export function isPartitionKey(relation: Relation | undefined, column: string): boolean {
  const first = /^\s*\w+\s*\(\s*("(?:[^"]|"")+"|\w+)\s*[,)]/.exec(relation?.partitionKey ?? '')?.[1];
  return first !== undefined && identifierOf(first) === column;
}

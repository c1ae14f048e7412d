import type { ResolvedColumn } from '../statementView';

/** The fact that makes a fix safe, as a sentence: `orders.customer_id is NOT NULL`. */
export function saidNotNull({ relation, column }: ResolvedColumn): string {
  return `${relation.name}.${column.name} is NOT NULL`;
}

import type { ParseNode, ParsedStatement } from '../statement';
import { readNames } from './readNames';
import type { StatementNames } from './scope';

/** Kept by tree: trees are dropped and made again, and what is found here points into them. */
const known = new WeakMap<ParseNode, StatementNames>();

/** The scopes and names of a statement, read when first asked for. Empty if it has no tree. */
export function namesOf({ tree }: ParsedStatement): StatementNames {
  if (tree === undefined) return NOTHING;
  const found = known.get(tree) ?? read(tree);
  known.set(tree, found);
  return found;
}

function read(tree: ParseNode): StatementNames {
  try {
    return readNames(tree);
  } catch (error) {
    if (error instanceof RangeError) return { ...NOTHING, complete: false };
    throw error;
  }
}

const NOTHING: StatementNames = {
  root: { items: [] },
  queries: [],
  columns: new Map(),
  targets: [],
  relations: [],
  functions: [],
  regions: [],
  complete: true,
};

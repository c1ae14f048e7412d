import type { Catalog } from '../../../catalog/catalog';
import type { Edit } from '../../../rules/finding';
import { asColumn, integerConstant, list } from '../../../rules/support/expressions';
import { rangeOfTree } from '../../../rules/support/trees';
import { quoteIdentifier } from '../../../sql/identifiers';
import { outputName } from '../../../sql/names/outputName';
import { unwrap } from '../../../sql/walk';
import type { QueryBlock } from './queryBlock';
import { isStar } from './rowKeys';

/** A column of a block's result. */
interface OutputColumn {
  readonly name: string;
  /** The column it is, as `item.name`; undefined for anything else. */
  readonly column?: { readonly item: unknown; readonly name: string };
}

/**
 * Edits after which ORDER BY names columns of the result, as it must after a set operation; undefined if a sort key is
 * not among them, or its name means several.
 */
export function outputNamesOfOrder(block: QueryBlock, catalog: Catalog | undefined): readonly Edit[] | undefined {
  const keys = list(block.fields.sortClause).map(key => unwrap(key)?.fields.node);
  if (keys.length === 0) return [];
  const outputs = outputsOf(block, catalog);
  const edits: Edit[] = [];
  for (const key of keys) {
    if (integerConstant(key) !== undefined && unwrap(key)?.type === 'A_Const') continue;
    const written = asColumn(key);
    const range = rangeOfTree(block.statement, key);
    if (!written || !range || !outputs) return undefined;
    // A bare name means a column of the result first.
    const isOutput = written.qualifier === undefined && outputs.some(({ name }) => name === written.name);
    const column = isOutput ? undefined : block.column(key);
    const named = outputs.filter(output =>
      isOutput
        ? output.name === written.name
        : output.column?.item === column?.item && output.column?.name === column?.name,
    );
    const [first] = named;
    if (!first || (!isOutput && !column) || outputs.filter(({ name }) => name === first.name).length > 1)
      return undefined;
    if (!isOutput) edits.push({ range, newText: quoteIdentifier(first.name) });
  }
  return edits;
}

/** The columns of a block's result in their order; undefined if a star stands for columns nobody knows. */
export function outputsOf(block: QueryBlock, catalog: Catalog | undefined): readonly OutputColumn[] | undefined {
  const outputs: OutputColumn[] = [];
  for (const target of list(block.fields.targetList)) {
    const { name, val } = unwrap(target)?.fields ?? {};
    if (!isStar(val)) {
      const column = block.column(val);
      outputs.push({ name: typeof name === 'string' ? name : outputName(val), ...(column && { column }) });
      continue;
    }
    const { items, isCertain } = block.mentions(val);
    const isKnown = [...items].every(({ relation }) => relation && relation.columnsKnown !== false);
    if (!catalog || !isCertain || !isKnown || items.size === 0) return undefined;
    for (const item of items)
      for (const column of item.relation!.columns)
        outputs.push({ name: column.name, column: { item, name: column.name } });
  }
  return outputs;
}

import type { NodeView } from '../../protocol/planPanel';

/** Longer texts of a node are looked into only this far: a search must answer while one types. */
const MOST_PER_TEXT = 20_000;

/** Everything about each node that a search looks into: type, relation, index, subplan, conditions and keys. */
export function searchTexts(nodes: readonly NodeView[]): string[] {
  return nodes.map(node =>
    [
      node.nodeType,
      node.detail,
      node.subplanName ?? '',
      node.neverExecuted ? 'never executed' : '',
      ...node.properties.map(({ name, value }) => `${name}: ${value}`),
    ]
      .map(text => text.slice(0, MOST_PER_TEXT))
      .join('\n')
      .toLowerCase(),
  );
}

/** Ids of the nodes, in the plan's order, whose texts hold every word of the query; "quoted words" stand together. */
export function searchNodes(nodes: readonly NodeView[], texts: readonly string[], query: string): number[] {
  const words = [...query.toLowerCase().matchAll(/"([^"]+)"?|[^\s"]+/g)].map(match => match[1] ?? match[0]);
  if (words.length === 0) return [];
  return nodes.filter((_, index) => words.every(word => texts[index]?.includes(word))).map(node => node.id);
}

/**
 * The next node, after the one at `from`, whose type, relation or subplan begins with what was typed; the search goes
 * round. A letter typed again goes on to the next node.
 */
export function typeahead(nodes: readonly NodeView[], from: number, typed: string): number {
  const wanted = typed.toLowerCase();
  const isRepeated = [...wanted].every(letter => letter === wanted[0]);
  const prefix = isRepeated ? wanted.slice(0, 1) : wanted;
  const first = isRepeated ? from + 1 : Math.max(0, from);
  for (let step = 0; step < nodes.length; step++) {
    const index = (first + step) % nodes.length;
    const node = nodes[index]!;
    const names = [node.nodeType, node.detail.replace(/^(on|using|by) /, ''), node.subplanName ?? ''];
    if (names.some(name => name.slice(0, 100).toLowerCase().startsWith(prefix))) return index;
  }
  return -1;
}

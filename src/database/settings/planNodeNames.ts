import type { PlanTree } from '../../core/plan/planTree';

/** The nodes of a plan in the words of EXPLAIN: `Parallel Seq Scan on orders`, `Index Scan using i on orders`. */
export function planNodeNames({ nodes }: PlanTree): string[] {
  return nodes.map(({ nodeType, relation, index, raw }) => {
    const parallel = raw['Parallel Aware'] === true ? 'Parallel ' : '';
    const strategy = typeof raw['Strategy'] === 'string' && raw['Strategy'] !== 'Plain' ? `${raw['Strategy']} ` : '';
    const by = index === undefined ? '' : relation === undefined ? ` on ${index}` : ` using ${index}`;
    return `${parallel}${strategy}${nodeType}${by}${relation === undefined ? '' : ` on ${relation}`}`;
  });
}

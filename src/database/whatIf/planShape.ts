type PlanNode = Readonly<Record<string, unknown>>;

/** Names of all indexes a plan reads. */
export function indexNamesIn(plan: PlanNode, names = new Set<string>()): Set<string> {
  if (typeof plan['Index Name'] === 'string') names.add(plan['Index Name']);
  for (const child of childrenOf(plan)) indexNamesIn(child, names);
  return names;
}

/** What reads what by which way, without figures: `Nested Loop(Seq Scan orders, Index Scan users users_pkey)`. */
export function planShape(plan: PlanNode): string {
  const words = ['Strategy', 'Join Type', 'Relation Name', 'Index Name'].flatMap(key =>
    typeof plan[key] === 'string' ? [plan[key]] : [],
  );
  const children = childrenOf(plan).map(planShape);
  return [String(plan['Node Type']), ...words].join(' ') + (children.length > 0 ? `(${children.join(', ')})` : '');
}

function childrenOf(plan: PlanNode): readonly PlanNode[] {
  return Array.isArray(plan['Plans']) ? (plan['Plans'] as PlanNode[]) : [];
}

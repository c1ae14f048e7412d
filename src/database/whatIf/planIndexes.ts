/** Names of all indexes a plan reads. */
export function indexNamesIn(plan: Readonly<Record<string, unknown>>, names = new Set<string>()): Set<string> {
  if (typeof plan['Index Name'] === 'string') names.add(plan['Index Name']);
  const children = plan['Plans'];
  if (Array.isArray(children)) for (const child of children) indexNamesIn(child as Record<string, unknown>, names);
  return names;
}

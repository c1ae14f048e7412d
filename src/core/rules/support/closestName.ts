/** The candidate that differs from the name by a slip of the hand; undefined if none, or several, are as close. */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  // A short name is close to everything.
  const allowed = name.length < 5 ? 1 : 2;
  let best: { readonly name: string; readonly distance: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const distance = editDistance(name, candidate);
    if (distance > allowed || distance > (best[0]?.distance ?? allowed)) continue;
    if (distance < (best[0]?.distance ?? Infinity)) best = [];
    best.push({ name: candidate, distance });
  }
  return best.length === 1 ? best[0]?.name : undefined;
}

/** Insertions, deletions and replacements of a letter that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

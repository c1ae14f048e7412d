/** True if `2.18.0-dev` and the like is at least that version. */
export function versionAtLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split('.').map(part => Number.parseInt(part, 10));
  return first > major || (first === major && second >= minor);
}

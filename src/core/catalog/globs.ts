/** True if a relative path with `/` matches the last of the patterns that speak of it; `!` takes a match back. */
export function matchesGlobs(path: string, globs: readonly string[]): boolean {
  return globs.reduce((matches, glob) => {
    const isNegated = glob.startsWith('!');
    return compile(isNegated ? glob.slice(1) : glob).test(path) ? !isNegated : matches;
  }, false);
}

/** The place of the first pattern that matches the path; -1 if none does. */
export function firstGlob(path: string, globs: readonly string[]): number {
  return globs.findIndex(glob => !glob.startsWith('!') && compile(glob).test(path));
}

const compiled = new Map<string, RegExp>();

/** `**` any folders, `*` within a name, `?` one character, `{a,b}` either. */
function compile(glob: string): RegExp {
  const known = compiled.get(glob);
  if (known) return known;
  const source = glob.replace(/^\.?\//, '').replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\]/g, token => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.startsWith('{')) return `(?:${token.slice(1, -1).split(',').map(escape).join('|')})`;
    return escape(token);
  });
  const pattern = new RegExp(`^${source}$`);
  compiled.set(glob, pattern);
  return pattern;
}

function escape(text: string): string {
  return text.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*');
}

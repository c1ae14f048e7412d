/**
 * Every word of a text that could name something: bare words folded to lower case as PostgreSQL folds them, and what
 * stands between double quotes. Words in strings and comments are among them: a name too many costs a little time.
 */
export function identifiersIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, quoted, bare] of text.matchAll(/"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*)/gu)) {
    if (bare !== undefined) names.add(bare.replace(/[A-Z]+/g, upper => upper.toLowerCase()));
    else if (quoted !== undefined) {
      names.add(quoted.replaceAll('""', '"'));
      // a string with quotes in it may have been taken for a name
      for (const [word] of quoted.matchAll(/[a-z_][a-z0-9_$]*/g)) names.add(word);
    }
  }
  return names;
}

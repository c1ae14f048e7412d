/** Patterns that are asked of many texts. Most texts match none, which one look tells. */
export class PatternList {
  /** True if there is no pattern that a text could fail to match. */
  readonly isEmpty: boolean;
  private readonly any: RegExp | undefined;
  private readonly none: readonly boolean[];

  /** @param patterns without state: neither global nor sticky. What is undefined matches every text. */
  constructor(private readonly patterns: readonly (RegExp | undefined)[]) {
    const given = patterns.filter(pattern => pattern !== undefined);
    this.isEmpty = given.length === 0;
    this.any = union(given);
    this.none = patterns.map(pattern => pattern === undefined);
  }

  /** For each pattern whether the text matches it. */
  answers(text: string): readonly boolean[] {
    if (this.isEmpty || this.any?.test(text) === false) return this.none;
    return this.patterns.map(pattern => pattern?.test(text) ?? true);
  }

  /** True if the text gives these answers. */
  gives(text: string, answers: readonly boolean[]): boolean {
    const own = this.answers(text);
    return own === answers || own.every((answer, i) => answer === answers[i]);
  }
}

/** A pattern that matches wherever one of them does, and perhaps elsewhere. Undefined where they cannot be joined. */
function union(patterns: readonly RegExp[]): RegExp | undefined {
  const canBeJoined = patterns.every(({ flags, source }) => /^i?$/.test(flags) && !/\\[1-9k]|\(\?</.test(source));
  if (!canBeJoined) return undefined;
  const sources = new Set(patterns.map(({ source }) => `(?:${source})`));
  return new RegExp([...sources].join('|'), 'i');
}

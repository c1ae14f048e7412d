import { randomNumbers } from '../../support/randomNumbers';

/** Choices that look like chance and are the same on every run with a seed. */
export interface Random {
  /** At least 0 and below the limit. */
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
  /** True in so many cases of a hundred. */
  chance(percent: number): boolean;
  /** Text with the chance given, else nothing. */
  maybe(text: string, percent?: number): string;
  /** Between `least` and `most` of the choices, in their order. */
  some<T>(choices: readonly T[], least: number, most: number): T[];
}

export function randomFrom(seed: number): Random {
  const below = randomNumbers(seed);
  const random: Random = {
    below,
    pick: <T>(choices: readonly T[]): T => {
      if (choices.length === 0) throw new Error('nothing to pick from');
      return choices[below(choices.length)]!;
    },
    chance: percent => below(100) < percent,
    maybe: (text, percent = 50) => (below(100) < percent ? text : ''),
    some: <T>(choices: readonly T[], least: number, most: number): T[] => {
      const wanted = Math.min(choices.length, least + below(most - least + 1));
      const chosen = new Set<number>();
      while (chosen.size < wanted) chosen.add(below(choices.length));
      return choices.filter((_, at) => chosen.has(at));
    },
  };
  return random;
}

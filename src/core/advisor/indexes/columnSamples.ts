import type { Column } from '../../catalog/catalog';

/** Values of a column as its statistics show them, with the share of the rows that each stands for. */
export interface Sample {
  readonly value: string;
  readonly share: number;
  /** One of the common values: all rows of its share are alike. */
  readonly isCommon: boolean;
}

export function columnSamples({ statistics }: Column): Sample[] {
  if (!statistics) return [];
  const { mostCommonValues = [], mostCommonFrequencies = [], histogramBounds = [], nullFraction } = statistics;
  const common = mostCommonValues.map((value, position) => ({
    value,
    share: mostCommonFrequencies[position] ?? 0,
    isCommon: true,
  }));
  const rest = Math.max(0, 1 - nullFraction - common.reduce((sum, { share }) => sum + share, 0));
  const share = rest / Math.max(1, histogramBounds.length);
  return [...common, ...histogramBounds.map(value => ({ value, share, isCommon: false }))];
}

/**
 * Number of distinct values in a population of which `sampled` were seen, `distinct` of them different and `once` of
 * these only once: the estimator Duj1 of Haas and Stokes (1998), which ANALYZE uses too.
 */
export function estimateDistinct(sampled: number, distinct: number, once: number, population: number): number {
  if (sampled === 0) return 0;
  const estimate = (sampled * distinct) / (sampled - once + (once * sampled) / Math.max(sampled, population));
  return Math.min(population, Math.max(distinct, estimate));
}

/** Parsed JSON, or undefined for what statistics have cut off. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

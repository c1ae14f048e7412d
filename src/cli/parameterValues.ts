import { UsageError } from './usage';

export type ParameterValues = Readonly<Record<string, string | null>>;

/** `--params`: an object by name, or an array by position. */
export function readParameterValues(json: string | undefined): ParameterValues {
  if (json === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new UsageError('--params must be JSON: {"name": "value"} or ["first", "second"].');
  }
  if (typeof parsed !== 'object' || parsed === null) throw new UsageError('--params must be a JSON object or array.');
  const entries = Array.isArray(parsed)
    ? parsed.map((value, i) => [String(i + 1), value] as const)
    : Object.entries(parsed);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

/**
 * The values of a statement's parameters in their order; none at all where none are given and none are required.
 * @throws UsageError that names those without a value
 */
export function parameterValues(
  parameters: readonly { readonly name: string }[],
  values: ParameterValues,
  { required }: { readonly required: boolean },
): (string | null)[] {
  const missing = parameters.filter(parameter => values[parameter.name] === undefined).map(parameter => parameter.name);
  if (missing.length === 0) return parameters.map(parameter => values[parameter.name] ?? null);
  // without values a generic plan can be shown, but nothing can be run
  if (!required && missing.length === parameters.length) return [];
  throw new UsageError(`--params lacks a value for ${missing.join(', ')}.`);
}

import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { SourceRange } from '../base/sourceRange';
import type { Configuration } from './configuration';
import type { JsonSchema } from './configurationSchema';

export interface ConfigurationProblem {
  readonly message: string;
  readonly range: SourceRange;
}

export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** In the order of the text. What they are about is left out of the configuration; the rest counts. */
  readonly problems: readonly ConfigurationProblem[];
}

/** Reads JSON with comments and trailing commas. Never throws. */
export function readConfiguration(text: string, schema: JsonSchema): ReadConfiguration {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const problems: ConfigurationProblem[] = errors.map(({ error, offset, length }) => ({
    message: `This is not JSON: ${words(printParseErrorCode(error))}.`,
    range: { start: offset, end: offset + length },
  }));
  const value = root ? check(root, schema, 'the configuration', problems) : undefined;
  problems.sort((a, b) => a.range.start - b.range.start);
  return { configuration: (value ?? {}) as Configuration, problems };
}

/** The node's value without what does not fit the schema. */
function check(node: Node, schema: JsonSchema, name: string, problems: ConfigurationProblem[]): unknown {
  const refuse = (message: string): undefined => {
    problems.push({ message, range: { start: node.offset, end: node.offset + node.length } });
    return undefined;
  };
  switch (schema.type) {
    case 'object':
      if (node.type !== 'object') return refuse(`${name} must be an object.`);
      return checkProperties(node, schema, problems);
    case 'array':
      if (node.type !== 'array' || !schema.items) return refuse(`${name} must be a list.`);
      return (node.children ?? []).flatMap(item => {
        const value = check(item, schema.items!, `an entry of ${name}`, problems);
        return value === undefined ? [] : [value];
      });
    case 'integer': {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      const value: unknown = node.value;
      if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
      const upTo = maximum === Infinity ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      return refuse(`${name} must be a whole number ${upTo}.`);
    }
    case 'number':
      return node.type === 'number' ? (node.value as number) : refuse(`${name} must be a number.`);
    case 'boolean':
      return node.type === 'boolean' ? (node.value as boolean) : refuse(`${name} must be true or false.`);
    case 'string':
      if (node.type !== 'string') return refuse(`${name} must be a text.`);
      if (schema.enum && !schema.enum.includes(node.value as string)) {
        return refuse(`${name} must be one of ${schema.enum.join(', ')}.`);
      }
      return node.value as string;
  }
}

function checkProperties(node: Node, schema: JsonSchema, problems: ConfigurationProblem[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { children } of node.children ?? []) {
    const [key, content] = children ?? [];
    if (!key || !content) continue;
    const name = key.value as string;
    const range = { start: key.offset, end: key.offset + key.length };
    const further = schema.additionalProperties || undefined;
    const known = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties![name] : further;
    if (!known) problems.push({ message: `There is nothing called "${name}" here.`, range });
    // `__proto__` would not become a property of its own.
    if (!known || name === '__proto__') continue;
    const value = check(content, known, `"${name}"`, problems);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** `PropertyNameExpected` -> "property name expected". */
function words(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter}`).toLowerCase();
}

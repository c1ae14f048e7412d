/** What our documents are made of. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Texts that need no quotes: nothing that YAML 1.1 or 1.2 takes for something else than a text. */
const PLAIN = /^[A-Za-z_][\w./-]*(?: [\w./-]+)*$/;
const WORDS_OF_YAML = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i;

/**
 * A small part of YAML that every reader agrees on: block mappings and lists, texts plain, in double quotes with
 * JSON's escapes, or as literal blocks.
 */
export function toYaml(value: YamlValue): string {
  return `${block(value, 0).join('\n')}\n`;
}

function block(value: YamlValue, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (isList(value)) {
    return value.flatMap(each => {
      const [first = '', ...rest] = isScalar(each) ? scalar(each, depth + 1) : block(each, depth + 1);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  if (isScalar(value)) return scalar(value, depth);
  return Object.entries(value).flatMap(([key, each]) => {
    const name = `${indent}${quoted(key)}:`;
    if (isScalar(each)) {
      const [first = '', ...rest] = scalar(each, depth + 1);
      return [`${name} ${first}`, ...rest];
    }
    const isEmpty = Object.keys(each).length === 0;
    return isEmpty ? [`${name} ${isList(each) ? '[]' : '{}'}`] : [name, ...block(each, depth + 1)];
  });
}

/** The first line stands behind what it belongs to; further ones are those of a literal block. */
function scalar(value: string | number | boolean, depth: number): string[] {
  if (typeof value !== 'string') return [String(value)];
  const lines = value.split('\n');
  // A literal block tells its indentation by its first line, and keeps neither trailing blanks nor odd characters.
  const isBlock =
    lines.length > 1 && /^\S/.test(value) && lines.every(line => /^(?:[\x20-\x7e]*[\x21-\x7e])?$/.test(line));
  if (!isBlock || value.endsWith('\n')) return [quoted(value)];
  return ['|-', ...lines.map(line => (line === '' ? '' : `${'  '.repeat(depth)}${line}`))];
}

function quoted(text: string): string {
  return PLAIN.test(text) && !WORDS_OF_YAML.test(text) ? text : JSON.stringify(text);
}

function isScalar(value: YamlValue): value is string | number | boolean {
  return typeof value !== 'object';
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

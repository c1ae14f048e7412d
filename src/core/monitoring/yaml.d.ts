/** What our documents are made of. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | {
      readonly [key: string]: YamlValue;
    };
/**
 * A small part of YAML that every reader agrees on: block mappings and lists, texts plain, in double quotes with
 * JSON's escapes, or as literal blocks.
 */
export declare function toYaml(value: YamlValue): string;

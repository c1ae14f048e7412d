import type { Catalog } from '../../src/core/catalog/catalog';
import { catalogFromDdl } from '../../src/core/catalog/catalogFromDdl';
import type { Finding } from '../../src/core/rules/finding';
import { lintScript } from '../../src/core/rules/linter';
import type { LintOptions } from '../../src/core/rules/linter';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';

/** Lints a text as a document of its own; `schema` is DDL for the catalog. */
export async function lintText(
  text: string,
  options: LintOptions & { readonly schema?: string } = {},
): Promise<Finding[]> {
  const { schema, ...rest } = options;
  const script = new Script(await loadGrammar(), text);
  return lintScript(script, { ...rest, ...(schema !== undefined && { catalog: await catalogOf(schema) }) });
}

/**
 * A catalog from DDL. A comment `-- of a connected server` makes it one that knows everything there is. A comment `-- orders: 500000 rows` says how many rows the table is thought to have. */
export async function catalogOf(schema: string): Promise<Catalog> {
  const catalog = catalogFromDdl(new Script(await loadGrammar(), schema), EMPTY_CATALOG);
  const rows = new Map([...schema.matchAll(/-- (\w+): (\d+) rows/g)].map(match => [match[1], Number(match[2])]));
  return {
    ...catalog,
    ...(schema.includes('-- of a connected server') && { source: 'server', functions: catalog.functions ?? [] }),
    relations: catalog.relations.map(relation => {
      const rowEstimate = rows.get(relation.name);
      return rowEstimate === undefined ? relation : { ...relation, rowEstimate };
    }),
  };
}

const EMPTY_CATALOG: Catalog = {
  source: 'ddl',
  searchPath: ['public'],
  relations: [],
  extensions: [],
  settings: {},
};

/** The text after the first fix of each finding. */
export function applyFirstFixes(text: string, findings: readonly Finding[]): string {
  const edits = findings.flatMap(finding => finding.fixes[0]?.edits ?? []);
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start || b.range.end - a.range.end)
    .reduce((current, { range, newText }) => current.slice(0, range.start) + newText + current.slice(range.end), text);
}

/** `rule: flagged text` of each finding. */
export function summarise(text: string, findings: readonly Finding[]): string[] {
  return findings.map(({ rule, range }) => `${rule}: ${text.slice(range.start, range.end)}`);
}

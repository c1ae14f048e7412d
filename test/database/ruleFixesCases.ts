import type { Rule } from '../../src/core/rules/defineRule';
import type { Edit } from '../../src/core/rules/finding';
import { applyEdits, safeEdits } from '../../src/core/rules/applyFixes';
import { RULES } from '../../src/core/rules/registry';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import type { ParsedStatement } from '../../src/core/sql/statement';
import { lintText } from '../rules/lintText';
import { CONDITIONS } from './ruleFixesConditions';
import { QUERIES } from './ruleFixesQueries';
import { GUESSES, PLAIN, guessSchema } from './ruleFixesSchema';

/** A text some rule may change, and the tables it speaks of if they are known. */
export interface Source {
  readonly title: string;
  readonly sql: string;
  readonly schema?: string;
  /** The rule that brings it as an example of what it flags. */
  readonly rule?: Rule;
}

/** One fix of a text, over tables as they are or are guessed. */
export interface FixCase {
  readonly title: string;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
  readonly schema: string;
}

/** Examples of all rules, good ones too: what is good for one rule may be changed by another. */
export const SOURCES: readonly Source[] = [
  ...RULES.flatMap(rule =>
    rule.examples.map((example): Source => {
      const schema = example.schema === undefined ? {} : { schema: example.schema };
      return 'bad' in example
        ? { title: `${rule.id}, ${example.title}`, sql: example.bad, rule, ...schema }
        : { title: `${rule.id}, ${example.title}`, sql: example.good, ...schema };
    }),
  ),
  ...[...CONDITIONS, ...QUERIES].map((further): Source => ({ title: further.sql, ...further })),
];

export async function parse(text: string): Promise<ParsedStatement[]> {
  return new Script(await loadGrammar(), text).statements.map(({ statement }) => statement);
}

/**
 * The safe fixes any rule has for a text, with and without knowing its tables; without `schema` over all that the
 * tables could be. Each alone, and those of a rule together, because some repair a statement only so.
 */
export async function safeFixes(source: Source, serverVersion: number): Promise<FixCase[]> {
  const statements = await parse(source.sql);
  const schemas = source.schema === undefined ? GUESSES.map(guess => guessSchema(statements, guess)) : [source.schema];
  const cases = new Cases(source);
  for (const schema of new Set(schemas)) {
    for (const known of [schema, undefined]) {
      const findings = await lint(source.sql, RULES, known, serverVersion);
      for (const { rule, fixes } of findings)
        for (const { safe, edits } of fixes) if (safe) cases.add(rule, edits, schema);
      for (const rule of new Set(findings.map(finding => finding.rule))) {
        const together = safeEdits(findings.filter(finding => finding.rule === rule));
        if (together.length > 0) cases.add(rule, together, schema);
      }
    }
  }
  return cases.all();
}

/** The other fixes that the rule of a bad example offers for it. */
export async function otherFixes(source: Source, serverVersion: number): Promise<FixCase[]> {
  const { rule } = source;
  // Those of the ddl group are run by ddlFixes.test.ts, outside of transactions.
  if (!rule || rule.id.startsWith('ddl/')) return [];
  const schema = source.schema ?? guessSchema(await parse(source.sql), PLAIN);
  const known = source.schema ?? (rule.needs.includes('catalog') ? '' : undefined);
  const cases = new Cases(source);
  const findings = await lint(source.sql, [rule], known, serverVersion);
  for (const { fixes } of findings) for (const { safe, edits } of fixes) if (!safe) cases.add(rule.id, edits, schema);
  if (findings.length > 1)
    cases.add(
      rule.id,
      findings.flatMap(({ fixes }) => fixes[0]?.edits ?? []),
      schema,
    );
  return cases.all();
}

function lint(sql: string, rules: readonly Rule[], schema: string | undefined, serverVersion: number) {
  return lintText(sql, { rules, serverVersion, ...(schema !== undefined && { schema }) });
}

/** Fixes of one text, each once for each schema. */
class Cases {
  private readonly found = new Map<string, FixCase>();

  constructor(private readonly source: Source) {}

  add(rule: string, edits: readonly Edit[], schema: string): void {
    const { title, sql } = this.source;
    const after = applyEdits(sql, edits);
    this.found.set(`${after}\n${schema}`, { title, rule, before: sql, after, schema });
  }

  all(): FixCase[] {
    return [...this.found.values()];
  }
}

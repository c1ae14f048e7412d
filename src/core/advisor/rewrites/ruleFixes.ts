import type { Fix } from '../../rules/finding';
import { EMPTY_FILE } from '../../rules/fileContext';
import { RULES } from '../../rules/registry';
import { runRules } from '../../rules/runRules';
import { DEFAULT_THRESHOLDS } from '../../rules/thresholds';
import type { ParsedStatement } from '../../sql/statement';
import type { RewriteSurroundings } from './registry';
import type { Equality, Rewrite } from './rewrite';
import { RULE_FACTS } from './ruleFacts';

const WRAPPED = RULES.filter(({ id, needs }) => id in RULE_FACTS && !needs.includes('file'));

/** What the fixes of rules make of a statement, as rewrites. Offsets are relative to the statement. */
export function fixesAsRewrites(statement: ParsedStatement, around: RewriteSurroundings): Rewrite[] {
  const { catalog, thresholds = DEFAULT_THRESHOLDS } = around;
  const serverVersion = catalog?.serverVersion ?? around.serverVersion;
  const { rewriteFailed: ruleFailed } = around;
  const surroundings = { catalog, serverVersion, thresholds, ...(ruleFailed && { ruleFailed }) };
  const findings = runRules(statement, WRAPPED, surroundings, EMPTY_FILE, EMPTY_FILE);
  return findings.flatMap(({ rule, range, guideline, fixes }) =>
    fixes.map(fix => ({
      id: rule,
      title: fix.title,
      range,
      edits: fix.edits,
      equality: equalityOf(rule, fix),
      why: RULES_BY_ID.get(rule)!.docs.why,
      ...(guideline && { guideline }),
    })),
  );
}

const RULES_BY_ID = new Map(WRAPPED.map(rule => [rule.id, rule]));

function equalityOf(rule: string, { safe, facts }: Fix): Equality {
  const said = RULE_FACTS[rule]!;
  return safe
    ? { kind: 'provably equal', facts: facts ?? said.facts }
    : { kind: 'needs checking', differences: said.differences };
}

import { PatternList } from '../sql/patternList';
import type { Rule } from './defineRule';

/** A rule and what is asked of it before each check. One shape for all, which the rules as written have not. */
export interface AppliedRule {
  readonly rule: Rule;
  readonly needsFile: boolean;
  /** Text without which it finds nothing. */
  readonly mentions: RegExp | undefined;
}

/** A rule with its place among the rules of a kind. */
interface NumberedRule extends AppliedRule {
  readonly number: number;
}

const tables = new WeakMap<readonly Rule[], RuleTable>();

/** The table of a list of rules, made once. */
export function tableOf(rules: readonly Rule[]): RuleTable {
  let table = tables.get(rules);
  if (!table) tables.set(rules, (table = new RuleTable(rules)));
  return table;
}

/** Which of many rules a statement concerns. A file has thousands of statements, but they are much alike. */
export class RuleTable {
  /** The rules over settings that read the lines of a configuration file, where there is no tree. */
  readonly onConfiguration: readonly AppliedRule[];
  private readonly all: readonly AppliedRule[];
  private readonly withCatalog = new Map<string, KindRules>();
  private readonly withoutCatalog = new Map<string, KindRules>();

  constructor(rules: readonly Rule[]) {
    this.all = rules.map(rule => ({
      rule,
      needsFile: rule.needs.includes('file'),
      mentions: rule.mentions,
    }));
    this.onConfiguration = this.all.filter(({ rule }) => rule.id.startsWith('settings/') && !rule.kinds);
  }

  /** Those that look at statements of a kind and get what they need. */
  ofKind(kind: string, hasCatalog: boolean): KindRules {
    const known = hasCatalog ? this.withCatalog : this.withoutCatalog;
    let found = known.get(kind);
    if (!found) {
      const rules = this.all.filter(
        ({ rule: { kinds, needs } }) => (!kinds || kinds.includes(kind)) && (hasCatalog || !needs.includes('catalog')),
      );
      known.set(kind, (found = new KindRules(rules)));
    }
    return found;
  }
}

/** The rules for one kind of statement. */
class KindRules {
  private readonly root = new Step();
  /** The types some rule asks for; the others make no difference. */
  private readonly telling: ReadonlySet<string>;
  private readonly rules: readonly NumberedRule[];
  /** What the rules must find in the text, by their numbers. */
  readonly mentions: PatternList;

  constructor(rules: readonly AppliedRule[]) {
    this.rules = rules.map((applied, number) => ({ ...applied, number }));
    this.mentions = new PatternList(rules.map(({ mentions }) => mentions));
    this.telling = new Set(rules.flatMap(({ rule }) => rule.nodes ?? []));
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  /** Those that find something only in nodes the statement has. A statement that is like an earlier one costs a few look-ups. */
  withTypes(types: Iterable<string>): readonly NumberedRule[] {
    let step = this.root;
    for (const type of types) {
      if (!this.telling.has(type)) continue;
      let next = step.next.get(type);
      if (!next) step.next.set(type, (next = new Step(step, type)));
      step = next;
    }
    step.rules ??= this.choose(step);
    return step.rules;
  }

  private choose(last: Step): readonly NumberedRule[] {
    const types = new Set<string>();
    for (let step: Step | undefined = last; step; step = step.before) types.add(step.type);
    return this.rules.filter(({ rule: { nodes } }) => !nodes || nodes.some(type => types.has(type)));
  }
}

/** The way from type to type in the order a statement has them: no text has to be put together to look it up. */
class Step {
  readonly next = new Map<string, Step>();
  rules: readonly NumberedRule[] | undefined;

  constructor(
    readonly before?: Step,
    readonly type = '',
  ) {}
}

import type { JoinSource, Source } from '../../sql/names/scope';
import type { PlanNode } from '../planTree';
import { rawTexts } from '../rawValue';
import type { ColumnOfSource } from './columnOrigins';
import type { ConditionMarks, PlanColumn, PlanCondition } from './conditions';
import { readPlanConditions } from './conditions';
import type { Conjunct, Conjuncts } from './conjuncts';
import type { Block } from './statementBlocks';
import { leafSources } from './statementBlocks';
import type { ScanSource, ScanSources } from './scanSources';

/** Fields of a node that hold conditions. */
const CONDITIONS = [
  'Index Cond', 'Recheck Cond', 'Filter', 'Hash Cond', 'Merge Cond', 'Join Filter', 'TID Cond', 'One-Time Filter',
]; // prettier-ignore

/** Finds the conditions of the SQL that those of a plan come from. */
export interface ConditionMatcher {
  /** All conditions of a node that are found again. */
  of(node: PlanNode): readonly MatchedCondition[];
  isColumn(column: PlanColumn, origins: readonly ColumnOfSource[]): boolean;
}

export interface MatchedCondition {
  readonly condition: PlanCondition;
  readonly conjunct: Conjunct;
}

interface Known {
  readonly conjuncts: Conjuncts;
  readonly scans: ScanSources;
  /** What the node, or the scan it makes a bitmap for, reads. */
  readonly scanOf: (node: PlanNode) => ScanSource | undefined;
  /** The query that a SubPlan or InitPlan of this number was planned for. */
  readonly subplan: (number: string) => Block | undefined;
}

export function matchConditions({ conjuncts, scans, scanOf, subplan }: Known): ConditionMatcher {
  const known = new Map<PlanNode, MatchedCondition[]>();
  return { of, isColumn: (column, origins) => origins.some(origin => isOrigin(column, undefined, origin)) };

  function of(node: PlanNode): readonly MatchedCondition[] {
    const found =
      known.get(node) ?? CONDITIONS.flatMap(field => rawTexts(node.raw, field)).flatMap(text => match(text, node));
    known.set(node, found);
    return found;
  }

  function match(text: string, node: PlanNode): MatchedCondition[] {
    return readPlanConditions(text).flatMap(condition => {
      const conjunct = matchOne(condition, node);
      return conjunct ? [{ condition, conjunct }] : [];
    });
  }

  function matchOne(condition: PlanCondition, node: PlanNode): Conjunct | undefined {
    for (const number of condition.subplans) {
      const block = subplan(number);
      const asking = block && conjuncts.asking(block.query);
      if (asking) return asking;
    }
    const own = scanOf(node)?.source;
    const candidates = candidatesFor(condition, node);
    const fitting = candidates.filter(conjunct => isAbout(condition, conjunct, own));
    return best(condition, fitting);
  }

  /** The conditions of the queries that the columns' tables belong to, and of those around them. */
  function candidatesFor(condition: PlanCondition, node: PlanNode): Conjunct[] {
    const blocks = new Set<Block>();
    const homes = condition.columns.map(({ alias }) => homeOf(alias) ?? scanOf(node)?.block);
    for (const home of homes) {
      for (let block = home; block && !blocks.has(block); block = block.parent) blocks.add(block);
    }
    const found = new Set<Conjunct>();
    for (const block of blocks) {
      for (const { name, alias } of condition.columns) {
        for (const each of conjuncts.named(block, name)) found.add(each);
        if (alias !== undefined) for (const each of conjuncts.named(block, alias)) found.add(each);
      }
      for (const each of conjuncts.natural(block)) found.add(each);
    }
    return [...found];
  }

  function homeOf(alias: string | undefined): Block | undefined {
    return alias === undefined ? undefined : scans.blockOf(alias);
  }

  /** True if both mention the same columns. */
  function isAbout({ columns }: PlanCondition, conjunct: Conjunct, own: Source | undefined): boolean {
    if (conjunct.natural) return isNatural(columns, conjunct.natural);
    return (
      columns.length > 0 &&
      columns.every(column => conjunct.columns.some(each => each.some(origin => isOrigin(column, own, origin)))) &&
      conjunct.columns.every(each => each.some(origin => columns.some(column => isOrigin(column, own, origin))))
    );
  }

  function isNatural(columns: readonly PlanColumn[], { left, right }: JoinSource): boolean {
    const [a, b] = columns;
    if (columns.length !== 2 || !a || !b || a.name !== b.name) return false;
    const sources = [a, b].map(({ alias }) => scans.byAlias.get(alias ?? ''));
    const isIn = (side: Source, source: Source | undefined): boolean =>
      source !== undefined && leafSources([side]).includes(source);
    return [sources, sources.toReversed()].some(([one, other]) => isIn(left, one) && isIn(right, other));
  }

  function isOrigin({ alias, name }: PlanColumn, own: Source | undefined, origin: ColumnOfSource): boolean {
    const source = alias === undefined ? own : scans.byAlias.get(alias);
    if (source !== origin.source && (source || alias !== undefined)) return false;
    // a function's only column goes by the function's alias in SQL, by its own name in a plan
    return origin.name === name || (source?.kind === 'function' && origin.name === source.name);
  }
}

/** The one that shares most operators and constants; none if several share as many. */
function best({ marks }: PlanCondition, conjuncts: readonly Conjunct[]): Conjunct | undefined {
  if (conjuncts.length < 2) return conjuncts[0];
  const scored = conjuncts.map(conjunct => ({ conjunct, score: likeness(marks, conjunct.marks) }));
  const most = Math.max(...scored.map(({ score }) => score));
  const winners = scored.filter(({ score }) => score === most);
  return winners.length === 1 ? winners[0]!.conjunct : undefined;
}

function likeness(a: ConditionMarks, b: ConditionMarks): number {
  return shared(a.operators, b.operators) + 2 * shared(a.constants, b.constants);
}

/** How many both have, less those that only one has. */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter(each => b.has(each)).length;
  return both - (a.size + b.size - 2 * both) / 2;
}

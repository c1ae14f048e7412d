import { shiftRange } from '../core/base/sourceRange';
import { findEstimateOrigins } from '../core/plan/estimateOrigins';
import { findNodeSources } from '../core/plan/nodeSources';
import type { PlanComparison, PlanFinding, PlanTree } from '../core/plan/planTree';
import type { ParsedStatement } from '../core/sql/statement';
import { buildComparison } from './comparisonView';
import { buildNode } from './nodeView';
import type { NodeView, PlanView, SuggestionView } from './planPanel';
import { buildStatistics } from './statementView';

export { describeType } from './nodeView';

export interface PlanViewParts {
  readonly title: string;
  readonly sql: string;
  readonly connection: string;
  readonly server: string;
  readonly tree: PlanTree;
  /** The statement of `sql`; without it no node is traced back to a part of it. */
  readonly statement?: ParsedStatement;
  readonly findings: readonly PlanFinding[];
  readonly suggestions?: readonly SuggestionView[];
  readonly notes?: readonly string[];
  readonly comparison?: PlanComparison;
}

/** The snapshot the plan panel shows: plain data without references into the tree. */
export function buildPlanView(parts: PlanViewParts): PlanView {
  const { tree } = parts;
  const origins = new Set(findEstimateOrigins(tree).map(({ id }) => id));
  const unread = tree.notUnderstood.map(line => `Not understood: ${line}`);
  return {
    title: parts.title,
    sql: parts.sql,
    connection: parts.connection,
    server: parts.server,
    analyzed: tree.analyzed,
    planningMs: tree.planningMs,
    executionMs: tree.executionMs,
    totalCost: tree.root.figures.totalCost,
    nodes: addSources(
      parts,
      tree.nodes.map(node => buildNode(node, tree, origins)),
    ),
    triggers: tree.triggers.map(({ name, constraint, ms, calls }) => ({ name: constraint ?? name, ms, calls })),
    jitMs: tree.jit?.totalMs,
    findings: parts.findings.map(finding => ({ ...finding })),
    suggestions: parts.suggestions ?? [],
    notes: [...(parts.notes ?? []), ...settingsNote(tree), ...unread],
    settings: Object.entries(tree.settings).map(([name, value]) => ({ name, value })),
    statistics: buildStatistics(tree),
    ...(tree.notUnderstood.length > 0 && { problems: tree.notUnderstood }),
    comparison: parts.comparison && buildComparison(parts.comparison),
  };
}

/** The parts of the SQL shown that each node comes from; the statement is without what the SQL may have around it. */
function addSources({ statement, sql, tree }: PlanViewParts, nodes: readonly NodeView[]): readonly NodeView[] {
  const start = statement ? sql.indexOf(statement.text) : -1;
  if (!statement || start < 0) return nodes;
  const sources = findNodeSources(statement, tree);
  return nodes.map(node => {
    const ranges = sources.get(node.id);
    return ranges ? { ...node, sqlRanges: ranges.map(range => shiftRange(range, start)) } : node;
  });
}

function settingsNote(tree: PlanTree): string[] {
  const pairs = Object.entries(tree.settings).map(([name, value]) => `${name} = ${value}`);
  return pairs.length === 0 ? [] : [`Settings that differ from their defaults: ${pairs.join(', ')}`];
}

import * as vscode from 'vscode';
import { formatCount, formatMs } from '../../core/base/units';
import type { SavedPlanEntry } from '../../protocol/savedPlan';

/**
 * Asks for one of several plans, the slowest first.
 * @param shown index of the one that is shown now
 * @returns the index of the chosen one
 */
export async function pickSavedPlan(plans: readonly SavedPlanEntry[], shown?: number): Promise<number | undefined> {
  const items = plans.map((plan, index) => ({
    label: plain(plan.title),
    description: `${describe(plan, index)}${index === shown ? vscode.l10n.t(', shown now') : ''}`,
    index,
  }));
  const weight = (index: number): number => plans[index]?.executionMs ?? 0;
  items.sort((a, b) => weight(b.index) - weight(a.index) || a.index - b.index);
  const pick = vscode.window.createQuickPick<(typeof items)[number]>();
  pick.items = items;
  pick.placeholder = plans.some(({ executionMs }) => executionMs !== undefined)
    ? vscode.l10n.t('Plan to show; the slowest first')
    : vscode.l10n.t('Plan to show');
  pick.matchOnDescription = true;
  try {
    return await new Promise(resolve => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.index));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

function describe({ executionMs, totalCost, nodes, line }: SavedPlanEntry, index: number): string {
  return [
    executionMs !== undefined
      ? formatMs(executionMs)
      : totalCost !== undefined && vscode.l10n.t('cost {0}', formatCount(totalCost)),
    nodes === 1 ? '1 node' : vscode.l10n.t('{0} nodes', formatCount(nodes)),
    line === undefined ? vscode.l10n.t('plan {0}', index + 1) : vscode.l10n.t('line {0}', line),
  ]
    .filter(Boolean)
    .join(', ');
}

/** A quick pick reads `$(name)` as a picture. */
function plain(title: string): string {
  return title.replace(/\$\(/g, '$ (');
}

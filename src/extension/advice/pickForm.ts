import * as vscode from 'vscode';
import { formatBytes, formatCost } from '../../core/base/units';
import type { AdvisedIndexView, AlternativesView, AlternativeView } from '../../protocol/advice';
import { shortTitle } from './adviceState';

interface FormItem extends vscode.QuickPickItem {
  readonly form?: AlternativeView;
}

/**
 * Lists the other forms of an index while they are planned, and lets one be chosen.
 * @returns undefined if none was, or the one that is there already
 * @throws whatever planning them throws; nothing once the list was closed
 */
export async function pickForm(
  index: AdvisedIndexView,
  plan: (token: vscode.CancellationToken, tell: (text: string) => void) => Promise<AlternativesView>,
): Promise<AlternativeView | undefined> {
  const pick = vscode.window.createQuickPick<FormItem>();
  const cancelling = new vscode.CancellationTokenSource();
  pick.title = vscode.l10n.t('Other forms of the index on {0}', shortTitle(index.title));
  pick.placeholder = vscode.l10n.t('Planning the statements with each form...');
  pick.matchOnDetail = true;
  pick.busy = true;
  const chosen = new Promise<AlternativeView | undefined>(resolve => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) resolve(item.form);
    });
    pick.onDidHide(() => resolve(undefined));
  }).finally(() => cancelling.cancel());
  pick.show();
  try {
    const planned = plan(cancelling.token, text => (pick.placeholder = text)).then(found => {
      pick.busy = false;
      pick.placeholder = vscode.l10n.t('Cost saved in all ({0}), and size. Enter takes the form.', found.whatIf);
      pick.items = formItems(index, found);
      return chosen;
    });
    return await Promise.race([chosen, planned]);
  } finally {
    cancelling.dispose();
    pick.dispose();
  }
}

function formItems(index: AdvisedIndexView, found: AlternativesView): FormItem[] {
  const { costWith, costWithout, estimatedBytes, forms } = found;
  const { QuickPickItemKind } = vscode;
  const none = { label: vscode.l10n.t('No other form would serve these statements here'), alwaysShow: true };
  return [
    { label: vscode.l10n.t('As it is now'), kind: QuickPickItemKind.Separator },
    {
      label: shortTitle(index.title),
      detail: `${savedText(costWithout, costWith)}, ${formatBytes(estimatedBytes)}`,
    },
    { label: vscode.l10n.t('Other forms'), kind: QuickPickItemKind.Separator },
    ...(forms.length === 0 ? [none] : []),
    ...forms.map(form => ({
      label: shortTitle(form.title),
      detail: `${savedText(costWithout, form.costAfter)}, ${formatBytes(form.estimatedBytes)}: ${form.differences.join(', ')}`,
      form,
    })),
  ];
}

/** Less than this of the cost is no difference that a planner's estimate could tell. */
const NOTHING = 0.0001;

function savedText(without: number, cost: number): string {
  const saved = without - cost;
  if (Math.abs(saved) <= NOTHING * without) return vscode.l10n.t('saves nothing');
  return saved > 0
    ? vscode.l10n.t('saves {0}', formatCost(saved))
    : vscode.l10n.t('costs {0} more', formatCost(-saved));
}

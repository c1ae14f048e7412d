import * as vscode from 'vscode';
import { adviceMessage } from './adviceMessage';
import { adviceNodes, type AdviceNode } from './adviceNodes';
import type { AdviceState } from './adviceState';

export const SHOW_COMMAND = 'queryTuner.advice.show';

/** The tree in the side bar. It shows a state and tells which boxes are changed; it holds no other state. */
export class AdviceTree implements vscode.TreeDataProvider<AdviceNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<AdviceNode>;
  #roots: readonly AdviceNode[] = [];

  constructor(onChecked: (changes: ReadonlyMap<string, boolean>) => void) {
    this.#view = vscode.window.createTreeView('queryTuner.advice', {
      treeDataProvider: this,
      manageCheckboxStateManually: true,
      showCollapseAll: true,
    });
    this.#view.onDidChangeCheckboxState(({ items }) => {
      onChecked(new Map(items.map(([{ id }, state]) => [id, state === vscode.TreeItemCheckboxState.Checked])));
    });
  }

  show(state: AdviceState | undefined): void {
    this.#roots = state ? adviceNodes(state) : [];
    this.#view.message = state ? adviceMessage(state) : '';
    this.#view.description = state?.connection ?? '';
    this.#changed.fire();
  }

  /** Brings the view to the front without taking the keyboard. */
  async reveal(): Promise<void> {
    const [first] = this.#roots;
    if (first) await this.#view.reveal(first, { select: false, focus: false });
  }

  /** The row chosen last, if it is of this kind. */
  selected(kind: string): AdviceNode | undefined {
    return this.#view.selection.find(node => node.kind === kind);
  }

  getChildren(node?: AdviceNode): AdviceNode[] {
    return [...(node?.children ?? this.#roots)];
  }

  /** Needed to reveal a node; only the roots are. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: AdviceNode): vscode.TreeItem {
    const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      node.label,
      node.children.length === 0 ? None : node.isOpen === false ? Collapsed : Expanded,
    );
    item.id = node.id;
    if (node.description !== undefined) item.description = node.description;
    if (node.tooltip !== undefined) item.tooltip = node.tooltip;
    // Without it a screen reader would read the tooltip, which is long.
    item.accessibilityInformation = { label: [node.label, node.description].filter(Boolean).join(', ') };
    if (node.kind !== undefined) item.contextValue = node.kind;
    if (node.icon !== undefined) item.iconPath = new vscode.ThemeIcon(node.icon);
    if (node.checked !== undefined) {
      const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
      item.checkboxState = node.checked ? Checked : Unchecked;
    }
    if (node.shows) item.command = { command: SHOW_COMMAND, title: vscode.l10n.t('Show'), arguments: [node.shows] };
    return item;
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}

import * as vscode from 'vscode';
import type { HealthStatus } from '../../core/health/check';
import type { HealthView } from '../../protocol/health';
import { healthMessage, healthNodes, type EarlierValues, type HealthNode } from './healthNodes';

/** Shape and colour, and the word itself for screen readers. */
const ICONS: Readonly<Record<HealthStatus, vscode.ThemeIcon>> = {
  ok: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  critical: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  unknown: new vscode.ThemeIcon('question'),
};

/** The tree in the side bar; it shows a view and holds no other state. */
export class HealthTree implements vscode.TreeDataProvider<HealthNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<HealthNode>;
  readonly onDidChangeVisibility: vscode.Event<vscode.TreeViewVisibilityChangeEvent>;
  #roots: readonly HealthNode[] = [];

  constructor() {
    this.#view = vscode.window.createTreeView('queryTuner.health', { treeDataProvider: this, showCollapseAll: true });
    this.onDidChangeVisibility = this.#view.onDidChangeVisibility;
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  show(view: HealthView, connection: string, history: EarlierValues): void {
    this.#roots = healthNodes(view, history);
    this.#view.description = connection;
    this.#view.message = healthMessage(view);
    this.#changed.fire();
  }

  /** Keeps what is shown, and says why it is not newer. */
  fail(reason: string): void {
    this.#view.message = reason;
  }

  /** Brings the view to the front without taking the keyboard. */
  async reveal(): Promise<void> {
    const [first] = this.#roots;
    if (first) await this.#view.reveal(first, { select: false, focus: false });
  }

  getChildren(node?: HealthNode): HealthNode[] {
    return [...(node?.children ?? this.#roots)];
  }

  /** Needed to reveal a node; only the roots are. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: HealthNode): vscode.TreeItem {
    const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      node.label,
      node.children.length === 0 ? None : node.isOpen ? Expanded : Collapsed,
    );
    // With the state in it: a tree keeps what somebody closed, and opens what has become alarming.
    item.id = `${node.id}:${node.isOpen}`;
    item.description = node.description;
    item.tooltip = node.tooltip === '' ? node.label : new vscode.MarkdownString(node.tooltip);
    item.iconPath = ICONS[node.status];
    item.accessibilityInformation = {
      label: [node.label, node.status, node.description].filter(Boolean).join(', '),
    };
    if (node.step) item.contextValue = 'step';
    return item;
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}

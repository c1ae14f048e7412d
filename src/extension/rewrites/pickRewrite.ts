import * as vscode from 'vscode';
import type { RewriteInfo, RewriteList } from '../../protocol/rewrites';

interface RewriteItem extends vscode.QuickPickItem {
  readonly info: RewriteInfo;
}

/** Lets the user choose a rewrite; undefined if they give up. `told` is what an earlier verification said of one. */
export async function pickRewrite(
  { title, rewrites }: RewriteList,
  told: (info: RewriteInfo) => string | undefined,
): Promise<RewriteInfo | undefined> {
  const items = rewrites.map((info): RewriteItem => {
    const isProved = info.equality.kind === 'provably equal';
    const verified = told(info);
    return {
      info,
      label: `$(${isProved ? 'check' : 'question'}) ${info.title}`,
      description: [isProved ? 'same rows' : 'rows to be checked', ...(verified ? [verified] : [])].join(', '),
      detail: info.why,
    };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Rewrite: ${title}`,
    placeHolder: 'Choose one to see it beside the original; nothing is changed yet',
    matchOnDescription: true,
  });
  return chosen?.info;
}

/** How it is known that the rows stay the same, or how they could differ, in one sentence. */
export function describeEquality({ equality }: RewriteInfo): string {
  if (equality.kind === 'needs checking') return `The rows could differ: ${equality.differences.join('; ')}.`;
  const because = equality.facts.length > 0 ? `: ${equality.facts.join('; ')}` : '';
  return `The rows stay the same${because}.`;
}

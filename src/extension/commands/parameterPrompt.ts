import * as vscode from 'vscode';
import type { ParameterInfo, ParameterValues, StatementInfo } from '../../protocol/server';

const REMEMBERED = 'queryTuner.parameterValues';

interface ValueChoice extends vscode.QuickPickItem {
  readonly value?: string | null;
  readonly generic?: boolean;
}

/**
 * Asks for the values of a statement's parameters: the value used last, common and rare ones from the statistics, NULL,
 * or one typed in. `'generic'` if the user wants a plan without values; undefined if they give up.
 */
export async function askParameters(
  statement: StatementInfo,
  infos: readonly ParameterInfo[],
  analyze: boolean,
  memory: vscode.Memento,
): Promise<ParameterValues | 'generic' | undefined> {
  const remembered = memory.get<Record<string, string | null>>(REMEMBERED, {});
  const values: Record<string, string | null> = {};
  const names = [...new Set(statement.parameters.map(parameter => parameter.name))];
  for (const [index, name] of names.entries()) {
    const info = infos.find(candidate => candidate.name === name);
    const about = [info?.column, info?.type].filter(Boolean).join(', ');
    const title = vscode.l10n.t(
      'Parameter {0} of {1}: {2}{3}',
      index + 1,
      names.length,
      name,
      about ? ` (${about})` : '',
    );
    const key = info?.column ?? name;
    const choice = await askValue(title, choices(info, remembered[key], !analyze && index === 0));
    if (choice === undefined) return undefined;
    if (choice.generic) return 'generic';
    values[name] = remembered[key] = choice.value ?? null;
  }
  await memory.update(REMEMBERED, remembered);
  return values;
}

function choices(
  info: ParameterInfo | undefined,
  last: string | null | undefined,
  offerGeneric: boolean,
): ValueChoice[] {
  const proposals = info?.proposals.filter(({ value }) => value !== last) ?? [];
  return [
    ...(last === undefined ? [] : [{ label: last ?? 'NULL', description: vscode.l10n.t('used last'), value: last }]),
    ...proposals.map(({ value, note }) => ({ label: value, description: note, value })),
    ...(last === null ? [] : [{ label: 'NULL', value: null }]),
    ...(offerGeneric
      ? [{ label: vscode.l10n.t('Plan without values'), description: vscode.l10n.t('a generic plan'), generic: true }]
      : []),
  ];
}

/** A list in which a value can be typed as well as chosen. */
function askValue(title: string, items: readonly ValueChoice[]): Promise<ValueChoice | undefined> {
  return new Promise(resolve => {
    const picker = vscode.window.createQuickPick<ValueChoice>();
    picker.title = title;
    picker.placeholder = vscode.l10n.t('Type a value as PostgreSQL reads it, without quotes, or choose one');
    picker.ignoreFocusOut = true;
    picker.items = items;
    picker.onDidChangeValue(text => {
      const typed = { label: text, description: 'typed', value: text, alwaysShow: true };
      picker.items = text === '' ? items : [typed, ...items];
    });
    picker.onDidAccept(() => {
      const [choice] = picker.selectedItems;
      if (!choice) return;
      resolve(choice);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

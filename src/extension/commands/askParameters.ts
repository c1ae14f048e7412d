import * as vscode from 'vscode';
import type { ParameterInfo, ParameterValues, StatementInfo } from '../../protocol/server';

const REMEMBERED = 'queryTuner.parameterValues';

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
  const remembered = { ...memory.get<Record<string, string | null>>(REMEMBERED, {}) };
  const values: Record<string, string | null> = {};
  const names = [...new Set(statement.parameters.map(parameter => parameter.name))];
  for (const [index, name] of names.entries()) {
    const info = infos.find(candidate => candidate.name === name);
    const chosen = await askValue(name, info, remembered[name], !analyze && index === 0, `${index + 1} of ${names.length}`);
    if (chosen === undefined) return undefined;
    if (chosen.generic) return 'generic';
    values[name] = chosen.value;
  }
  await memory.update(REMEMBERED, { ...remembered, ...values });
  return values;
}

interface Choice extends vscode.QuickPickItem {
  readonly value?: string | null;
  readonly generic?: boolean;
}

async function askValue(
  name: string,
  info: ParameterInfo | undefined,
  last: string | null | undefined,
  offerGeneric: boolean,
  step: string,
): Promise<{ value: string | null; generic?: boolean } | undefined> {
  const what = [info?.type, info?.column].filter(Boolean).join(', ');
  const proposals: Choice[] = [
    ...(last === undefined ? [] : [{ label: last ?? 'NULL', description: 'used last', value: last }]),
    ...(info?.proposals ?? []).filter(p => p.value !== last).map(p => ({ label: p.value, description: p.note, value: p.value })),
    ...(last === null ? [] : [{ label: 'NULL', value: null }]),
    ...(offerGeneric ? [{ label: '$(symbol-parameter) Plan without values', description: 'generic plan', generic: true }] : []),
  ];
  return new Promise(resolve => {
    const picker = vscode.window.createQuickPick<Choice>();
    picker.title = `Value of ${name}${what ? ` (${what})` : ''}, ${step}`;
    picker.placeholder = 'Type a value or choose one';
    picker.ignoreFocusOut = true;
    picker.items = proposals;
    picker.onDidChangeValue(text => {
      picker.items = text === '' ? proposals : [{ label: text, description: 'typed', value: text, alwaysShow: true }, ...proposals];
    });
    picker.onDidAccept(() => {
      const [choice] = picker.selectedItems;
      if (!choice) return;
      resolve({ value: choice.value ?? null, ...(choice.generic && { generic: true }) });
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

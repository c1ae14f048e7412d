import type { CodeLens } from 'vscode-languageserver';
import type { ScriptDocument } from '../scriptDocument';
import { isExplainable } from '../statementInfo';

/** Above this many statements a lens is sent without its command, and completed when it scrolls into view. */
export const RESOLVED_LENSES_LIMIT = 300;
/** Above this many statements there are no lenses: the commands and their keys remain. */
export const LENSES_LIMIT = 5000;

const LENS_COMMANDS = [
  { title: '$(graph) Explain', command: 'queryTuner.plan.explain' },
  { title: '$(play) Explain Analyze', command: 'queryTuner.plan.explainAnalyze' },
  { title: '$(lightbulb) Suggest indexes', command: 'queryTuner.index.suggest' },
] as const;

interface LensData {
  readonly uri: string;
  readonly which: number;
}

/** Explain, Explain Analyze and Suggest Indexes above each statement that has a plan. */
export function codeLenses(document: ScriptDocument): CodeLens[] {
  const { statements } = document.script;
  if (statements.length > LENSES_LIMIT) return [];
  const resolved = statements.length <= RESOLVED_LENSES_LIMIT;
  return statements
    .filter(({ statement }) => isExplainable(statement))
    .flatMap(({ range }) => {
      const start = document.lines.positionAt(range.start);
      return LENS_COMMANDS.map((_, which): CodeLens => {
        const lens: CodeLens = { range: { start, end: start }, data: { uri: document.uri, which } satisfies LensData };
        return resolved ? resolveLens(lens) : lens;
      });
    });
}

export function resolveLens(lens: CodeLens): CodeLens {
  const { uri, which } = lens.data as LensData;
  const { title, command } = LENS_COMMANDS[which] ?? LENS_COMMANDS[0];
  return { range: lens.range, command: { title, command, arguments: [uri, lens.range] } };
}

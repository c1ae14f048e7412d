import type {
  CodeAction,
  CodeLens,
  Diagnostic,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Position,
  Range,
} from 'vscode-languageserver';
import { CodeActionKind, MarkupKind, SymbolKind } from 'vscode-languageserver';
import { rangeContains, rangesOverlap } from '../core/base/sourceRange';
import type { Finding } from '../core/rules/finding';
import { RULES } from '../core/rules/registry';
import { allowFix } from '../core/rules/suppressions';
import type { ScriptDocument } from './scriptDocument';
import { citation, SOURCE, toTextEdits } from './convert';
import { isExplainable, titleOf } from './statementInfo';

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

/** The fixes of findings that touch a range, and "allow here" for each. */
export function codeActions(
  document: ScriptDocument,
  findings: readonly Finding[],
  range: Range,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const wanted = document.offsetsOf(range);
  const touched = findings.filter(
    finding =>
      rangesOverlap(finding.range, wanted) ||
      rangeContains(finding.range, wanted.start) ||
      rangeContains(wanted, finding.range.start),
  );
  return touched.flatMap(finding => {
    const own = diagnostics.filter(
      diagnostic =>
        diagnostic.source === SOURCE &&
        diagnostic.code === finding.rule &&
        document.offsetAt(diagnostic.range.start) === finding.range.start,
    );
    const fixes = finding.fixes.map((fix, index): CodeAction => ({
      title: fix.safe ? fix.title : `${fix.title} (check the result)`,
      kind: CodeActionKind.QuickFix,
      diagnostics: own,
      isPreferred: fix.safe && index === 0,
      edit: { changes: { [document.uri]: toTextEdits(document, fix) } },
    }));
    return RULES.some(({ id }) => id === finding.rule) ? [...fixes, allowHere(document, finding, own)] : fixes;
  });
}

function allowHere(document: ScriptDocument, finding: Finding, diagnostics: Diagnostic[]): CodeAction {
  const fix = allowFix(document.text, finding);
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    edit: { changes: { [document.uri]: toTextEdits(document, fix) } },
  };
}

/** What the rules behind the findings at a position are about. */
export function hover(document: ScriptDocument, findings: readonly Finding[], position: Position): Hover | null {
  const offset = document.offsetAt(position);
  const here = findings.filter(finding => rangeContains(finding.range, offset) && finding.rule !== 'syntax');
  const [smallest] = here.sort((a, b) => a.range.end - a.range.start - (b.range.end - b.range.start));
  if (!smallest) return null;
  const sections = here.flatMap(finding => {
    const rule = RULES.find(({ id }) => id === finding.rule);
    if (!rule) return [];
    return [
      [
        `**${rule.title}** · \`${rule.id}\``,
        rule.docs.problem,
        rule.docs.why,
        ...(finding.evidence ? [`*Evidence:* ${finding.evidence}`] : []),
        `*When to ignore it:* ${rule.docs.whenToIgnore}`,
        ...(citation(finding) ? [`*${citation(finding)}*`] : []),
      ].join('\n\n'),
    ];
  });
  if (sections.length === 0) return null;
  return {
    range: document.rangeOf(smallest.range),
    contents: { kind: MarkupKind.Markdown, value: [...new Set(sections)].join('\n\n---\n\n') },
  };
}

/** One symbol per statement, named after its first words. */
export function documentSymbols(document: ScriptDocument): DocumentSymbol[] {
  return document.script.statements.map(({ range, statement }) => {
    const own = document.rangeOf(range);
    const lineEnd = { line: own.start.line + 1, character: 0 };
    const selectionEnd = own.end.line > own.start.line ? lineEnd : own.end;
    return {
      name: titleOf(statement.text.slice(0, 400)) || 'statement',
      detail: statement.tables
        .map(table => table.name)
        .slice(0, 3)
        .join(', '),
      kind: /^Create|^Alter|^Drop|^Index/.test(statement.kind ?? '') ? SymbolKind.Struct : SymbolKind.Function,
      range: own,
      selectionRange: { start: own.start, end: selectionEnd },
    };
  });
}

/** Each statement of more than one line folds. */
export function foldingRanges(document: ScriptDocument): FoldingRange[] {
  return document.script.statements.flatMap(({ range }) => {
    const { start, end } = document.rangeOf(range);
    return end.line > start.line ? [{ startLine: start.line, endLine: end.line }] : [];
  });
}

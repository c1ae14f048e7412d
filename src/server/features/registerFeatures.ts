import { isDeepStrictEqual } from 'node:util';
import type { CodeAction, Connection, ServerCapabilities } from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import type { SourceRange } from '../../core/base/sourceRange';
import type { Catalog } from '../../core/catalog/catalog';
import type { Finding } from '../../core/rules/finding';
import type { Grammar } from '../../core/sql/grammar';
import type { ServerSettings } from '../../protocol/server';
import type { DocumentBudgets } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';
import { budgetActions } from './budgetActions';
import { budgetCompletion, BUDGET_TRIGGERS } from './budgetCompletion';
import { budgetHover } from './budgetHover';
import { budgetLenses } from './budgetLenses';
import { budgetTokens } from './budgetTokens';
import { codeActions, expandStar } from './codeActions';
import { FIX_ALL, fixAllOfKind, fixAllSafe, hasSafeFix } from './fixAll';
import { codeLenses, resolveLens } from './codeLenses';
import { completion, COMPLETION_TRIGGERS, resolveCompletion } from './completion';
import { rowHints, TOKEN_LEGEND, tokens } from './decorations';
import { hover } from './hover';
import { definitions, highlights, references } from './navigation';
import { documentSymbols, foldingRanges } from './outline';
import { prepareRenameAt, renameAt } from './renaming';
import { rewriteActions } from './rewriteActions';
import { signatureHelp, SIGNATURE_TRIGGERS } from './signatureHelp';
import type { TextPlans } from './textPlans';

/** What the features need of the server. */
export interface FeatureHost {
  document(uri: string): ScriptDocument | undefined;
  /** Documents that are no SQL but the output of EXPLAIN. */
  readonly textPlans: TextPlans;
  catalogOf(document: ScriptDocument): Catalog | undefined;
  /** Findings that touch a range; never waits for the rest of a large document. */
  findingsIn(document: ScriptDocument, range: SourceRange): readonly Finding[];
  allFindings(document: ScriptDocument): readonly Finding[];
  readonly budgets: DocumentBudgets;
  settings(): ServerSettings;
  grammar(): Promise<Grammar>;
  /** The text of a file of the workspace. */
  textOf(uri: string): string | undefined;
}

/** What the server says it can do, for the features registered here. */
export const FEATURE_CAPABILITIES: ServerCapabilities = {
  codeLensProvider: { resolveProvider: true },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL] },
  completionProvider: { triggerCharacters: [...COMPLETION_TRIGGERS, ...BUDGET_TRIGGERS], resolveProvider: true },
  signatureHelpProvider: { triggerCharacters: SIGNATURE_TRIGGERS },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  inlayHintProvider: true,
  semanticTokensProvider: { legend: TOKEN_LEGEND, full: true, range: true },
};

/** Answers the editor's questions about a document. All of them are asked on demand, none at a key. */
export function registerFeatures(connection: Connection, host: FeatureHost): void {
  const withDocument = <T>(
    uri: string,
    use: (document: ScriptDocument, catalog: Catalog | undefined) => T,
  ): T | null => {
    const document = host.document(uri);
    return document ? use(document, host.catalogOf(document)) : null;
  };

  connection.onCodeLens(({ textDocument }) => {
    if (host.settings().codeLenses === false) return [];
    return (
      withDocument(textDocument.uri, document => [...budgetLenses(document, host.budgets), ...codeLenses(document)]) ??
      []
    );
  });
  connection.onCodeLensResolve(resolveLens);
  connection.onCodeAction(({ textDocument, range, context }) =>
    withDocument(textDocument.uri, (document, catalog) => {
      const wanted = (kind: string): boolean =>
        !context.only || context.only.some(only => kind === only || kind.startsWith(`${only}.`));
      const actions: CodeAction[] = [];
      if (wanted(CodeActionKind.QuickFix)) {
        const touched = document.withSafeFixes(host.findingsIn(document, document.offsetsOf(range)));
        actions.push(...codeActions(document, touched, range, context.diagnostics));
        actions.push(...budgetActions(document, range, context.diagnostics, host.budgets));
        if (hasSafeFix(touched)) actions.push(...fixAllOfKind(document, host.allFindings(document), touched));
      }
      if (wanted(CodeActionKind.RefactorRewrite)) {
        // a rule may offer the same as a fix
        const isOffered = ({ edit }: CodeAction): boolean =>
          edit !== undefined && actions.some(other => isDeepStrictEqual(other.edit, edit));
        actions.push(...expandStar(document, range, catalog).filter(action => !isOffered(action)));
        actions.push(...rewriteActions(document, range, catalog).filter(action => !isOffered(action)));
      }
      // Only when asked for by name: it looks at the whole document, and belongs on no light bulb.
      if (context.only && wanted(FIX_ALL)) actions.push(...fixAllSafe(document, host.allFindings(document)));
      return actions;
    }),
  );
  const plans = host.textPlans;
  connection.onHover(({ textDocument: { uri }, position }) =>
    plans.has(uri)
      ? plans.hover(uri, position)
      : withDocument(uri, (document, catalog) => {
          const ofBudget = budgetHover(document, position, host.budgets);
          if (ofBudget) return ofBudget;
          const offset = document.offsetAt(position);
          return hover(document, host.findingsIn(document, { start: offset, end: offset }), position, catalog);
        }),
  );
  connection.onCompletion(({ textDocument, position, context }) =>
    withDocument(textDocument.uri, (document, catalog) => {
      const ofBudget = budgetCompletion(document, position, catalog, host.budgets);
      if (ofBudget || BUDGET_TRIGGERS.includes(context?.triggerCharacter ?? '')) return ofBudget;
      return completion(document, position, catalog);
    }),
  );
  connection.onCompletionResolve(item =>
    resolveCompletion(item, uri => {
      const document = host.document(uri);
      return document && host.catalogOf(document);
    }),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    withDocument(textDocument.uri, (document, catalog) => signatureHelp(document, position, catalog)),
  );
  connection.onDefinition(({ textDocument, position }) =>
    withDocument(textDocument.uri, (document, catalog) => definitions(document, position, catalog, host.textOf)),
  );
  connection.onReferences(({ textDocument, position, context }, token) =>
    withDocument(textDocument.uri, (document, catalog) =>
      references(document, position, catalog, context.includeDeclaration, token),
    ),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    withDocument(textDocument.uri, (document, catalog) => highlights(document, position, catalog)),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    withDocument(textDocument.uri, (document, catalog) => prepareRenameAt(document, position, catalog)),
  );
  connection.onRenameRequest(async ({ textDocument, position, newName }) => {
    const grammar = await host.grammar();
    return withDocument(textDocument.uri, (document, catalog) =>
      renameAt(document, position, newName, catalog, grammar),
    );
  });
  connection.onDocumentSymbol(({ textDocument: { uri } }) =>
    plans.has(uri) ? plans.symbols(uri) : withDocument(uri, documentSymbols),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }) =>
    plans.has(uri) ? plans.folds(uri) : withDocument(uri, foldingRanges),
  );
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    if (host.settings().inlayHints !== true) return [];
    return withDocument(textDocument.uri, (document, catalog) => rowHints(document, range, catalog));
  });
  connection.languages.semanticTokens.on(
    ({ textDocument }) =>
      withDocument(textDocument.uri, (document, catalog) =>
        tokens(document, catalog, offsets => budgetTokens(document, host.budgets, offsets)),
      ) ?? (null as unknown as { data: number[] }),
  );
  connection.languages.semanticTokens.onRange(
    ({ textDocument, range }) =>
      withDocument(textDocument.uri, (document, catalog) =>
        tokens(document, catalog, offsets => budgetTokens(document, host.budgets, offsets), range),
      ) ?? { data: [] },
  );
}

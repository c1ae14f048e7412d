/**
 * A file of its own in the package: three times as large as all else that is read when the extension starts, and
 * needed only once a language server is.
 */
export { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';

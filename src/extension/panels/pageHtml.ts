import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The frame of a page: addresses, a nonce and a policy that lets nothing else in. The data comes by message.
 * @param name of its script and style sheet in `pages`
 */
export function pageHtml(webview: vscode.Webview, pages: vscode.Uri, name: string, title: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pages, file)).toString();
  const sources = `style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const policy = `default-src 'none'; ${sources}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${address(`${name}.css`)}">
<title>${title}</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${address(`${name}.js`)}"></script>
</body>
</html>`;
}

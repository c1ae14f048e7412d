/** What is said in place of a plan. */
export interface SavedPlanMessage {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly reason: string;
  readonly problems: readonly string[];
  /** A `command:` address that opens the text. */
  readonly openAsText: string;
}

const STYLE = `
body { padding: 24px; max-width: 60em; color: var(--vscode-foreground); font: var(--vscode-font-size) var(--vscode-font-family); line-height: 1.5; }
h1 { font-size: 1.4em; font-weight: 600; overflow-wrap: anywhere; }
h2 { margin-top: 1.6em; font-size: 1.1em; font-weight: 600; }
li { overflow-wrap: anywhere; }
pre { padding: 10px 12px; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); border-radius: 4px; background: var(--vscode-textCodeBlock-background); font-family: var(--vscode-editor-font-family); white-space: pre-wrap; }
a { color: var(--vscode-textLink-foreground); }
`;

/** A page without script for a file that holds no plan: why, what is accepted, and how to make one. */
export function messageHtml({ name, reason, problems, openAsText }: SavedPlanMessage): string {
  const told = problems.slice(0, 20).map(problem => `<li>${escapeHtml(problem)}</li>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Plan</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>No plan to show in ${escapeHtml(name)}</h1>
<p role="alert">${escapeHtml(reason)}</p>
${told.length === 0 ? '' : `<ul>${told.join('')}</ul>`}
<p><a href="${escapeHtml(openAsText)}">Open as text</a></p>
<h2>What can be opened</h2>
<p>The output of EXPLAIN as text, JSON, YAML or XML, with whatever psql, another client or a mail program put around it,
and server logs with the plans of auto_explain. Files of up to 50 MB are read whole.</p>
<h2>How to make one</h2>
<pre>psql -XqAt -c "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ..." &gt; orders.plan.json</pre>
<p>Or copy what EXPLAIN printed, and run <b>Query Tuner: Open Plan from Clipboard</b>.</p>
</main>
</body>
</html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For elements and quoted attributes; marks that turn the reading direction around are taken out. */
function escapeHtml(text: string): string {
  return text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').replace(/[&<>"']/g, found => ENTITIES[found]!);
}

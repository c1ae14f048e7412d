/** The whole style of an exported page: system fonts, light and dark, fit for print. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --line: #c2c9d1; --box: #f6f8fa; --ground: #ffffff; --hot: #cf222e; --warm: #bc4c00; --cool: #0969da; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --box: #161b22; --ground: #0d1117; --hot: #ff7b72; --warm: #f0883e; --cool: #58a6ff; } }
@media print { :root { --text: #000; --ground: #fff; --box: #fff; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--ground); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 24px; }
h1 { font-size: 1.4em; overflow-wrap: anywhere; }
h2 { margin: 1.6em 0 0.5em; font-size: 1.1em; }
h3 { margin: 1.4em 0 0.5em; font-size: 1em; }
a { color: var(--cool); }
article { margin-top: 3em; border-top: 1px solid var(--line); }
article h2 { font-size: 1.25em; overflow-wrap: anywhere; }
.verdict { font-size: 1.15em; font-weight: 600; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.scroll { overflow-x: auto; }
svg { max-width: 100%; height: auto; }
ul { padding-left: 1.2em; }
li { margin: 0.3em 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { padding: 3px 8px; border-bottom: 1px solid var(--line); font-weight: 400; text-align: left; vertical-align: baseline; }
thead th { color: var(--quiet); white-space: nowrap; }
tbody th { min-width: 320px; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.hot, b.error { color: var(--hot); font-weight: 600; }
td.warm, b.warning { color: var(--warm); font-weight: 600; }
.never { color: var(--quiet); }
.tag { padding: 0 5px; border: 1px solid var(--line); border-radius: 3px; font-size: 0.85em; white-space: nowrap; }
summary { cursor: pointer; margin-top: 1em; font-weight: 600; }
pre { padding: 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--box); white-space: pre-wrap; overflow-wrap: anywhere; }
`;

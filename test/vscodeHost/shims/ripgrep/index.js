// The original downloads the binary in a postinstall script; the universal package carries it.
const path = require('node:path');
const packageFolder = path.dirname(require.resolve('@vscode/ripgrep-universal/package.json'));
exports.rgPath = path.join(packageFolder, 'bin', `${process.platform}-${process.arch}`, 'rg');

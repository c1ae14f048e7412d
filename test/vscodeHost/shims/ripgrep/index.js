// The original downloads the binary in a postinstall script; the universal package carries it. By path, because that
// package exports nothing.
const path = require('node:path');
const binaries = path.join(__dirname, '../../node_modules/@vscode/ripgrep-universal/bin');
exports.rgPath = path.join(binaries, `${process.platform}-${process.arch}`, 'rg');

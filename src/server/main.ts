import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { loadGrammarForNode } from '../workspace/grammarForNode';
import { growYoungHeap } from '../workspace/growYoungHeap';
import { createServer } from './server';

/** The rule pages lie beside the program, so an editor without a command of ours can open them as files. */
const PAGES = path.join(__dirname, '..', 'media', 'rules');

growYoungHeap();

// Whoever asks for the grammar later gets this one, or hears of the failure.
loadGrammarForNode().catch(() => undefined);

// The transport comes from the arguments: --node-ipc (VS Code), --stdio (other editors), --socket=port.
const connection = createConnection(ProposedFeatures.all);
createServer(connection, existsSync(PAGES) ? { rulePages: `${pathToFileURL(PAGES).href}/{page}` } : {});
connection.listen();

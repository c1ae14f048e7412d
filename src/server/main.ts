import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createServer } from './server';

// The transport comes from the arguments: --node-ipc (VS Code), --stdio (other editors), --socket=port.
const connection = createConnection(ProposedFeatures.all);
createServer(connection);
connection.listen();

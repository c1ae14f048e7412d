import { messageOf } from '../core/base/messageOf';
import { DatabaseError } from '../core/ports';
import { parseCommandLine, type CommandLine } from './arguments';
import { advise } from './commands/advise';
import { benchmark } from './commands/benchmark';
import { check } from './commands/check';
import { diff } from './commands/diff';
import { explain } from './commands/explain';
import { health } from './commands/health';
import { lint } from './commands/lint';
import { lsp } from './commands/lsp';
import { maintenance } from './commands/maintenance';
import { matviews } from './commands/matviews';
import { monitoring } from './commands/monitoring';
import { partition } from './commands/partition';
import { partitions } from './commands/partitions';
import { plan } from './commands/plan';
import { profile } from './commands/profile';
import { rewrite } from './commands/rewrite';
import { rules } from './commands/rules';
import { print, progress } from './io';
import { HELP, UsageError } from './usage';
import { VERSION } from './version';

const COMMANDS: Readonly<Record<string, (line: CommandLine) => Promise<number>>> = {
  lint,
  explain,
  check,
  partition,
  partitions,
  plan,
  diff,
  advise,
  matviews,
  rewrite,
  profile,
  health,
  maintenance,
  monitoring,
  benchmark,
  rules,
  lsp,
};

/** Runs one command. @returns the exit code: 0 fine, 1 findings, 2 usage or operational error */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const line = parseCommandLine(argv);
    if (line.options.version) return say(VERSION, 0);
    if (line.options.help || line.command === 'help') return say(HELP, 0);
    if (line.command === '') throw new UsageError('no command. Run query-tuner --help for the commands.');
    const command = COMMANDS[line.command];
    if (!command) throw new UsageError(`no command "${line.command}". Run query-tuner --help for the commands.`);
    return await command(line);
  } catch (error) {
    progress(`query-tuner: ${describeFailure(error)}`);
    return 2;
  }
}

function say(text: string, code: number): number {
  print(text);
  return code;
}

/** One line for the person at the terminal; the stack only when asked for. */
function describeFailure(error: unknown): string {
  if (process.env['QUERY_TUNER_DEBUG'] && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof DatabaseError && error.hint) return `${error.message} Hint: ${error.hint}`;
  return messageOf(error).replace(/\s*\n\s*/g, ' ');
}

if (require.main === module) {
  void main(process.argv.slice(2)).then(code => {
    process.exitCode = code;
  });
}

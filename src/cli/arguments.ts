import { parseArgs } from 'node:util';
import { UsageError } from './usage';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  format: { type: 'string' },
  connection: { type: 'string' },
  embedded: { type: 'boolean' },
  setup: { type: 'string', multiple: true },
  pg: { type: 'string' },
  schema: { type: 'string', multiple: true },
  'fail-on': { type: 'string' },
  fix: { type: 'boolean' },
  'stdin-filename': { type: 'string' },
  analyze: { type: 'boolean' },
  params: { type: 'string' },
  workload: { type: 'string' },
  statements: { type: 'boolean' },
  existing: { type: 'boolean' },
  top: { type: 'string' },
  by: { type: 'string' },
  'time-limit': { type: 'string' },
  'unused-days': { type: 'string' },
  budget: { type: 'string' },
  'max-width': { type: 'string' },
  'what-if': { type: 'string' },
  ram: { type: 'string' },
  cores: { type: 'string' },
  storage: { type: 'string' },
  connections: { type: 'string' },
  'server-version': { type: 'string' },
  stdio: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  checklist: { type: 'boolean' },
  'undo-file': { type: 'string' },
  database: { type: 'string' },
  role: { type: 'string' },
  as: { type: 'string' },
  schedule: { type: 'string' },
  measure: { type: 'boolean' },
  verify: { type: 'boolean' },
  table: { type: 'string' },
  key: { type: 'string' },
  method: { type: 'string' },
  interval: { type: 'string' },
  partitions: { type: 'string' },
  future: { type: 'string' },
  'time-zone': { type: 'string' },
  'no-default': { type: 'boolean' },
  'drop-foreign-keys': { type: 'boolean' },
  'widen-unique': { type: 'boolean' },
  apply: { type: 'boolean' },
  undo: { type: 'boolean' },
  finish: { type: 'boolean' },
  state: { type: 'string' },
  upkeep: { type: 'boolean' },
  keep: { type: 'string' },
  archive: { type: 'string' },
  clients: { type: 'string' },
  seconds: { type: 'string' },
  runs: { type: 'string' },
  'plan-only': { type: 'boolean' },
  'run-effects': { type: 'boolean' },
  'warm-up': { type: 'string' },
  isolation: { type: 'string' },
  save: { type: 'string' },
  compare: { type: 'string' },
} as const;

/** Options each command understands, besides --help and --format. */
const SERVER_OPTIONS = ['connection', 'embedded', 'setup', 'pg'];
const MACHINE_OPTIONS = ['ram', 'cores', 'storage', 'connections', 'server-version'];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  lint: ['schema', 'fail-on', 'fix', 'stdin-filename', ...SERVER_OPTIONS],
  explain: ['analyze', 'params', ...SERVER_OPTIONS],
  check: ['analyze', 'plan-only', 'runs', 'run-effects', 'params', 'time-limit', 'stdin-filename', ...SERVER_OPTIONS],
  plan: [],
  diff: [],
  advise: [
    ...['workload', 'statements', 'top', 'by', 'budget', 'max-width', 'what-if', 'time-limit'],
    ...['existing', 'unused-days', 'fail-on', ...SERVER_OPTIONS],
  ],
  matviews: ['workload', 'statements', 'top', 'what-if', 'schedule', 'measure', ...SERVER_OPTIONS],
  partition: [
    ...['table', 'key', 'method', 'interval', 'partitions', 'future', 'time-zone', 'no-default', 'drop-foreign-keys'],
    ...['widen-unique', 'apply', 'undo', 'finish', 'state', 'workload', 'statements', 'top', ...SERVER_OPTIONS],
  ],
  partitions: [
    ...['workload', 'statements', 'top', 'what-if', 'ram', 'table', 'upkeep', 'keep', 'archive', 'future', 'interval'],
    ...['time-zone', 'schedule', 'by', ...SERVER_OPTIONS],
  ],
  rewrite: ['schema', 'verify', 'stdin-filename', ...SERVER_OPTIONS],
  profile: [
    ...['undo-file', 'as', 'only', 'database', 'role', 'workload', 'statements', 'top', 'measure', 'table', 'apply'],
    ...[...MACHINE_OPTIONS, ...SERVER_OPTIONS],
  ],
  health: ['only', 'fail-on', 'checklist', ...SERVER_OPTIONS],
  maintenance: ['as', ...SERVER_OPTIONS],
  monitoring: ['as', ...SERVER_OPTIONS],
  benchmark: [
    ...['clients', 'seconds', 'runs', 'warm-up', 'isolation', 'params', 'save', 'compare', 'state', ...SERVER_OPTIONS],
  ],
  rules: [],
  lsp: ['stdio'],
};

export type Options = ReturnType<typeof parse>['values'];

export interface CommandLine {
  readonly command: string;
  readonly options: Options;
  readonly operands: readonly string[];
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
}

/** Reads the arguments after the program's name. @throws UsageError naming the argument that is wrong */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. Run query-tuner --help for the options.`);
  }
  const [command = '', ...operands] = parsed.positionals;
  const allowed = ALLOWED[command];
  if (allowed) {
    for (const option of Object.keys(parsed.values)) {
      if (!['help', 'format', ...allowed].includes(option)) {
        throw new UsageError(`${command} has no option --${option}. Run query-tuner --help for the options.`);
      }
    }
  }
  return { command, options: parsed.values, operands };
}

/** The value if it is one of `choices`, the default if absent. @throws UsageError otherwise */
export function choose<T extends string>(
  name: string,
  value: string | undefined,
  choices: readonly T[],
  otherwise: T,
): T {
  if (value === undefined) return otherwise;
  const found = choices.find(choice => choice === value);
  if (found === undefined) throw new UsageError(`--${name} must be ${choices.join(', ')}; got "${value}".`);
  return found;
}

/** A positive whole number. @throws UsageError otherwise */
export function positiveInteger(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (!/^[1-9]\d*$/.test(value)) throw new UsageError(`--${name} must be a positive whole number; got "${value}".`);
  return Number(value);
}

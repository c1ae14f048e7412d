import { quoteLiteral } from '../../sql/identifiers';
import { plannedSteps, stepsOnRequest, type MigrationPlan, type MigrationStep } from './migrationPlan';

/** How often a step that waits for locks is tried before it gives up, and the longest pause between two tries. */
export const LOCK_TRIES = 30;
export const LONGEST_PAUSE_SECONDS = 10;

const WIDTH = 100;

/**
 * The whole plan as one commented script of plain statements, for `psql -X -v ON_ERROR_STOP=1 -f FILE` or any other
 * client that sends statement by statement and stops at the first error. What waits for the user's word, and the way
 * back, follow as comments.
 */
export function migrationScript(plan: MigrationPlan): string {
  const planned = plannedSteps(plan);
  const parts = [
    comment(plan.title),
    plan.notes.map(note => comment(note, '- ')).join('\n'),
    comment('Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE'),
    sessionSettings(plan),
    ...planned.map((step, i) => stepText(step, `Step ${i + 1} of ${planned.length}: ${step.title}`)),
    ...stepsOnRequest(plan).map(step => commentedOut(stepText(step, `Later, when you say so: ${step.title}`))),
    commentedOut(wayBackScript(plan)),
  ];
  return `${parts.filter(part => part !== '').join('\n\n')}\n`;
}

/** The statements of a step as the script has them, ready to be sent one by one. */
export function stepStatements(step: MigrationStep): readonly string[] {
  if (step.repeatUntilZero) return [batchLoop(step.sql)];
  if (step.lockTimeoutMs !== undefined && step.runsInTransaction) {
    return [tryLoop(step.sql, step.lockTimeoutMs, step.beforeEachTry ?? [])];
  }
  const before = step.beforeEachTry ?? [];
  return step.runsInTransaction && step.sql.length > 1
    ? [...before, 'begin', ...step.sql, 'commit']
    : [...before, ...step.sql];
}

function inverseStatements(step: MigrationStep): readonly string[] {
  return stepStatements({
    ...step,
    sql: step.inverse,
    beforeEachTry: step.beforeEachInverseTry ?? [],
    repeatUntilZero: false,
  });
}

function stepText(step: MigrationStep, title: string): string {
  return [
    comment(title),
    comment(step.explanation),
    comment(`Locks: ${step.locks}`),
    ...(step.onlyWhen ? [comment(`Only when ${step.onlyWhen}`)] : []),
    ...(step.irreversible ? [comment(`No way back: ${step.irreversible}`)] : []),
    ...stepStatements(step).map(sql => `${sql};`),
  ].join('\n');
}

/** The inverses of all planned steps, the last one first, as a script of its own; empty if there is nothing to undo. */
export function wayBackScript(plan: MigrationPlan): string {
  const steps = [...plannedSteps(plan)].reverse().filter(step => step.inverse.length > 0);
  if (steps.length === 0) return '';
  const texts = steps.map(step =>
    [comment(`Back from: ${step.title}`), ...inverseStatements(step).map(sql => `${sql};`)].join('\n'),
  );
  const title = comment('The way back; begin at the last step that was run');
  return [title, sessionSettings(plan), ...texts].filter(part => part !== '').join('\n\n');
}

function sessionSettings(plan: MigrationPlan): string {
  return Object.entries(plan.settings ?? {})
    .map(([name, value]) => `set ${name} = ${quoteLiteral(value)};`)
    .join('\n');
}

/** Runs a batch and commits it, until there is nothing left. A DO block may commit if no transaction is open around it. */
function batchLoop(sql: readonly string[]): string {
  const last = sql.length - 1;
  const lines = sql.map((each, i) => `    execute ${dollarQuoted(each)}${i === last ? ' into moved' : ''};`);
  return `do ${dollarQuoted(
    [
      'declare moved bigint;',
      'begin',
      '  loop',
      ...lines,
      '    commit;',
      '    exit when coalesce(moved, 0) = 0;',
      '  end loop;',
      'end',
    ]
      .join('\n')
      .replace(/^/, '\n') + '\n',
    'run',
  )}`;
}

/** Tries a transaction again if a lock was not to be had; whoever waited behind it goes on in between. */
function tryLoop(sql: readonly string[], lockTimeoutMs: number, before: readonly string[]): string {
  const body = [
    '',
    'declare tries int := 0;',
    'begin',
    '  loop',
    ...before.map(each => `    execute ${dollarQuoted(each)};`),
    ...(before.length > 0 ? ['    commit;'] : []),
    `    perform set_config('lock_timeout', '${Math.round(lockTimeoutMs)}ms', true);`,
    '    begin',
    ...sql.map(each => `      execute ${dollarQuoted(each)};`),
    '      exit;',
    '    exception when lock_not_available or deadlock_detected then',
    '      tries := tries + 1;',
    `      if tries >= ${LOCK_TRIES} then raise; end if;`,
    `      raise notice 'a lock was not to be had; next try in % s', least(power(1.5, tries), ${LONGEST_PAUSE_SECONDS})::numeric(6, 1);`,
    '    end;',
    '    commit;',
    `    perform pg_sleep(least(power(1.5, tries), ${LONGEST_PAUSE_SECONDS}));`,
    '  end loop;',
    'end',
    '',
  ];
  return `do ${dollarQuoted(body.join('\n'), 'run')}`;
}

/** The text between dollar quotes that it does not contain. */
export function dollarQuoted(text: string, tag = 'sql'): string {
  let free = tag;
  for (let i = 2; text.includes(`$${free}$`) || text.endsWith(`$${free}`); i++) free = `${tag}${i}`;
  return `$${free}$${text}$${free}$`;
}

function comment(text: string, bullet = ''): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = bullet;
    for (const word of paragraph.split(' ')) {
      if (line.trim() !== bullet.trim() && line.length + word.length + 4 > WIDTH) {
        lines.push(line);
        line = ' '.repeat(bullet.length);
      }
      line += line.trim() === '' || line === bullet ? word : ` ${word}`;
    }
    lines.push(line);
  }
  return lines.map(line => `-- ${line}`.trimEnd()).join('\n');
}

function commentedOut(text: string): string {
  return text
    .split('\n')
    .map(line => (line === '' || line.startsWith('--') ? line : `-- ${line}`))
    .join('\n');
}

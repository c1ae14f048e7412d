import { formatBytes, formatCount } from '../../core/base/units';
import type { Profile } from '../../core/profiles/profile';
import { describeScope } from '../../core/profiles/settingSql';
import { adviseTables, type AdvisedTable } from '../../database/settings/adviseTables';
import { applySettings } from '../../database/settings/applySettings';
import type { PostgresDatabase } from '../../database/connect';
import type { Options } from '../arguments';
import { print, printJson } from '../io';
import { withServer } from '../target';
import { changeLine, tellHowFar } from './profileApply';
import { UndoFile } from './profileUndoFile';

/** Storage parameters of tables by what was counted of them, beside those of a guide; `--apply` sets the counted ones. */
export async function profileTables(
  profile: Profile | undefined,
  options: Options,
  format: 'text' | 'json',
): Promise<number> {
  return withServer(options, async database => {
    const { tables, looked, notes } = await adviseTables(database, profile);
    const wanted = options.table === undefined ? tables : tables.filter(each => nameOf(each) === options.table);
    if (options.apply) return apply(database, wanted, profile?.id ?? 'tables', options, format);
    if (format === 'json') printJson({ version: 1, looked, notes, tables: wanted });
    else {
      for (const table of wanted) print(tableText(table));
      for (const note of notes) print(`note: ${note}`);
      const counted = wanted.filter(({ measured }) => measured.length > 0).length;
      print(`${counted} of ${looked} tables need parameters of their own by what was counted`);
      if (counted > 0) print('--apply sets them and keeps the way back');
    }
    return 0;
  });
}

async function apply(
  database: PostgresDatabase,
  tables: readonly AdvisedTable[],
  id: string,
  options: Options,
  format: 'text' | 'json',
): Promise<number> {
  const counted = tables.filter(({ measured }) => measured.length > 0);
  if (counted.length === 0) {
    if (format === 'json') printJson({ version: 1, applied: [] });
    else print('no table needs parameters of its own; nothing was changed');
    return 0;
  }
  const file = new UndoFile(options['undo-file'] ?? `${id}.tables.undo.json`, id);
  const run = async (): Promise<void> => {
    for (const [place, { activity, measured }] of counted.entries()) {
      const scope = { kind: 'table', schema: activity.schema, table: activity.table } as const;
      const changes = measured.map(({ name, value }) => ({ name, value }));
      await applySettings(database, changes, record => file.keep(record, place), { scope });
    }
  };
  await run().catch((error: unknown) => tellHowFar(file, error));
  const { records } = file;
  if (format === 'json') printJson({ version: 1, applied: records });
  else {
    for (const { scope, changes } of records) {
      print(`${scope ? describeScope(scope) : ''}:`);
      for (const change of changes) print(changeLine(change));
    }
    print(`undo with: query-tuner profile undo ${file.path}`);
  }
  return records.some(({ changes }) => changes.some(({ outcome }) => outcome === 'refused')) ? 1 : 0;
}

function nameOf({ activity }: AdvisedTable): string {
  return `${activity.schema}.${activity.table}`;
}

function tableText(advised: AdvisedTable): string {
  const { activity, measured, guide } = advised;
  return [
    `${nameOf(advised)}: ${formatCount(Math.round(activity.rows))} rows, ${formatBytes(activity.bytes)}`,
    ...measured.flatMap(({ name, now, value, reason, source }) => [
      `  ${name}: ${now} -> ${value}`,
      `    ${reason}`,
      `    ${source}`,
    ]),
    ...guide.flatMap(({ name, value, reason, citation, wrong }) => [
      `  the guide: ${name} = ${value} (${reason}; ${citation})`,
      ...(wrong === null ? [] : [`    wrong here: ${wrong}`]),
    ]),
  ].join('\n');
}

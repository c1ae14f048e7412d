import type { ReviewedSetting } from '../../core/profiles/reviewProfile';
import type { SettingScope } from '../../core/profiles/settingSql';
import type { ProfileReview, ScopedChanges, TableLine, TableParameterLine } from '../../protocol/profile';

/** Settings of one of PostgreSQL's groups. */
export interface SettingGroup {
  readonly title: string;
  readonly settings: readonly ReviewedSetting[];
}

export interface SettingFilter {
  readonly text: string;
  /** Show settings that have the value already. */
  readonly same: boolean;
}

/** True for a setting that can be ticked. */
export function canPick({ state }: ReviewedSetting): boolean {
  return state === 'differs';
}

/** What is ticked at first: what differs, but for what needs a restart, may do great harm or would have no effect. */
export function firstPicks(settings: readonly ReviewedSetting[]): string[] {
  return settings
    .filter(canPick)
    .filter(({ takesEffect, risk, caution }) => takesEffect !== 'restart' && risk?.level !== 'high' && caution === null)
    .map(({ name }) => name);
}

/** In PostgreSQL's own groups, in the order in which they first occur. */
export function groupSettings(settings: readonly ReviewedSetting[], { text, same }: SettingFilter): SettingGroup[] {
  const wanted = text.trim().toLowerCase();
  const groups = new Map<string, ReviewedSetting[]>();
  for (const setting of settings) {
    if (setting.state === 'same' && !same) continue;
    const words = [setting.name, setting.group, setting.reason, setting.refused ?? '', setting.description];
    if (wanted !== '' && !words.some(word => word.toLowerCase().includes(wanted))) continue;
    groups.set(setting.group, [...(groups.get(setting.group) ?? []), setting]);
  }
  return [...groups].map(([title, inGroup]) => ({ title, settings: inGroup }));
}

/** The ticked settings as changes of the scope that is shown. */
export function settingChanges({ settings, scope }: ProfileReview, picked: ReadonlySet<string>): ScopedChanges[] {
  const changes = settings
    .filter(setting => canPick(setting) && picked.has(setting.name))
    .map(({ name, value }) => ({ name, value }));
  return changes.length === 0 ? [] : [{ scope, changes }];
}

/** Names a parameter of a table among all that are shown. */
export function parameterKey({ schema, table }: TableLine, { name, by }: TableParameterLine): string {
  return JSON.stringify([schema, table, name, by]);
}

/** The ticked parameters, table by table. */
export function tableChanges(tables: readonly TableLine[], picked: ReadonlySet<string>): ScopedChanges[] {
  return tables.flatMap(line => {
    const changes = line.parameters
      .filter(parameter => !parameter.impossible && picked.has(parameterKey(line, parameter)))
      .map(({ name, value }) => ({ name, value }));
    const scope: SettingScope = { kind: 'table', schema: line.schema, table: line.table };
    return changes.length === 0 ? [] : [{ scope, changes }];
  });
}

/** Ticks or unticks a parameter; of the measured and the guide's value of one parameter only one can be meant. */
export function toggleParameter(
  picked: ReadonlySet<string>,
  line: TableLine,
  parameter: TableParameterLine,
): ReadonlySet<string> {
  const next = new Set(picked);
  const key = parameterKey(line, parameter);
  if (next.delete(key)) return next;
  for (const other of line.parameters) {
    if (other.name === parameter.name) next.delete(parameterKey(line, other));
  }
  return next.add(key);
}

/** The scope in words. */
export function scopeWords(scope: SettingScope): string {
  switch (scope.kind) {
    case 'system':
      return 'the whole server';
    case 'database':
      return `database ${scope.database}`;
    case 'role':
      return `role ${scope.role}${scope.database === undefined ? '' : ` in ${scope.database}`}`;
    case 'table':
      return `table ${scope.schema}.${scope.table}`;
  }
}

export function countChanges(groups: readonly ScopedChanges[]): number {
  return groups.reduce((count, { changes }) => count + changes.length, 0);
}

import { shellWord } from '../base/shellWord';
import { quoteLiteral } from '../sql/identifiers';
import { numberIn } from '../catalog/systemCatalog/settingValue';
import { findSetting } from '../catalog/systemCatalog/serverSettings';
import type { SettingChange } from './settingSql';

export type ManagedService = 'rds' | 'aurora' | 'cloudsql' | 'azure' | 'supabase' | 'neon';

interface ServiceKnowledge {
  readonly service: ManagedService;
  readonly name: string;
  /** Settings only this service has, by the beginning of their name. */
  readonly settings?: readonly string[];
  /** Roles only this service has. */
  readonly roles?: readonly string[];
}

/** The more special ones first: Aurora is RDS too, Supabase may run on anything. */
const SERVICES: readonly ServiceKnowledge[] = [
  { service: 'aurora', name: 'Amazon Aurora', settings: ['aurora_', 'apg_', 'rds.aurora'] },
  { service: 'rds', name: 'Amazon RDS', settings: ['rds.'], roles: ['rds_superuser'] },
  { service: 'cloudsql', name: 'Google Cloud SQL', settings: ['cloudsql.'], roles: ['cloudsqlsuperuser'] },
  { service: 'azure', name: 'Azure Database', settings: ['azure.'], roles: ['azure_pg_admin'] },
  { service: 'neon', name: 'Neon', settings: ['neon.'], roles: ['neon_superuser'] },
  { service: 'supabase', name: 'Supabase', settings: ['supautils.'], roles: ['supabase_admin'] },
];

/** Which service runs a server; undefined for one that is run by its owner. */
export function recogniseService(
  settingNames: Iterable<string>,
  roleNames: Iterable<string>,
): { readonly service: ManagedService; readonly name: string } | undefined {
  const [settings, roles] = [[...settingNames], new Set(roleNames)];
  const found = SERVICES.find(
    known =>
      known.settings?.some(beginning => settings.some(name => name.startsWith(beginning))) ||
      known.roles?.some(role => roles.has(role)),
  );
  return found && { service: found.service, name: found.name };
}

/**
 * How settings are changed on a service, where ALTER SYSTEM is refused: a script of its own tool, with placeholders in
 * angle brackets for what only its owner knows.
 */
export function serviceInstructions(service: ManagedService, changes: readonly SettingChange[]): string {
  const pairs = changes.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  switch (service) {
    case 'rds':
    case 'aurora': {
      const command = service === 'rds' ? 'modify-db-parameter-group' : 'modify-db-cluster-parameter-group';
      const group = service === 'rds' ? '--db-parameter-group-name' : '--db-cluster-parameter-group-name';
      return [
        `# A parameter group of your own is needed: the default one cannot be changed.`,
        `aws rds ${command} ${group} <your-group> --parameters \\`,
        ...pairs.map(
          ({ name, value }, index) =>
            `  ${shellWord(`ParameterName=${name},ParameterValue=${inOwnUnit(name, value)},ApplyMethod=${applyMethod(name)}`)}${index < pairs.length - 1 ? ' \\' : ''}`,
        ),
      ].join('\n');
    }
    case 'cloudsql':
      return [
        '# Sets all flags at once: those not named here go back to their defaults.',
        `gcloud sql instances patch <your-instance> --database-flags=${shellWord(pairs.map(({ name, value }) => `${name}=${inOwnUnit(name, value)}`).join(','))}`,
      ].join('\n');
    case 'azure':
      return pairs
        .map(
          ({ name, value }) =>
            `az postgres flexible-server parameter set --resource-group <group> --server-name <server> --name ${name} --value ${shellWord(inOwnUnit(name, value))}`,
        )
        .join('\n');
    case 'supabase':
      return [
        '# Restarts the database.',
        `supabase --experimental --project-ref <ref> postgres-config update ${pairs.map(({ name, value }) => `--config ${shellWord(`${name}=${value}`)}`).join(' ')}`,
      ].join('\n');
    case 'neon':
      return [
        '-- Neon sizes memory with the compute. What a session may set can be kept for a role or a database:',
        ...pairs.map(({ name, value }) => `ALTER DATABASE <database> SET ${name} = ${quoteLiteral(value)};`),
      ].join('\n');
  }
}

/** These services take numbers in the setting's unit of pg_settings, and no words for units: `2GB` of 8 kB is 262144. */
function inOwnUnit(name: string, value: string): string {
  const setting = findSetting(name);
  const amount = setting && setting.unit !== '' ? numberIn(setting, value) : undefined;
  return amount === undefined ? value : String(amount);
}

/** A parameter that the server reads once is static there, and can wait for the next restart only. */
function applyMethod(name: string): string {
  return findSetting(name)?.context === 'postmaster' ? 'pending-reboot' : 'immediate';
}

import { alertRules, exporterConfiguration, grafanaDashboard, watchedChecks } from '../../core/monitoring/index';
import { readHealth } from '../../database/health/readHealth';
import { ConfigurationFiles } from '../../workspace/configurationFiles';
import { choose, type CommandLine } from '../arguments';
import { print } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

const FORMS = ['prometheus-queries', 'prometheus-rules', 'grafana'] as const;

/** `query-tuner monitoring --as FORM`: the health checks for a monitoring system. Reads; changes nothing. */
export async function monitoring({ options, operands }: CommandLine): Promise<number> {
  if (operands.length > 0) throw new UsageError(`unexpected argument "${operands[0]}".`);
  if (options.as === undefined) throw new UsageError(`monitoring needs --as ${FORMS.join(' | ')}.`);
  const form = choose('as', options.as, FORMS, 'prometheus-queries');
  const limits = new ConfigurationFiles().forFolder(process.cwd()).health;
  return withServer(options, async database => {
    // What the checks ask depends on the server's version and extensions; no check is asked here.
    const { server } = await readHealth(database, { only: new Set() });
    const watched = watchedChecks(server, limits);
    const text = {
      'prometheus-queries': () => exporterConfiguration(watched, server, database.serverText),
      'prometheus-rules': () => alertRules(watched),
      grafana: () => grafanaDashboard(watched),
    }[form]();
    print(text.trimEnd());
    return 0;
  });
}

import { adviseWorkload } from '../../core/advisor/indexes/index';
import { formatBytes, formatCount } from '../../core/base/units';
import { parseSize } from '../../core/profiles/profile';
import { loadGrammar } from '../../core/sql/grammar';
import { bindParameters } from '../../core/sql/parameters';
import { Script } from '../../core/sql/script';
import { openCostEstimator } from '../../database/whatIf/index';
import { choose, positiveInteger, type CommandLine } from '../arguments';
import { print, printJson, progress, readInput } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

/** `query-tuner advise --workload FILE`. Proposes; changes nothing. */
export async function advise({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'sql'], 'text');
  const method = choose('what-if', options['what-if'], ['auto', 'hypopg', 'shadow', 'trial'], 'auto');
  const maxWidth = positiveInteger('max-width', options['max-width'], 3);
  const budgetBytes = options.budget === undefined ? undefined : parseSize(options.budget);
  if (options.budget !== undefined && budgetBytes === undefined) {
    throw new UsageError(`--budget must be a size such as 500MB; got "${options.budget}".`);
  }
  const file = options.workload ?? operands[0];
  if (file === undefined) throw new UsageError('advise needs --workload FILE.');
  const script = new Script(await loadGrammar(), readInput(file));
  const statements = script.statements.map(({ statement }, index) => ({
    id: index + 1,
    sql: bindParameters(statement).sql,
    statement,
    weight: 1,
  }));
  if (statements.length === 0) throw new UsageError(`${file} has no statements.`);
  const startedAt = performance.now();
  const advice = await withServer(options, async database => {
    const catalog = await database.readCatalog();
    progress(`planning ${statements.length} statements`);
    const estimator = await openCostEstimator(database, catalog, { method });
    try {
      const onProgress = (event: { readonly text: string }) => progress(event.text);
      return await adviseWorkload({
        statements,
        catalog,
        estimator,
        maxWidth,
        ...(budgetBytes !== undefined && { budgetBytes }),
        onProgress,
      });
    } finally {
      await estimator.dispose();
    }
  });
  if (format === 'json') {
    const { version, whatIf, ...rest } = advice;
    printJson({ version, whatIf, elapsedMs: Math.round(performance.now() - startedAt), ...rest });
  } else if (format === 'sql') print(advice.indexes.map(index => `${index.sql};`).join('\n'));
  else {
    for (const index of advice.indexes) {
      print(
        `${index.sql};\n  ${formatBytes(index.estimatedBytes)}, for statements ${index.queries.join(', ')}: ${index.why}`,
      );
    }
    for (const { index, because } of advice.redundant) print(`redundant: ${index}: ${because}`);
    for (const { id, reason } of advice.skipped) print(`statement ${id} skipped: ${reason}`);
    const { costBefore, costAfter } = advice.workload;
    print(
      `workload cost ${formatCount(costBefore)} -> ${formatCount(costAfter)} (${advice.whatIf}, ${advice.optimizerCalls} plans)`,
    );
  }
  return 0;
}

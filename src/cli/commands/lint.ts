import { emptyCatalog, type Catalog } from '../../core/catalog/catalog';
import {
  lintGithub,
  lintReport,
  lintSarif,
  lintText,
  reachesSeverity,
  type LintedFile,
} from '../../core/report/lintReport';
import { catalogFromDdl } from '../../core/catalog/catalogFromDdl';
import { SEVERITIES } from '../../core/rules/finding';
import { lintScript } from '../../core/rules/linter';
import { loadGrammar } from '../../core/sql/grammar';
import { Script } from '../../core/sql/script';
import { choose, type CommandLine } from '../arguments';
import { print, printJson, progress, readInput } from '../io';
import { namesServer, withServer } from '../target';
import { UsageError } from '../usage';
import { VERSION } from '../version';

/** `query-tuner lint`. Exit code 1 if anything is at or above --fail-on. */
export async function lint({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'sarif', 'github'], 'text');
  const failOn = choose('fail-on', options['fail-on'], SEVERITIES, 'warning');
  if (operands.length === 0) throw new UsageError('lint needs at least one file, or - for standard input.');
  const grammar = await loadGrammar();
  const texts = operands.map(file => ({ file, text: readInput(file) }));
  const catalog = await readSchema();
  const files: LintedFile[] = texts.map(({ file, text }) => {
    const script = new Script(grammar, text);
    return {
      file,
      text,
      statements: script.statements.length,
      findings: lintScript(script, catalog ? { catalog } : {}),
    };
  });
  const report = lintReport(files);
  if (format === 'json') printJson(report);
  else if (format === 'sarif') printJson(lintSarif(report, VERSION));
  else print(format === 'github' ? lintGithub(report) : lintText(report));
  return reachesSeverity(report, failOn) ? 1 : 0;

  async function readSchema(): Promise<Catalog | undefined> {
    if (namesServer(options)) {
      return withServer(options, async database => {
        progress('reading the catalog');
        return database.readCatalog();
      });
    }
    if (!options.schema) return undefined;
    return options.schema.reduce(
      (known, file) => catalogFromDdl(new Script(grammar, readInput(file)), known),
      emptyCatalog('ddl'),
    );
  }
}

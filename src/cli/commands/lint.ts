import { writeFileSync } from 'node:fs';
import type { Catalog } from '../../core/catalog/catalog';
import { lintGithub, lintReport, reachesSeverity, type LintedFile } from '../../core/report/lintReport';
import { lintSarif } from '../../core/report/lintSarif';
import { lintText as reportText } from '../../core/report/lintText';
import { applyEdits, safeEdits } from '../../core/rules/applyFixes';
import { SEVERITIES } from '../../core/rules/finding';
import { lintScript, type LintOptions } from '../../core/rules/linter';
import { RULES } from '../../core/rules/registry';
import type { Grammar } from '../../core/sql/grammar';
import { editsKeepHost, languageOfFile, readHost } from '../../core/sql/hosts/hosts';
import { Script } from '../../core/sql/script';
import { choose, type CommandLine, type Options } from '../arguments';
import { loadGrammarForNode } from '../../workspace/grammarForNode';
import { growYoungHeap } from '../../workspace/growYoungHeap';
import { checkedFiles } from '../checkedFiles';
import { print, printJson, progress, readInput } from '../io';
import { paintFor } from '../paint';
import { namesServer, withServer } from '../target';
import { UsageError } from '../usage';
import { VERSION } from '../version';

/** A fix may uncover another; more rounds than this mean that two of them undo each other. */
const FIX_ROUNDS = 10;

/** `query-tuner lint`. Exit code 1 if anything is at or above --fail-on. */
export async function lint({ options, operands }: CommandLine): Promise<number> {
  growYoungHeap();
  const loading = loadGrammarForNode();
  const format = choose('format', options.format, ['text', 'json', 'sarif', 'github'], 'text');
  const failOn = choose('fail-on', options['fail-on'], SEVERITIES, 'warning');
  if (operands.length === 0)
    throw new UsageError('lint needs at least one file, folder or glob, or - for standard input.');
  const grammar = await loading;
  const results: LintedFile[] = [];
  const readServer = async () => (namesServer(options) ? serverCatalog(options) : undefined);
  for (const checked of await checkedFiles(options, operands, grammar, readServer)) {
    const { file, asIf, configuration, catalog } = checked;
    const { severities, thresholds, serverVersion } = configuration;
    const lintOptions: LintOptions = {
      severities,
      thresholds,
      ...(serverVersion !== undefined && { serverVersion }),
      ...(catalog && { catalog }),
    };
    results.push(lintFile(file, languageOfFile(asIf), grammar, lintOptions, options.fix === true));
  }
  const report = lintReport(results);
  if (format === 'json') printJson(report);
  else if (format === 'sarif') printJson(lintSarif(report, VERSION, RULES));
  else print(format === 'github' ? lintGithub(report) : reportText(report, results, paintFor(process.stdout)));
  return reachesSeverity(report, failOn) ? 1 : 0;
}

async function serverCatalog(options: Options): Promise<Catalog> {
  return withServer(options, async database => {
    progress('reading the catalog');
    return database.readCatalog();
  });
}

function lintFile(file: string, language: string, grammar: Grammar, options: LintOptions, fix: boolean): LintedFile {
  const original = readInput(file);
  let linted = lintText(original, language, grammar, options);
  for (let round = 0; fix && round < FIX_ROUNDS; round++) {
    const edits = safeEdits(linted.findings);
    if (edits.length === 0) break;
    linted = lintText(applyEdits(linted.text, edits), language, grammar, options);
  }
  if (linted.text !== original) {
    if (file === '-') throw new UsageError('--fix cannot write to standard input; name a file.');
    writeFileSync(file, linted.text);
    progress(`fixed ${file}`);
  }
  return { file, ...linted };
}

/** Lints SQL, or the SQL within a text of another language; there, fixes that would break the string are left out. */
function lintText(text: string, language: string, grammar: Grammar, options: LintOptions): Omit<LintedFile, 'file'> {
  const host = readHost(language, text);
  const script = new Script(grammar, host?.masked ?? text);
  const findings = lintScript(script, { ...options, isolated: host !== undefined }).map(finding => {
    if (!host || finding.fixes.length === 0) return finding;
    return { ...finding, fixes: finding.fixes.filter(({ edits }) => editsKeepHost(host, text, edits)) };
  });
  return { text, statements: script.statements.length, findings };
}

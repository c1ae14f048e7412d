import { LineMap } from '../base/lineMap';
import type { Grammar } from '../sql/grammar';
import { languageOfFile, readHost } from '../sql/hosts/hosts';
import { Script } from '../sql/script';
import { isQuery } from './planningTexts';
import type { WorkloadCollector } from './workload';

/**
 * Counts the statements of a text once each: all of an SQL file, the queries between the lines of another language.
 * `name` is its file's, for the language and the places.
 */
export function collectScript(collector: WorkloadCollector, grammar: Grammar, text: string, name: string): void {
  const lines = new LineMap(text);
  const host = readHost(languageOfFile(name), text);
  for (const { range, statement } of new Script(grammar, host?.masked ?? text).statements) {
    // what programs do besides, tables for their tests say, is no workload; what does not parse may be no SQL at all
    if (host && (statement.syntaxError || !isQuery(statement))) continue;
    collector.add({ sql: statement.text, calls: 1, place: `${name}:${lines.positionAt(range.start).line}` });
  }
}

import { LineMap } from '../base/lineMap';
import type { Grammar } from '../sql/grammar';
import { Script } from '../sql/script';
import type { WorkloadCollector } from './workload';

/** Counts the statements of a SQL text once each; `name` is its file's, for the places. */
export function collectScript(collector: WorkloadCollector, grammar: Grammar, text: string, name: string): void {
  const lines = new LineMap(text);
  for (const { range, statement } of new Script(grammar, text).statements) {
    collector.add({ sql: statement.text, calls: 1, place: `${name}:${lines.positionAt(range.start).line}` });
  }
}

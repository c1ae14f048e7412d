import type { CancelSignal } from '../core/base/cancelSignal';
import type { Grammar } from '../core/sql/grammar';
import { collectScript } from '../core/workload/scriptWorkload';
import { WorkloadCollector } from '../core/workload/workload';
import type { PostgresDatabase } from '../database/connect';
import { readStatStatements, type ReadWorkload } from '../database/workload/readStatStatements';
import { readWorkloadFiles } from '../database/workload/readWorkloadFiles';
import type { AdviceSource } from '../protocol/advice';
import { findFiles } from '../workspace/findFiles';

/**
 * The statements of a source; undefined for none.
 * @throws DatabaseError when pg_stat_statements cannot be read, with a hint
 */
export async function readSource(
  database: PostgresDatabase,
  grammar: Grammar,
  source: AdviceSource,
  { signal, tell }: { readonly signal: CancelSignal; readonly tell: (text: string) => void },
): Promise<ReadWorkload | undefined> {
  switch (source.kind) {
    case 'none':
      return undefined;
    case 'statements':
      tell('reading pg_stat_statements');
      return readStatStatements(database, grammar, { by: source.by, top: source.top, signal });
    case 'text': {
      const collector = new WorkloadCollector();
      collectScript(collector, grammar, source.text, source.name);
      return { entries: collector.entries(), source: source.name, notes: [] };
    }
    case 'files': {
      const { by, top } = source;
      const { database: name } = database.settings;
      const options = { by, top, database: name, signal, onProgress: tell };
      return readWorkloadFiles(grammar, findFiles(source.paths, '/'), options);
    }
  }
}

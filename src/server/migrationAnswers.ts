import type { Grammar } from '../core/sql/grammar';
import type { SaveMigrationParams } from '../protocol/migration';
import type { ProgressParams, ServerRequest } from '../protocol/server';
import { DesignService } from './designService';
import { MigrationService, previewMigration } from './migrationService';
import type { Answer } from './requestAnswers';
import type { Sessions } from './sessions';

export interface MigrationClient {
  readonly tell: (progress: ProgressParams) => void;
  /** Answered once the client has kept it. */
  readonly save: (params: SaveMigrationParams) => Promise<unknown>;
}

/** Answers the requests about partitions, materialized views, statistics, and the migrations that make them. */
export function answerMigrations(
  answer: <R extends ServerRequest>(request: R, give: Answer<R>) => void,
  grammar: () => Promise<Grammar>,
  sessions: Sessions,
  { tell, save }: MigrationClient,
): void {
  const designing = async (): Promise<DesignService> => new DesignService(await grammar(), sessions, tell);
  const migrations = new MigrationService(sessions, tell, async params => {
    await save(params);
  });
  answer('queryTuner/partition/tables', async ({ connectionId }, signal) =>
    (await designing()).tables(connectionId, signal),
  );
  answer('queryTuner/partition/advise', async (params, signal) => (await designing()).partition(params, signal));
  answer('queryTuner/materializedView/advise', async (params, signal) =>
    (await designing()).materializedViews(params, signal),
  );
  answer('queryTuner/statistics/try', async (params, signal) => (await designing()).statistics(params, signal));
  answer('queryTuner/migration/preview', previewMigration);
  answer('queryTuner/migration/run', (params, signal) => migrations.run(params, signal));
  answer('queryTuner/migration/undo', (params, signal) => migrations.undo(params, signal));
}

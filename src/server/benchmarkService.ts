import type { CancelSignal } from '../core/base/cancelSignal';
import type { BenchmarkResult } from '../core/benchmark/benchmark';
import { benchmarkText } from '../core/benchmark/benchmarkText';
import { DatabaseError } from '../core/ports';
import type { Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import { benchmarkable } from '../database/benchmark/benchmarkable';
import { measureBenchmark } from '../database/benchmark/measureBenchmark';
import type { BenchmarkableDocument, BenchmarkParams, DescribeBenchmarkParams } from '../protocol/benchmark';
import type { ProgressParams, ServerRequest } from '../protocol/server';
import { bindValues } from './parameterValues';
import type { Answer } from './requestAnswers';
import type { ScriptDocument } from './scriptDocument';
import type { Sessions } from './sessions';
import { describeStatement } from './statementInfo';

export interface BenchmarkSurroundings {
  readonly sessions: Sessions;
  readonly grammar: () => Promise<Grammar>;
  readonly document: (uri: string) => ScriptDocument | undefined;
  readonly tell: (progress: ProgressParams) => void;
}

/** Answers the requests about benchmarks. Keeps nothing between them. */
export function answerBenchmarks(
  answer: <R extends ServerRequest>(request: R, give: Answer<R>) => void,
  { sessions, grammar, document, tell }: BenchmarkSurroundings,
): void {
  answer('queryTuner/benchmark/statements', ({ uri }) => statementsOf(document(uri)));
  answer('queryTuner/benchmark/run', async (params, signal) =>
    run(await grammar(), sessions, params, { tell, signal }),
  );
  answer('queryTuner/benchmark/describe', ({ result, before }: DescribeBenchmarkParams) => ({
    markdown: `${benchmarkText(result, before, 'markdown')}\n`,
  }));
}

/** @throws DatabaseError `sql` for a file that cannot be run as it is */
function statementsOf(document: ScriptDocument | undefined): BenchmarkableDocument {
  const located = document?.script.statements ?? [];
  const broken = located.find(({ statement }) => statement.syntaxError);
  if (document && broken) {
    const { line } = document.rangeOf(broken.range).start;
    throw new DatabaseError('sql', `line ${line + 1}: ${broken.statement.syntaxError?.message ?? ''}`);
  }
  const { statements, notes } = benchmarkable(located.map(({ statement }) => statement));
  const measured = new Set(statements.map(({ statement }) => statement));
  return {
    statements: document
      ? located.filter(({ statement }) => measured.has(statement)).map(each => describeStatement(document, each))
      : [],
    notes,
  };
}

async function run(
  grammar: Grammar,
  sessions: Sessions,
  params: BenchmarkParams,
  { tell, signal }: { readonly tell: BenchmarkSurroundings['tell']; readonly signal: CancelSignal },
): Promise<BenchmarkResult> {
  const { connectionId, clients, seconds, warmUpSeconds, title, notes, progressToken: token } = params;
  const parsed = params.statements.map(({ sql }) => parseStatement(grammar, sql));
  // A request may come from any client: what is no query is not run here either.
  if (benchmarkable(parsed).statements.length < parsed.length || parsed.length === 0) {
    throw new DatabaseError('unsupported', 'only SELECT, INSERT, UPDATE, DELETE and MERGE can be measured');
  }
  const statements = params.statements.map((each, position) => {
    const statement = parsed[position]!;
    return { title: each.title, writes: statement.writes, ...bindValues(statement, each.parameters ?? {}) };
  });
  return measureBenchmark(
    sessions.database(connectionId),
    { statements, clients, warmUpSeconds, length: { seconds } },
    { title, notes, at: new Date() },
    { signal, onProgress: progress => tell({ token, ...progress }) },
  );
}

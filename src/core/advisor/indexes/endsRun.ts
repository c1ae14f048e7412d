import { DatabaseError } from '../../base/databaseError';

/** True for what concerns the whole run and not one statement: a cancel, and a server that is gone. */
export function endsRun(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.kind === 'connection' || error.kind === 'cancelled';
  return error instanceof Error && error.name === 'CancelledError';
}

/** Whoever reads only that the server was lost does not know that nothing of the run is left there. */
export function withWayOn(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.kind !== 'connection') return error;
  const next = 'the advice changed nothing: run it again';
  return error.with({ hint: error.hint === undefined ? next : `${error.hint}; ${next}` });
}

import type { ParameterSet } from '../../../src/core/advisor/rewrites/verification';
import {
  verifyRewrite,
  type VerificationOptions,
  type VerifiedRewrite,
} from '../../../src/database/rewrites/verifyRewrite';
import type { TestServer } from '../servers';

/** Compares rows and runs nothing for its time. */
export const QUICK: VerificationOptions = { runs: 0 };

export const never = new AbortController().signal;

/** `verifyRewrite` on a test's server, and its verdict alone. */
export function verifierOn(server: () => TestServer) {
  const verify = (
    original: string,
    rewritten: string,
    parameters: readonly ParameterSet[] = [],
    options = QUICK,
  ): Promise<VerifiedRewrite> => verifyRewrite(server().db, { original, rewritten, parameters }, options, never);
  const verdictOf = async (original: string, rewritten: string): Promise<string> =>
    (await verify(original, rewritten)).verdict;
  return { verify, verdictOf };
}

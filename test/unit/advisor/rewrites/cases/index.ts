import type { RewriteCases } from '../rewriteCases';
import { offsetToKeyset } from './offsetToKeyset';

/** The cases of every rewrite of our own; those of rules' fixes are the rules' examples. */
export const REWRITE_CASES: readonly RewriteCases[] = [offsetToKeyset];

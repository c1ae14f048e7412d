import { setFlagsFromString } from 'node:v8';
import { loadGrammar } from '../core/sql/grammar';
import type { Grammar } from '../core/sql/grammar';

/**
 * Loads the grammar and lets V8 leave it to its baseline compiler. The optimising one works half a second, on another
 * core, at two functions of the parser as soon as some statements are read, and then spares 5 µs a statement: it
 * would have paid after 100,000 (both measured on Node 20). To be called before anything waits, since the module is
 * compiled soon after the program begins. An engine that does not know these flags does as it always does.
 */
export async function loadGrammarForNode(): Promise<Grammar> {
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  try {
    return await loadGrammar();
  } finally {
    // Read when a module is made: others, such as that of the what-if planner, are optimised as usual.
    setFlagsFromString('--wasm-dynamic-tiering');
  }
}

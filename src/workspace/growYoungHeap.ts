import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap of young objects grow to its full size at once, not by doubling: a parse tree makes so many objects that
 * each size on the way would be filled, and its survivors copied. Read by V8 whenever that heap grows, so it may be said
 * after the start; a V8 that does not know the flag goes on without.
 */
export function growYoungHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=16');
}

import { useState } from 'preact/hooks';

/**
 * State that belongs to `key`: with another key it is as at first, in the very render that brings the key. An effect that
 * put it back would do so one render, or even one paint, too late: what is pressed in between would see the old state.
 */
export function useStateFor<T>(key: unknown, first: T): [T, (change: (now: T) => T) => void] {
  const [held, setHeld] = useState({ key, value: first });
  return [
    held.key === key ? held.value : first,
    change =>
      setHeld(now => {
        const before = now.key === key ? now.value : first;
        const value = change(before);
        return now.key === key && value === before ? now : { key, value };
      }),
  ];
}

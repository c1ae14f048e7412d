import type { JSX } from 'preact';

/** 16 x 16 outlines, drawn with the current text colour so that every theme, high contrast too, is right. */
const PATHS = {
  error: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M5.5 5.5l5 5M10.5 5.5l-5 5',
  warning: 'M8 2 1.5 13.5h13zM8 6v4M8 11.4v.6',
  info: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 7.2v4.3M8 4.5v.8',
  hint: 'M8 1.5a4.5 4.5 0 0 0-2.5 8.2V12h5V9.7A4.5 4.5 0 0 0 8 1.5M6 14.5h4',
  chevron: 'M6 4l4 4-4 4',
  flame: 'M8.5 1.5c.4 2.6-3.8 4.6-3.8 8.4a3.4 3.4 0 0 0 6.9.3c0-1.7-.9-2.6-1.3-4-.7.7-1 1.3-1 2-1.3-1.4-1.2-4.2-.8-6.7',
  faster: 'M2 11.5l4-4 2.5 2.5L14 4.5M10 4.5h4v4',
  slower: 'M2 4.5l4 4L8.5 6 14 11.5M10 11.5h4v-4',
  equal: 'M3 6h10M3 10h10',
  check: 'M3 8.5l3.2 3.2L13 4.5',
  plus: 'M8 3v10M3 8h10',
  undo: 'M5.5 2.5L2.5 5.5l3 3M2.5 5.5h7a4 4 0 0 1 0 8h-4',
  save: 'M2.5 2.5h9l2 2v9h-11zM5 2.5v4h5.5v-4M5 13.5v-4h6v4',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  goto: 'M6.5 3.5h-4v9h9v-4M9 2.5h4.5V7M13.5 2.5l-6 6',
  run: 'M4.5 2.5v11l9-5.5z',
  lock: 'M3.5 7.5h9v6h-9zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3l3.2 3.2',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  parent: 'M8 13.5v-10M4 7l4-4 4 4',
  pin: 'M6 2.5h4l-.5 4 2.5 2.5H4l2.5-2.5zM8 9v5',
  compare: 'M6.5 2.5h-4v11h4M9.5 2.5h4v11h-4M8 1.5v13',
  again: 'M13 3v3.5H9.5M12.8 6.5a5.2 5.2 0 1 0 .4 3',
  tree: 'M3 2.5v9h4M3 6h4M8.5 4.5h5v3h-5zM8.5 10h5v3h-5z',
  never: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M3.5 3.5l9 9',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: the text beside it says the same. */
export function Icon({ name, class: extra }: { readonly name: IconName; readonly class?: string }): JSX.Element {
  return (
    <svg class={`icon icon-${name} ${extra ?? ''}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.3"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

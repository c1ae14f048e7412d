import type { JSX, RefObject } from 'preact';
import { Icon } from './icon';

interface Props {
  readonly label: string;
  readonly query: string;
  /** Place among the matches, from 1; 0 when none was gone to. */
  readonly place: number;
  readonly total: number;
  /** More were found than are counted. */
  readonly isMore?: boolean;
  readonly input: RefObject<HTMLInputElement>;
  search(query: string): void;
  go(step: 1 | -1): void;
  leave(): void;
}

/** A field to find something in what is shown: Enter and Shift+Enter go on and back, Escape clears and leaves. */
export function SearchBox({ label, query, place, total, isMore, input, search, go, leave }: Props): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') {
      search('');
      leave();
    } else return;
    event.preventDefault();
  };
  const all = isMore ? `${total}+` : String(total);
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        type="text"
        class="search-input"
        aria-label={label}
        placeholder={label}
        spellcheck={false}
        autocomplete="off"
        value={query}
        ref={input}
        onInput={event => search(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {query !== '' && (
        <>
          <span class="search-count" role="status">
            {total === 0 ? 'none' : `${place || '–'} of ${all}`}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label="Previous match"
            title="Previous match (Shift+Enter)"
            disabled={total === 0}
            onClick={() => go(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Next match"
            title="Next match (Enter)"
            disabled={total === 0}
            onClick={() => go(1)}
          >
            <Icon name="down" />
          </button>
        </>
      )}
    </div>
  );
}

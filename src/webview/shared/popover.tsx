import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props {
  /** On the button, and the name of what it opens. */
  readonly label: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** A button that opens a small box below itself. Escape, a click elsewhere and leaving it by Tab close it. */
export function Popover({ label, title, children }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  // before the next key, which may be the Escape that closes it
  useLayoutEffect(() => {
    if (!open) return undefined;
    box.current?.querySelector<HTMLElement>('.popover input, .popover button')?.focus();
    const closeOutside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [open]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="popover-anchor" ref={box} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="quiet-button"
        title={title}
        aria-expanded={open}
        ref={button}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div class="popover" role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}

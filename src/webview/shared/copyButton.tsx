import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon';

const SHOWN_MS = 1_600;

interface Props {
  /** What is copied: "Copy node as text". */
  readonly label: string;
  /** Show no words, only the picture. */
  readonly iconOnly?: boolean;
  text(): string;
  /** Resolves to whether it worked. */
  copy(text: string): Promise<boolean>;
}

/** Copies a text, and says so for a moment. */
export function CopyButton({ label, iconOnly, text, copy }: Props): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const timer = useRef<number>();
  useLayoutEffect(() => () => window.clearTimeout(timer.current), []);
  const press = async (): Promise<void> => {
    if (!(await copy(text()))) return;
    setCopied(true);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <button
      type="button"
      class={iconOnly ? 'icon-button' : 'quiet-button'}
      aria-label={iconOnly ? label : undefined}
      title={label}
      onClick={() => void press()}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      {!iconOnly && <span>{isCopied ? 'Copied' : label}</span>}
      <span class="sr-only" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
    </button>
  );
}

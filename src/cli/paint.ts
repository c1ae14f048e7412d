import { styleText } from 'node:util';
import type { Paint } from '../core/report/lintText';

/** Colours for a terminal, unless NO_COLOR says otherwise. */
export function paintFor(stream: NodeJS.WriteStream): Paint | undefined {
  if (!stream.isTTY || process.env['NO_COLOR']) return undefined;
  const styles = {
    error: 'red',
    warning: 'yellow',
    info: 'blue',
    hint: 'gray',
    place: 'bold',
    rule: 'cyan',
    caret: 'magenta',
  } as const;
  return (what, text) => styleText(styles[what], text);
}

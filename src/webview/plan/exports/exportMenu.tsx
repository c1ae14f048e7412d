import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { messageOf } from '../../../core/base/messageOf';
import type { ExportFormat, PlanHost, PlanView } from '../../../protocol/planPanel';
import { Icon } from '../../shared/icon';
import { Popover } from '../../shared/popover';
import './exports.css';
import { planContent } from './planContent';
import type { PictureOf } from './planContent';

interface Props {
  readonly view: PlanView;
  readonly host: Pick<PlanHost, 'exportAs' | 'copyText'>;
}

interface Entry {
  readonly title: string;
  readonly note: string;
  readonly format: ExportFormat;
  readonly picture?: PictureOf;
  readonly copies?: boolean;
}

const ENTRIES: readonly Entry[] = [
  { title: 'Copy Markdown', note: 'for a pull request', format: 'markdown', copies: true },
  { title: 'Copy text', note: 'indented', format: 'text', copies: true },
  { title: 'Web page', note: 'HTML, stands alone', format: 'html' },
  { title: 'Markdown', note: 'for a pull request', format: 'markdown' },
  { title: 'Text', note: 'indented', format: 'text' },
  { title: 'JSON', note: 'as PostgreSQL gave it', format: 'json' },
  { title: 'Graph as SVG', note: 'scales', format: 'svg', picture: 'graph' },
  { title: 'Graph as PNG', note: 'a picture', format: 'png', picture: 'graph' },
  { title: 'Icicle as SVG', note: 'scales', format: 'svg', picture: 'icicle' },
  { title: 'Icicle as PNG', note: 'a picture', format: 'png', picture: 'icicle' },
];

/** Saves or copies the plan in the format chosen; nothing at all where the extension can do neither. */
export function ExportMenu({ view, host }: Props): JSX.Element | null {
  const [said, setSaid] = useState<{ readonly text: string; readonly isError: boolean }>();
  const last = useRef(Promise.resolve());
  const entries = ENTRIES.filter(({ copies }) => (copies ? host.copyText : host.exportAs) !== undefined);
  if (entries.length === 0 || view.nodes.length === 0) return null;

  const run = async ({ title, format, picture, copies }: Entry): Promise<void> => {
    try {
      const { content, encoding } = planContent(view, format, picture);
      if (copies) await host.copyText?.(content);
      else await host.exportAs?.(format, content, encoding);
      setSaid({ text: copies ? 'Copied' : '', isError: false });
    } catch (error) {
      setSaid({ text: `${title}: ${messageOf(error)}`, isError: true });
    }
  };
  // one after the other: drawing a picture takes a while, and what is pressed meanwhile must not be lost
  const press = (entry: Entry): void => {
    last.current = last.current.then(() => run(entry));
  };
  return (
    <Popover label="Export" title="Save or copy the plan">
      {entries.map(entry => (
        <button key={entry.title} type="button" class="quiet-button export-entry" onClick={() => press(entry)}>
          <Icon name={entry.copies ? 'copy' : 'save'} />
          <span>{entry.title}</span>
          <span class="quiet">
            {entry.format === 'json' && view.raw?.format !== 'json' ? 'all figures' : entry.note}
          </span>
        </button>
      ))}
      <p class={said?.isError ? 'export-said error' : 'export-said'} role="status">
        {said?.text}
      </p>
    </Popover>
  );
}

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CopyButton } from '../shared/copyButton';
import { Icon } from '../shared/icon';
import { SearchBox } from '../shared/searchBox';
import { showHidden } from '../shared/shownText';
import { findAll } from '../shared/textLines';
import { TextView } from '../shared/textView';
import type { TextPlace } from '../shared/textView';
import type { PlanView } from '../../protocol/planPanel';
import { formatBytes } from '../../core/base/units';
import type { PlanModel } from './planModel';

const MOST_MATCHES = 10_000;
const FORMATS = { json: 'JSON', text: 'text', yaml: 'YAML', xml: 'XML' } as const;

/** The plan as it was given, to search and to copy. */
export function RawTab({ model }: { readonly model: PlanModel }): JSX.Element {
  const { view, actions } = model;
  const raw = useRaw(model);
  if (!raw) {
    return (
      <div class="raw-tab">
        {view.problems && view.problems.length > 0 && <Problems problems={view.problems} />}
        <p class="quiet">The plan as PostgreSQL gave it can be copied as JSON.</p>
        <div class="buttons">
          <button type="button" class="secondary" onClick={actions.copyPlan}>
            <Icon name="copy" />
            <span>Copy plan as JSON</span>
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="raw-tab">
      {view.problems && view.problems.length > 0 && <Problems problems={view.problems} />}
      <RawText text={raw.text} format={FORMATS[raw.format]} model={model} />
    </div>
  );
}

/** The text that came with the view, or else the extension's, once it is there. */
function useRaw({ view, host }: PlanModel): PlanView['raw'] {
  const [asked, setAsked] = useState<{ readonly of: PlanView['nodes']; readonly text: string }>();
  useEffect(() => {
    if (view.raw || view.nodes.length === 0) return undefined;
    let isCurrent = true;
    host.rawText?.().then(
      text => isCurrent && setAsked({ of: view.nodes, text }),
      // what can be copied is offered instead
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [view.raw, view.nodes]);
  return view.raw ?? (asked?.of === view.nodes ? { format: 'json', text: asked.text } : undefined);
}

/** What could not be understood: it is still here, below. */
function Problems({ problems }: { readonly problems: readonly string[] }): JSX.Element {
  return (
    <details class="problems" open={problems.length <= 3}>
      <summary>
        {problems.length === 1 ? 'One part was not understood' : `${problems.length} parts were not understood`}
      </summary>
      <ul>
        {problems.slice(0, 100).map((problem, index) => (
          <li key={index}>{showHidden(problem.slice(0, 500))}</li>
        ))}
      </ul>
    </details>
  );
}

interface RawTextProps {
  readonly text: string;
  readonly format: string;
  readonly model: PlanModel;
}

function RawText({ text, format, model }: RawTextProps): JSX.Element {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(-1);
  const [reveal, setReveal] = useState<TextPlace>();
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const matches = useMemo(() => findAll(text, query, MOST_MATCHES), [text, query]);
  const go = (step: 1 | -1): void => {
    if (matches.length === 0) return;
    const next = at < 0 ? (step > 0 ? 0 : matches.length - 1) : (at + step + matches.length) % matches.length;
    setAt(next);
    setReveal({ offset: matches[next]! });
  };
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    // before the page's own search of the nodes
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, []);
  return (
    <div ref={box}>
      <div class="tab-bar">
        <SearchBox
          label="Find in the text"
          query={query}
          place={at + 1}
          total={matches.length}
          isMore={matches.length === MOST_MATCHES}
          input={input}
          search={next => {
            setQuery(next);
            setAt(-1);
          }}
          go={go}
          leave={() => box.current?.querySelector<HTMLElement>('.text-view')?.focus()}
        />
        <span class="quiet raw-facts">
          {format}, {formatBytes(text.length)}
        </span>
        <CopyButton label={`Copy ${format}`} text={() => text} copy={model.actions.copyText} />
        {format !== 'JSON' && (
          <button type="button" class="quiet-button" onClick={model.actions.copyPlan}>
            <Icon name="copy" />
            <span>Copy as JSON</span>
          </button>
        )}
      </div>
      <TextView
        text={text}
        label={`The plan as ${format}`}
        reveal={reveal}
        renderPart={(start, end) => markMatches(text, start, end, matches, query.length, matches[at])}
      />
    </div>
  );
}

/** The characters from `start` to `end` with what was found set apart; a match may go on in the next row. */
function markMatches(
  text: string,
  start: number,
  end: number,
  matches: readonly number[],
  length: number,
  current: number | undefined,
): (string | JSX.Element)[] {
  const parts: (string | JSX.Element)[] = [];
  let at = start;
  for (const match of matchesWithin(matches, start - length, end)) {
    const [from, to] = [Math.max(match, at), Math.min(match + length, end)];
    if (to <= from) continue;
    if (from > at) parts.push(showHidden(text.slice(at, from)));
    parts.push(<mark class={match === current ? 'current' : undefined}>{showHidden(text.slice(from, to))}</mark>);
    at = to;
  }
  if (at < end) parts.push(showHidden(text.slice(at, end)));
  return parts;
}

function matchesWithin(matches: readonly number[], after: number, before: number): number[] {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches[middle]! <= after) low = middle + 1;
    else high = middle;
  }
  const within: number[] = [];
  for (let index = low; index < matches.length && matches[index]! < before; index++) within.push(matches[index]!);
  return within;
}

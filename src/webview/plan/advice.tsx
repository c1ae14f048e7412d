import type { JSX } from 'preact';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { Findings } from './findings';
import type { PlanModel } from './planModel';
import { SuggestionCard } from './suggestions';

/** What would make the statement faster, what else was found, and remarks. */
export function Advice({ model }: { readonly model: PlanModel }): JSX.Element | null {
  const { view, actions, busy, nodes } = model;
  if (view.suggestions.length + view.findings.length + view.notes.length === 0) return null;
  return (
    <div class="advice">
      {view.suggestions.length > 0 && (
        <section class="suggestions" aria-labelledby="suggestions-title">
          <div class="section-head">
            <h2 id="suggestions-title" tabIndex={-1}>
              What would make it faster
            </h2>
          </div>
          {view.suggestions.map(suggestion => (
            <SuggestionCard key={suggestion.id} suggestion={suggestion} actions={actions} busy={busy} />
          ))}
        </section>
      )}
      {view.findings.length > 0 && (
        <section class="other-findings" aria-labelledby="findings-title">
          <div class="section-head">
            <h2 id="findings-title">
              Findings <span class="tab-badge">{view.findings.length}</span>
            </h2>
          </div>
          <Findings findings={view.findings} nodes={nodes} current={model.findings.current} model={model} />
        </section>
      )}
      <Notes notes={view.notes} />
    </div>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }): JSX.Element | null {
  if (notes.length === 0) return null;
  return (
    <ul class="notes" aria-label="Notes">
      {notes.map((note, index) => (
        <li key={index}>
          <Icon name="info" />
          <span>{clip(note, 1_000)}</span>
        </li>
      ))}
    </ul>
  );
}
